public import FoundationEssentials

/// One value on its way to or from the database, in the database's terms.
///
/// A `Date` is an instant, kept as microseconds since 1970 so that it compares and hashes exactly.
public enum SQLValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case decimal(Decimal)
    case text(String)
    case bytes(Data)
    case timestamp(microseconds: Int64)
    /// JSON as text; bound as `jsonb` on PostgreSQL and as text on SQLite.
    case json(String)
    /// A scalar list (PostgreSQL only).
    case list([SQLValue])
}

extension SQLValue {
    /// The instant as the database keeps it, rounded to a microsecond; clamped to what 64 bits hold.
    public static func timestamp(_ date: Date) -> SQLValue {
        .timestamp(microseconds: date.microsecondsSince1970)
    }

    public var isNull: Bool { self == .null }
}

extension Date {
    package init(microsecondsSince1970 value: Int64) {
        self.init(timeIntervalSince1970: Double(value) / 1_000_000)
    }

    package var microsecondsSince1970: Int64 {
        let value = (timeIntervalSince1970 * 1_000_000).rounded()
        return Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }
}
