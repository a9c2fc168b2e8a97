public import FoundationEssentials

/// One value on its way to or from the database, in the database's terms.
///
/// A `Date` is an instant, kept as microseconds since 1970 so that it compares and hashes exactly.
public enum SQLValue: Sendable {
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

extension SQLValue: Hashable {
    /// Whether two values are the same to a database: text by its bytes, not by canonical equivalence; NaN is NaN.
    public static func == (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)), (.timestamp(let a), .timestamp(let b)): a == b
        case (.double(let a), .double(let b)): a == b || a.isNaN && b.isNaN
        case (.decimal(let a), .decimal(let b)): a == b
        case (.text(let a), .text(let b)), (.json(let a), .json(let b)): a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: break
        case .bool(let value): hasher.combine(value)
        case .int(let value), .timestamp(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.isNaN ? .nan : value)
        case .decimal(let value): hasher.combine(value)
        case .text(var value), .json(var value): value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .bytes(let value): hasher.combine(value)
        case .list(let values): hasher.combine(values)
        }
    }
}

extension SQLValue {
    /// The instant as the database keeps it, rounded to a microsecond; clamped to what 64 bits hold.
    public static func timestamp(_ date: Date) -> SQLValue {
        .timestamp(microseconds: date.microsecondsSince1970)
    }

    public var isNull: Bool { if case .null = self { true } else { false } }

    /// Whether the value is true; neither false nor null is.
    package var isTrue: Bool { if case .bool(true) = self { true } else { false } }
}

extension Date {
    /// 2001-01-01, from which a `Date` counts.
    private static let reference: Int64 = 978_307_200_000_000

    package init(microsecondsSince1970 value: Int64) {
        let (sinceReference, overflow) = value.subtractingReportingOverflow(Self.reference)
        self.init(timeIntervalSinceReferenceDate: Double(overflow ? value : sinceReference) / 1_000_000)
    }

    package var microsecondsSince1970: Int64 {
        let seconds = timeIntervalSinceReferenceDate
        // Some 270 years away a Date no longer tells microseconds apart, and what it shows of them is noise.
        let isNear = abs(seconds) < 0x1p33
        guard let count = Int64(exactly: (seconds * (isNear ? 1_000_000 : 1000)).rounded()) else { return seconds < 0 ? .min : .max }
        let (microseconds, overflow) = count.multipliedReportingOverflow(by: isNear ? 1 : 1000)
        let (sum, carried) = microseconds.addingReportingOverflow(Self.reference)
        return overflow || carried ? (seconds < 0 ? .min : .max) : sum
    }
}
