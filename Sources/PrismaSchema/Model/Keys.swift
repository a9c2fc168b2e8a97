/// A primary key of one field (`@id`) or several (`@@id`).
public struct PrimaryKey: Sendable, Hashable {
    /// The name that the client uses for a key of several fields: `name:`, or the field names joined by `_`.
    public let name: String
    /// The name of the constraint; nil where the database keeps none.
    public let databaseName: String?
    /// The fields in the order of the key.
    public let fields: [IndexField]
    /// `clustered:`, which only SQL Server reads.
    public let isClustered: Bool?
}

/// A unique constraint of one field (`@unique`) or several (`@@unique`).
public struct UniqueIndex: Sendable, Hashable {
    /// The name that the client uses: `name:`, or the field names joined by `_`.
    public let name: String
    /// The name in the database.
    public let databaseName: String
    /// The fields in the order of the index.
    public let fields: [IndexField]
    /// `clustered:`, which only SQL Server reads.
    public let isClustered: Bool?
}

/// An index that is not unique.
public struct Index: Sendable, Hashable {
    /// The name in the database.
    public let databaseName: String
    /// The fields in the order of the index.
    public let fields: [IndexField]
    /// How the database looks things up in it.
    public let algorithm: IndexAlgorithm
    /// Whether it is a `@@fulltext` index.
    public let isFulltext: Bool
    /// `clustered:`, which only SQL Server reads.
    public let isClustered: Bool?
}

/// One field of a key or an index.
public struct IndexField: Sendable, Hashable {
    /// The name of the field.
    public let name: String
    /// The order of its values; nil is the database's own, which is ascending.
    public let sort: SortOrder?
    /// How many bytes of the value are indexed, where the database can.
    public let length: Int?
    /// The operator class of PostgreSQL, such as `jsonb_path_ops` or, by `raw("…")`, any other.
    public let operatorClass: String?
}

/// The order of an index.
public enum SortOrder: String, Sendable, Hashable, CaseIterable {
    case ascending = "Asc"
    case descending = "Desc"
}

/// How an index looks things up.
public enum IndexAlgorithm: String, Sendable, Hashable, CaseIterable {
    case bTree = "BTree"
    case hash = "Hash"
    case gin = "Gin"
    case gist = "Gist"
    case spGist = "SpGist"
    case brin = "Brin"
}
