package import Prisma
import PrismaSchema

/// One spelling of keys that the database takes for the same: it answers in its own, whoever asks may use another.
struct KeySpelling: Sendable {
    /// The native type of each field of the key.
    private let types: [String?]

    init(of plan: ModelPlan) {
        types = plan.primaryKey.map { plan.model.field(named: $0)?.nativeType?.name }
    }

    /// A value, or the list of values of a key of several fields.
    func callAsFunction(_ key: SQLValue) -> SQLValue {
        guard case .list(let parts) = key else { return types.first.map { Self.spelled(key, $0) } ?? key }
        return parts.count == types.count ? .list(zip(parts, types).map(Self.spelled)) : key
    }

    /// The key as text: `7`, or `3,1` for a key of several fields.
    func text(_ key: SQLValue) -> String { self(key).keyText }

    private static func spelled(_ value: SQLValue, _ type: String?) -> SQLValue {
        guard case .text(let text) = value else { return value }
        return switch type {
        case "Uuid", "Citext": .text(text.lowercased())
        case "Char": .text(String(text.reversed().drop { $0 == " " }.reversed()))
        default: value
        }
    }
}

extension SQLValue {
    /// A key as text, spelled as it is.
    package var keyText: String {
        switch self {
        case .int(let value): "\(value)"
        case .text(let value), .json(let value): value
        case .timestamp(let value): "\(value)"
        case .double(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .bytes(let value): value.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
        // A comma inside of a part is none between two.
        case .list(let parts):
            parts.map { $0.keyText.replacing("\\", with: "\\\\").replacing(",", with: "\\,") }.joined(separator: ",")
        case .null: ""
        }
    }
}
