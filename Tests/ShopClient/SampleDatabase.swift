public import Prisma
internal import PrismaMigrate
internal import PrismaPostgres
internal import PrismaSQLite
internal import PrismaSchema
public import TestSupport

/// A fresh database with the tables of a schema that has no generated client; the datasource block is added here.
public struct SampleDatabase: Sendable {
    public let engine: PrismaEngine
    public let folder: TemporaryFolder

    public static func make(_ dialect: SQLDialect, datasource: String = "", schema models: String) async throws -> SampleDatabase {
        let folder = try TemporaryFolder()
        let provider = dialect == .sqlite ? "sqlite" : "postgresql"
        let schema = try Schema(
            parsing: """
                datasource db {
                  provider = "\(provider)"
                  url = "\(dialect == .sqlite ? "file:./sample.db" : "postgresql://localhost/sample")"
                \(datasource)
                }
                \(models)
                """)
        let database: any SQLDatabase
        switch dialect {
        case .sqlite:
            var options = SQLiteDatabase.Options()
            options.creates = true
            database = try SQLiteDatabase(url: "file:\(folder.file("sample.db"))?pool_timeout=300", options: options)
        case .postgresql:
            database = try PostgresDatabase(url: try await PostgresTestServer.shared().makeDatabase(parameters: "pool_timeout=300"))
        }
        try await database.withConnection(for: .write) { try await $0.executeScript(Migration(creating: schema).script) }
        var options = PrismaEngine.Options()
        options.clock = { Shop.clock }
        return SampleDatabase(engine: PrismaEngine(database: database, schema: schema, options: options), folder: folder)
    }
}
