/// One change of a migration, such as making one table.
public struct MigrationStep: Sendable, Hashable {
    /// What it does, as the comment above it says: `CreateTable`.
    public var kind: Kind
    /// The SQL, without a semicolon at the end.
    public var statement: String
    /// What it is about, for a summary.
    var subject: Subject

    /// What a step does; open, so that a new kind breaks nobody.
    public struct Kind: RawRepresentable, Sendable, Hashable {
        public var rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public static let createSchema = Kind(rawValue: "CreateSchema")
        public static let createExtension = Kind(rawValue: "CreateExtension")
        public static let createEnum = Kind(rawValue: "CreateEnum")
        public static let createTable = Kind(rawValue: "CreateTable")
        public static let createIndex = Kind(rawValue: "CreateIndex")
        public static let addForeignKey = Kind(rawValue: "AddForeignKey")
    }

    struct Subject: Sendable, Hashable {
        /// The table that an index or a foreign key belongs to; else the name of what is made.
        var name: String
        /// The columns of an index or a foreign key.
        var columns: [String] = []
        var isUnique = false
    }
}
