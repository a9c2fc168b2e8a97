package import FoundationEssentials
package import PrismaSchema

/// Fills in what a new row was not given: the defaults that a Prisma client makes itself, and the time of the last change.
package struct DefaultValues: Sendable {
    let now: SQLValue
    let milliseconds: Int64
    let schema: Schema

    package init(now: Date, schema: Schema) {
        self.schema = schema
        milliseconds = now.microsecondsSince1970 / 1000
        self.now = .timestamp(microseconds: milliseconds * 1000)
    }

    /// Nil leaves the column to the database.
    package func value(for field: Field) -> SQLValue? {
        switch field.default {
        case .literal(let literal): return sqlValue(literal, of: field)
        case .list(let literals): return .list(literals.compactMap { sqlValue($0, of: field) })
        case .function(let function):
            switch function {
            case .now: return now
            case .uuid(let version): return .text(version == 7 ? Identifiers.uuid7(milliseconds: milliseconds) : Identifiers.uuid4())
            case .cuid(let version):
                return .text(version == 2 ? Identifiers.cuid2(milliseconds: milliseconds) : Identifiers.cuid(milliseconds: milliseconds))
            case .ulid: return .text(Identifiers.ulid(milliseconds: milliseconds))
            case .nanoid(let length): return .text(Identifiers.nanoid(length: length ?? 21))
            default: return nil
            }
        case nil:
            return field.isUpdatedAt ? now : nil
        }
    }

    private func sqlValue(_ literal: DefaultValue.Literal, of field: Field) -> SQLValue? {
        switch (literal, field.kind) {
        case (.enumValue(let name), .enumeration(let enumeration)):
            schema.enumeration(named: enumeration)?.values.first { $0.name == name }.map { .text($0.databaseName) }
        case (.boolean(let value), _): .bool(value)
        case (.number(let text), .scalar(.float)): Double(text).map(SQLValue.double)
        case (.number(let text), .scalar(.decimal)): Decimal(string: text).map(SQLValue.decimal)
        case (.number(let text), _): Int64(text).map(SQLValue.int)
        case (.string(let text), .scalar(.dateTime)): Timestamp.parse(text).map { .timestamp(microseconds: $0) }
        case (.string(let text), .scalar(.json)): .json(text)
        case (.string(let text), .scalar(.bytes)): Data(base64Encoded: text).map(SQLValue.bytes)
        case (.string(let text), _): .text(text)
        default: nil
        }
    }
}
