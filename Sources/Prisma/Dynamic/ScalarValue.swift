internal import FoundationEssentials
internal import PrismaSchema

// Values in requests and answers: BigInt and Decimal as strings, DateTime as ISO 8601, Bytes as base64, Json as itself.

/// The nulls of a Json field.
enum SpecialNull: String {
    case database = "DbNull"
    case json = "JsonNull"
    case any = "AnyNull"
}

extension QueryInput {
    /// `{"$special": "JsonNull"}`
    var specialNull: SpecialNull? {
        guard case .object(let members) = json, members.count == 1 else { return nil }
        return members["$special"]?.string.flatMap(SpecialNull.init(rawValue:))
    }

    /// The value for a field, null where there is none. For a list field this is the whole list.
    func value(of field: Field, in schema: Schema) throws(PrismaError) -> SQLValue {
        if isNull || specialNull == .database {
            guard field.arity == .optional else { throw invalid("the field is required, so it cannot be null.") }
            return .null
        }
        guard field.arity == .list else { return try element(of: field, in: schema) }
        guard json.array != nil else { throw mismatch("an array") }
        return .list(try list(of: field, in: schema))
    }

    /// The elements of an array, each a value of the field's type.
    func list(of field: Field, in schema: Schema, as other: ScalarType? = nil) throws(PrismaError) -> [SQLValue] {
        guard json.array != nil else { throw mismatch("an array") }
        var values: [SQLValue] = []
        for element in elements { values.append(try element.element(of: field, in: schema, as: other)) }
        return values
    }

    /// One value of the field's type, or of another type that an aggregate of the field has.
    func element(of field: Field, in schema: Schema, as other: ScalarType? = nil) throws(PrismaError) -> SQLValue {
        if other == nil, case .enumeration(let name) = field.kind {
            let values = schema.enumeration(named: name)?.values ?? []
            let text = try string()
            guard let value = values.first(where: { $0.name == text }) else {
                let guess = Suggestion.closest(to: text, in: values.map(\.name))
                throw invalid(
                    "the enum \(name) has no value of this name\(guess.map { "; did you mean `\($0)`?" } ?? ".")",
                    help: "Its values: \(values.map(\.name).joined(separator: ", ")).")
            }
            return .text(value.databaseName)
        }
        guard let scalar = other ?? field.scalar else { throw invalid("a field of this type cannot be given a value.") }
        switch scalar {
        case .string: return .text(try string())
        case .boolean: return .bool(try bool())
        case .int:
            guard let value = json.int else { throw mismatch("a whole number") }
            return .int(value)
        case .bigInt:
            guard let value = json.int ?? json.string.flatMap({ Int64($0) }) else {
                throw mismatch("a whole number of 64 bits, as a string or a number")
            }
            return .int(value)
        case .float:
            guard let value = json.double else { throw mismatch("a number") }
            return .double(value)
        case .decimal:
            let text: String? =
                switch json {
                case .string(let text): text
                case .int(let value): String(value)
                case .double(let value): "\(value)"
                default: nil
                }
            guard let text, let value = Self.decimal(text) else { throw mismatch("a decimal number, as a string or a number") }
            return .decimal(value)
        case .dateTime:
            guard let value = json.string.flatMap(Timestamp.parse) else { throw mismatch("a date as ISO 8601") }
            return .timestamp(microseconds: value)
        case .bytes:
            guard let value = json.string.flatMap({ Data(base64Encoded: $0) }) else { throw mismatch("bytes as base64") }
            return .bytes(value)
        case .json:
            switch specialNull {
            case .json: return .json("null")
            case .any: throw invalid("AnyNull stands only in conditions.", help: "Use JsonNull or DbNull.")
            case .database, nil: return .json(json.text)
            }
        }
    }

    /// `Decimal(string:)` takes a number with anything behind it.
    private static func decimal(_ text: String) -> Decimal? {
        let isPlain = text.utf8.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
        return isPlain && text.utf8.contains { (48...57).contains($0) } ? Decimal(string: text) : nil
    }
}

/// How values of a type are written in answers.
struct ScalarOutput: Sendable {
    let type: ValueType
    /// The names of an enum's values, by what the database holds.
    private let names: [String: String]

    init(_ type: ValueType, in schema: Schema) {
        self.type = type
        var element = type
        if case .list(let inner) = type { element = inner }
        guard case .enumeration(let name) = element, let enumeration = schema.enumeration(named: name) else {
            names = [:]
            return
        }
        names = Dictionary(enumeration.values.map { ($0.databaseName, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the next column of a row.
    func read(_ row: inout SQLRow) throws -> JSON { json(try row.value(of: type)) }

    func json(_ value: SQLValue) -> JSON {
        // A list that was never written is NULL in the database, and empty to those who read it.
        if case .list = type, value.isNull { return [] }
        return json(value, type)
    }

    private func json(_ value: SQLValue, _ type: ValueType) -> JSON {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): type == .bigInt ? .string(String(value)) : .int(value)
        case .double(let value): .double(value)
        case .decimal(let value): .string("\(value)")
        case .text(let text): .string(names[text] ?? text)
        case .bytes(let data): .string(data.base64EncodedString())
        case .timestamp(let microseconds): .string(Timestamp.format(microseconds))
        case .json(let text): (try? JSON(parsing: text)) ?? .string(text)
        case .list(let values): .array(values.map { json($0, element) })
        }
    }

    private var element: ValueType {
        if case .list(let element) = type { element } else { type }
    }
}
