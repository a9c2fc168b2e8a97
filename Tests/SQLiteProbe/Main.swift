import Prisma
import PrismaSQLite

/// An application that uses SQLite alone: it must not need PostgreSQL's library.
@main enum SQLiteProbe {
    static func main() async throws {
        let database = try SQLiteDatabase(url: "file::memory:")
        let version = try await database.withConnection(for: .write) { connection in
            try await connection.query(SQLStatement("SELECT sqlite_version()")) { rows in
                guard var row = try rows.next() else { return "" }
                return try row.string()
            }
        }
        print("SQLite \(version)")
    }
}
