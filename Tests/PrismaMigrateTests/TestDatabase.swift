import Prisma
import PrismaMigrate
import PrismaPostgres
import PrismaSQLite
import PrismaSchema
import TestSupport
import Testing

extension Provider {
    /// The databases that tests run on.
    static var testable: [Provider] { PostgresTestServer.isUsable ? allCases : [.sqlite] }

    /// Runs `body` with an empty database.
    func withDatabase<Result: Sendable>(_ body: (any SQLDatabase) async throws -> Result) async throws -> Result {
        let folder = try TemporaryFolder()
        let database: any SQLDatabase
        switch self {
        case .sqlite:
            var options = SQLiteDatabase.Options()
            options.creates = true
            database = try SQLiteDatabase(url: "file:test.db", relativeTo: folder.path, options: options)
        case .postgresql: database = try PostgresDatabase(url: try await PostgresTestServer.shared().makeDatabase())
        }
        do {
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }
}

extension SQLDatabase {
    func run(_ script: String) async throws {
        try await withConnection(for: .write) { try await $0.executeScript(script) }
    }

    /// The rows of a query as text, cells separated by ` | `; nothing stands for NULL.
    func lines(_ sql: String) async throws -> [String] {
        try await withConnection(for: .read) { connection in
            try await connection.query(SQLStatement(sql)) { rows in
                var lines: [String] = []
                while var row = try rows.next() {
                    var cells: [String] = []
                    for _ in 0..<row.count {
                        cells.append(try row.optional { row throws(PrismaError) in try row.string() } ?? "")
                    }
                    lines.append(cells.joined(separator: " | "))
                }
                return lines
            }
        }
    }
}
