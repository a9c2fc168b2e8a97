/// One line of a model: a column, or a relation to another model.
public struct Field: Sendable, Hashable {
    /// The name in the schema file and in code.
    public let name: String
    /// The name of the column; for a relation, the same as `name`.
    public let databaseName: String
    /// The `///` comment above or behind the field.
    public let documentation: String?
    /// What the field holds.
    public let kind: Kind
    /// How many of it.
    public let arity: Arity
    /// What a row gets when it is created without a value.
    public let `default`: DefaultValue?
    /// Whether each write sets the current time.
    public let isUpdatedAt: Bool
    /// Whether `@ignore` keeps the field out of the client.
    public let isIgnored: Bool
    /// Whether this field alone is the primary key.
    public let isID: Bool
    /// Whether this field alone is unique by `@unique`.
    public let isUnique: Bool
    /// The database's own type, given by `@db.…`.
    public let nativeType: NativeType?

    /// What a field holds.
    public enum Kind: Sendable, Hashable {
        case scalar(ScalarType)
        /// A value of the enum of this name.
        case enumeration(String)
        indirect case relation(Relation)
        /// A type that only the database knows, as written in `Unsupported("…")`.
        case unsupported(String)
    }

    /// The scalar type, if the field holds one.
    public var scalar: ScalarType? {
        if case .scalar(let type) = kind { type } else { nil }
    }

    /// The name of the enum, if the field holds one of its values.
    public var enumeration: String? {
        if case .enumeration(let name) = kind { name } else { nil }
    }

    /// The relation, if the field is one.
    public var relation: Relation? {
        if case .relation(let relation) = kind { relation } else { nil }
    }
}

/// How many values a field holds.
public enum Arity: Sendable, Hashable {
    case required
    case optional
    case list
}

/// The types that the schema language has of its own.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
    case string = "String"
    case boolean = "Boolean"
    case int = "Int"
    case bigInt = "BigInt"
    case float = "Float"
    case decimal = "Decimal"
    case dateTime = "DateTime"
    case json = "Json"
    case bytes = "Bytes"
}

/// A type of the database with its arguments: `@db.VarChar(255)`.
public struct NativeType: Sendable, Hashable {
    /// The name behind `@db.`
    public let name: String
    /// The arguments as written.
    public let arguments: [String]
}
