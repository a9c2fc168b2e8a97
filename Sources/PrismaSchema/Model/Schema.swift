/// A checked `schema.prisma`: every name looked up, both ends of every relation linked, every database name decided.
///
/// ```swift
/// let schema = try Schema(parsing: text, path: "prisma/schema.prisma")
/// for field in schema.model(named: "User")?.scalarFields ?? [] { print(field.name, field.databaseName) }
/// ```
public struct Schema: Sendable {
    /// The `datasource` block; a schema without one is read with PostgreSQL's rules, and a warning says so.
    public let datasource: Datasource?
    /// The `generator` blocks in source order.
    public let generators: [Generator]
    /// The models and views in source order.
    public let models: [Model]
    /// The enums in source order.
    public let enums: [Enum]
    /// What the author should know about although the schema is valid.
    public let warnings: [Diagnostic]

    private let modelIndex: [String: Int]
    private let enumIndex: [String: Int]

    init(datasource: Datasource?, generators: [Generator], models: [Model], enums: [Enum], warnings: [Diagnostic]) {
        self.datasource = datasource
        self.generators = generators
        self.models = models
        self.enums = enums
        self.warnings = warnings
        modelIndex = Dictionary(zip(models.lazy.map(\.name), models.indices)) { first, _ in first }
        enumIndex = Dictionary(zip(enums.lazy.map(\.name), enums.indices)) { first, _ in first }
    }

    /// The database that the schema is written for.
    public var provider: Provider { datasource?.provider ?? .postgresql }

    /// The model or view of that name, in constant time.
    public func model(named name: String) -> Model? {
        modelIndex[name].map { models[$0] }
    }

    /// The enum of that name, in constant time.
    public func enumeration(named name: String) -> Enum? {
        enumIndex[name].map { enums[$0] }
    }
}

extension Schema: Equatable {
    /// Two schemas are equal when they mean the same; positions, comments and warnings do not count.
    public static func == (left: Schema, right: Schema) -> Bool {
        left.datasource == right.datasource && left.generators == right.generators
            && left.models == right.models && left.enums == right.enums
    }
}
