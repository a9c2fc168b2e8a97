import Prisma
import PrismaSchema

/// A project's database with the schema that describes it, for a command that reads rows; close it when done.
struct ProjectDatabase {
    let engine: PrismaEngine
    /// As messages call it.
    let name: String

    /// Opens the database of a command that takes `SchemaSource.option` and `DatabaseAddress.option`.
    static func open(in context: CommandContext) async throws -> ProjectDatabase {
        let source = try SchemaSource(try context[SchemaSource.option], context: context)
        let schema = try source.read(in: context)
        let address = try DatabaseAddress.find(for: schema, source, purpose: .queries, in: context)
        let opened = try await address.open(for: schema)
        return ProjectDatabase(engine: PrismaEngine(database: opened.database, schema: schema), name: opened.name)
    }

    func close() async {
        await engine.close()
    }
}
