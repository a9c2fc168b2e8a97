/// A `model` or `view` block: one table and the fields that its rows have.
public struct Model: Sendable {
    /// The name in the schema file and in code.
    public let name: String
    /// The name of the table.
    public let databaseName: String
    /// The database schema (namespace) given by `@@schema`.
    public let databaseSchema: String?
    /// The `///` comment above the block.
    public let documentation: String?
    /// All fields in source order, relations included.
    public let fields: [Field]
    /// The primary key; nil for a model that stands on a unique field alone, and for most views.
    public let primaryKey: PrimaryKey?
    /// Unique constraints, those of `@unique` fields included, in source order: fields first, then `@@unique`.
    public let uniques: [UniqueIndex]
    /// The other indexes in source order.
    public let indexes: [Index]
    /// Whether `@@ignore` keeps the model out of the client.
    public let isIgnored: Bool
    /// Whether this is a `view`, which is read and never written.
    public let isView: Bool

    private let fieldIndex: [String: Int]

    init(
        name: String, databaseName: String, databaseSchema: String?, documentation: String?, fields: [Field], fieldIndex: [String: Int],
        primaryKey: PrimaryKey?, uniques: [UniqueIndex], indexes: [Index], isIgnored: Bool, isView: Bool
    ) {
        self.name = name
        self.databaseName = databaseName
        self.databaseSchema = databaseSchema
        self.documentation = documentation
        self.fields = fields
        self.primaryKey = primaryKey
        self.uniques = uniques
        self.indexes = indexes
        self.isIgnored = isIgnored
        self.isView = isView
        self.fieldIndex = fieldIndex
    }

    /// The field of that name, in constant time.
    public func field(named name: String) -> Field? {
        fieldIndex[name].map { fields[$0] }
    }

    /// The fields that are columns: all but the relations.
    public var scalarFields: [Field] {
        fields.filter { $0.relation == nil }
    }

    /// The fields that lead to other models.
    public var relationFields: [Field] {
        fields.filter { $0.relation != nil }
    }
}

extension Model: Hashable {
    public static func == (left: Model, right: Model) -> Bool {
        left.name == right.name && left.databaseName == right.databaseName && left.databaseSchema == right.databaseSchema
            && left.documentation == right.documentation && left.fields == right.fields
            && left.primaryKey == right.primaryKey && left.uniques == right.uniques && left.indexes == right.indexes
            && left.isIgnored == right.isIgnored && left.isView == right.isView
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(fields.count)
    }
}
