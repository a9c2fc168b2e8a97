import PrismaSchema

/// What a database consists of, in its own terms and in the order in which it is made.
struct DatabaseDefinition: Hashable, Sendable {
    /// The schemas (namespaces) that are made; empty where everything is in the connection's own.
    var schemas: [String] = []
    var extensions: [DatabaseExtension] = []
    var enums: [EnumDefinition] = []
    var tables: [TableDefinition] = []
}

/// A name, with the schema of the database in front where one is told.
struct QualifiedName: Hashable, Sendable {
    var schema: String?
    var name: String
}

struct EnumDefinition: Hashable, Sendable {
    var name: QualifiedName
    var values: [String]
}

struct TableDefinition: Hashable, Sendable {
    var name: QualifiedName
    var columns: [ColumnDefinition]
    var primaryKey: PrimaryKeyDefinition?
    var indexes: [IndexDefinition] = []
    var foreignKeys: [ForeignKeyDefinition] = []
}

struct ColumnDefinition: Hashable, Sendable {
    var name: String
    /// As the database spells it: `TEXT`, `VARCHAR(20)[]`.
    var type: String
    var isRequired: Bool
    /// An SQL expression.
    var `default`: String?
}

struct PrimaryKeyDefinition: Hashable, Sendable {
    /// nil on SQLite, which keeps no name of it.
    var name: String?
    var columns: [String]
}

struct IndexDefinition: Hashable, Sendable {
    var name: String
    var isUnique: Bool
    var columns: [Column]
    var algorithm = IndexAlgorithm.bTree

    struct Column: Hashable, Sendable {
        var name: String
        var sort: SortOrder?
        var operatorClass: String?
    }
}

struct ForeignKeyDefinition: Hashable, Sendable {
    var name: String
    var columns: [String]
    var referencedTable: QualifiedName
    var referencedColumns: [String]
    var onDelete: ReferentialAction
    var onUpdate: ReferentialAction
}
