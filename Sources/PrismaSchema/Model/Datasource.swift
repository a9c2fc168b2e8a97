/// The database that a schema is written for.
public enum Provider: String, Sendable, Hashable, CaseIterable {
    case sqlite
    case postgresql

    /// The name as people write it.
    public var title: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgresql: "PostgreSQL"
        }
    }

    /// The longest name in bytes that the database keeps apart from a longer one.
    public var maximumNameLength: Int {
        switch self {
        case .sqlite: 10_000
        case .postgresql: 63
        }
    }
}

/// The `datasource` block: which database, and where it is.
public struct Datasource: Sendable, Hashable {
    /// The name of the block, by custom `db`.
    public let name: String
    /// Which database.
    public let provider: Provider
    /// Where the database is; nil when the schema leaves that to the environment or the command line.
    public let url: URLSource?
    /// The address without a connection pooler between, for migrations.
    public let directURL: URLSource?
    /// The address of the throw-away database that migrations are checked on.
    public let shadowDatabaseURL: URLSource?
    /// The database schemas (namespaces) that the models live in; empty means the connection's own.
    public let schemas: [String]
    /// The PostgreSQL extensions that migrations install.
    public let extensions: [DatabaseExtension]
    /// Who keeps relations intact: foreign keys in the database, or the client.
    public let relationMode: RelationMode
}

/// Where an address comes from.
public enum URLSource: Sendable, Hashable {
    /// Written in the schema.
    case literal(String)
    /// Read from the environment variable of this name, when a connection is made.
    case environment(String)
}

/// Who keeps relations intact.
public enum RelationMode: String, Sendable, Hashable, CaseIterable {
    /// The database, by foreign keys.
    case foreignKeys
    /// The client, without foreign keys.
    case prisma
}

/// An extension of PostgreSQL, such as `vector`.
public struct DatabaseExtension: Sendable, Hashable {
    /// The name in the schema file.
    public let name: String
    /// The name in the database, which `map:` may set apart.
    public let databaseName: String
    /// The database schema it is installed into, if one is asked for.
    public let schema: String?
    /// The version asked for.
    public let version: String?
}
