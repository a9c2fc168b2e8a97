/// What `@default` gives.
public enum DefaultValue: Sendable, Hashable {
    case literal(Literal)
    /// The default of a list field.
    case list([Literal])
    case function(DefaultFunction)

    /// A value written in the schema.
    public enum Literal: Sendable, Hashable {
        /// For String, DateTime, Json and Bytes fields, as written: the escapes of the string are resolved, nothing else.
        case string(String)
        /// For Int, BigInt, Float and Decimal fields, as written: no digit is lost.
        case number(String)
        case boolean(Bool)
        /// The name of a value of the field's enum, as in the schema file.
        case enumValue(String)
    }
}

/// A function that gives a new value for each row.
public enum DefaultFunction: Sendable, Hashable {
    case autoincrement
    case now
    case cuid(version: Int)
    case uuid(version: Int)
    case ulid
    case nanoid(length: Int?)
    /// An expression of the database itself; nil when the database is known to have one that the schema does not show.
    case dbgenerated(String?)
    indirect case sequence(SequenceOptions)
    case auto

    /// Whether the database makes the value, rather than the client.
    public var isMadeByDatabase: Bool {
        switch self {
        case .autoincrement, .now, .dbgenerated, .sequence: true
        case .cuid, .uuid, .ulid, .nanoid, .auto: false
        }
    }
}

/// The arguments of `sequence(…)`.
public struct SequenceOptions: Sendable, Hashable {
    public let virtual: Bool?
    public let minValue: Int?
    public let maxValue: Int?
    public let cache: Int?
    public let increment: Int?
    public let start: Int?
}
