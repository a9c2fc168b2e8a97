import Prisma
import PrismaSchema

/// Makes columns of fields: the type and the default as the database writes them.
struct ColumnBuilder {
    private let schema: Schema

    init(_ schema: Schema) {
        self.schema = schema
    }

    func column(_ field: Field) -> ColumnDefinition {
        let type = type(of: field, counts: field.default == .function(.autoincrement))
        return ColumnDefinition(
            name: field.databaseName, type: type, isRequired: field.arity == .required, default: defaultValue(of: field, type: type))
    }

    func name(of enumeration: Enum) -> QualifiedName {
        let hasNamespaces = !(schema.datasource?.schemas ?? []).isEmpty
        return QualifiedName(schema: hasNamespaces ? enumeration.databaseSchema : nil, name: enumeration.databaseName)
    }

    // MARK: - Types

    /// - Parameter counts: whether the database numbers the rows by it.
    func type(of field: Field, counts: Bool) -> String {
        let suffix = field.arity == .list ? "[]" : ""
        switch field.kind {
        case .scalar(let scalar):
            switch schema.provider {
            case .sqlite: return Self.sqliteType(scalar) + suffix
            case .postgresql: return postgresType(scalar, field.nativeType, counts: counts) + suffix
            }
        case .enumeration(let name):
            guard schema.provider == .postgresql, let enumeration = schema.enumeration(named: name) else { return "TEXT" + suffix }
            return self.name(of: enumeration).sql + suffix
        case .unsupported(let type): return type + suffix
        case .relation: return ""
        }
    }

    private static func sqliteType(_ scalar: ScalarType) -> String {
        switch scalar {
        case .string: "TEXT"
        case .boolean: "BOOLEAN"
        case .int: "INTEGER"
        case .bigInt: "BIGINT"
        case .float: "REAL"
        case .decimal: "DECIMAL"
        case .dateTime: "DATETIME"
        case .json: "JSONB"
        case .bytes: "BLOB"
        }
    }

    private func postgresType(_ scalar: ScalarType, _ native: NativeType?, counts: Bool) -> String {
        let type = native.map(Self.spelled) ?? Self.postgresType(scalar)
        guard counts else { return type }
        switch type {
        case "SMALLINT": return "SMALLSERIAL"
        case "INTEGER": return "SERIAL"
        case "BIGINT": return "BIGSERIAL"
        default: return type
        }
    }

    /// `VarChar(20)` as `VARCHAR(20)`
    private static func spelled(_ native: NativeType) -> String {
        let name = native.name == "DoublePrecision" ? "DOUBLE PRECISION" : native.name.uppercased()
        return native.arguments.isEmpty ? name : "\(name)(\(native.arguments.joined(separator: ",")))"
    }

    private static func postgresType(_ scalar: ScalarType) -> String {
        switch scalar {
        case .string: "TEXT"
        case .boolean: "BOOLEAN"
        case .int: "INTEGER"
        case .bigInt: "BIGINT"
        case .float: "DOUBLE PRECISION"
        case .decimal: "DECIMAL(65,30)"
        case .dateTime: "TIMESTAMP(3)"
        case .json: "JSONB"
        case .bytes: "BYTEA"
        }
    }

    // MARK: - Defaults

    private func defaultValue(of field: Field, type: String) -> String? {
        switch field.default {
        case nil: nil
        case .literal(let value): literal(value, of: field)
        case .list(let values): "ARRAY[" + values.map { literal($0, of: field) }.joined(separator: ", ") + "]::" + type
        case .function(.now): "CURRENT_TIMESTAMP"
        case .function(.dbgenerated(let expression)): expression
        case .function: nil
        }
    }

    private func literal(_ value: DefaultValue.Literal, of field: Field) -> String {
        let writer = DefaultLiteral(provider: schema.provider)
        switch value {
        case .boolean(let flag): return flag ? "true" : "false"
        case .enumValue(let name):
            let values = field.enumeration.flatMap(schema.enumeration(named:))?.values ?? []
            return writer.text(values.first { $0.name == name }?.databaseName ?? name)
        case .number(let digits): return writer.number(digits)
        case .string(let text):
            switch field.kind {
            case .scalar(.dateTime): return writer.dateTime(text)
            case .scalar(.bytes): return writer.bytes(text)
            default: return writer.text(text)
            }
        }
    }
}

extension QualifiedName {
    /// `"User"`, `"shop"."User"`
    var sql: String {
        (schema.map { SQLWriter.quoted($0) + "." } ?? "") + SQLWriter.quoted(name)
    }
}
