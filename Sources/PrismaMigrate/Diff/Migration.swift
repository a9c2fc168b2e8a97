public import PrismaSchema

/// The steps that lead from one state of a database to another.
///
/// ```swift
/// let schema = try Schema(parsing: text)
/// print(Migration(creating: schema).script)
/// ```
public struct Migration: Sendable, Hashable {
    /// What is done, in order.
    public let steps: [MigrationStep]

    /// Makes the database of a schema where there is nothing yet, with the names, types and order of Prisma 6.
    public init(creating schema: Schema) {
        let database = DatabaseDefinition(of: schema)
        steps =
            switch schema.provider {
            case .sqlite: SQLiteDDL.steps(creating: database)
            case .postgresql: PostgresDDL.steps(creating: database)
            }
    }

    /// The statements in order, without semicolons.
    public var statements: [String] { steps.map(\.statement) }

    /// The migration as a file of SQL, laid out as `prisma migrate diff --script` does.
    public var script: String {
        if steps.isEmpty { return "-- This is an empty migration.\n" }
        return steps.map { "-- \($0.kind.rawValue)\n\($0.statement);\n" }.joined(separator: "\n")
    }
}
