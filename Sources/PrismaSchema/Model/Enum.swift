/// An `enum` block.
public struct Enum: Sendable, Hashable {
    /// The name in the schema file and in code.
    public let name: String
    /// The name of the type in the database.
    public let databaseName: String
    /// The database schema (namespace) given by `@@schema`.
    public let databaseSchema: String?
    /// The `///` comment above the block.
    public let documentation: String?
    /// The values in source order, which is their order in the database too.
    public let values: [EnumValue]
}

/// One value of an enum.
public struct EnumValue: Sendable, Hashable {
    /// The name in the schema file and in code.
    public let name: String
    /// The text in the database.
    public let databaseName: String
    /// The `///` comment above or behind the value.
    public let documentation: String?
}
