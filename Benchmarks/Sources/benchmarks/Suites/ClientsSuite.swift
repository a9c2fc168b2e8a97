import BenchmarkClient
import CDatabasePeers
import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport

extension Suite {
    static let clients = Suite("clients", "The generated client, against C by hand and against Python's ORMs and drivers") { runner in
        let folder = try TemporaryFolder()
        var options = SQLiteDatabase.Options()
        options.creates = true
        let sqlite = try SQLiteDatabase(url: "file:\(folder.file("users.db"))", options: options)
        try await fill(sqlite)
        let file = peer_sqlite_open(folder.file("users.db"))
        let (all, one) = (peer_sqlite_prepare(file, BenchmarkUser.all), peer_sqlite_prepare(file, BenchmarkUser.all + " WHERE id = ?1"))
        try await runner.measure("sqlite, all rows: C", items: count, of: "row") { peer_users_free(peer_sqlite_all(all)) }
        try await runner.measure("sqlite, by key: C") {
            var user = peer_user()
            _ = peer_sqlite_one(one, 7, &user)
            peer_user_clear(&user)
        }
        try await reads(&runner, "sqlite", sqlite)

        var place: (String, String)?
        var postgres: PostgresDatabase?
        if PostgresTestServer.isUsable {
            let server = try await PostgresTestServer.shared()
            let database = try PostgresDatabase(url: try await server.makeDatabase())
            try await fill(database)
            place = (server.socketFolder, database.name)
            postgres = database
            let peer = peer_postgres_open("host=\(server.socketFolder) user=postgres dbname=\(database.name)")
            _ = peer_postgres_prepare(peer, "all", BenchmarkUser.all)
            _ = peer_postgres_prepare(peer, "one", BenchmarkUser.all + " WHERE id = $1")
            try await runner.measure("postgres, all rows: C", items: count, of: "row") { peer_users_free(peer_postgres_all(peer, "all")) }
            try await runner.measure("postgres, by key: C") {
                var user = peer_user()
                _ = peer_postgres_one(peer, "one", 7, &user)
                peer_user_clear(&user)
            }
            try await reads(&runner, "postgres", database)
            peer_postgres_close(peer)
        } else {
            runner.note("PostgreSQL is not installed: its rows are missing.")
        }

        let seconds = Double(runner.effort.time.components.seconds) + Double(runner.effort.time.components.attoseconds) * 1e-18
        for line in try PythonPeers.run(seconds: seconds, sqlite: folder.file("users.db"), postgres: place) {
            let peer = line.name.prefix { $0 != ":" } + (line.name.contains("all rows") ? ": findMany" : ": findUnique")
            runner.record(
                line.name, items: line.items, of: line.items == count ? "row" : "read", against: String(peer), seconds: line.seconds)
        }
        peer_sqlite_finalize(all)
        peer_sqlite_finalize(one)
        peer_sqlite_close(file)
        await sqlite.close()
        await postgres?.close()
    }

    private static let count = 10_000

    private static func fill(_ database: any SQLDatabase) async throws {
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(BenchmarkUser.table(database.dialect, "users"))
            _ = try await connection.execute(BenchmarkUser.insert(into: "users", database.dialect, 1..<count + 1, perStatement: 100))
            try await connection.executeScript("ANALYZE")
        }
    }

    private static func reads(_ runner: inout Runner, _ label: String, _ database: any SQLDatabase) async throws {
        let prisma = PrismaClient(
            engine: PrismaEngine(database: database, schema: try PrismaClient.schema.get(), options: PrismaEngine.Options()))
        try await runner.measure("\(label), all rows: findMany", items: count, of: "row", against: "\(label), all rows: C") {
            try await prisma.benchmarkRow.findMany()
        }
        var number: Int64 = 0
        try await runner.measure("\(label), by key: findUnique", against: "\(label), by key: C") {
            number = (number + 7919) % Int64(count)
            let key = number + 1
            return try await prisma.benchmarkRow.findUnique(where: { $0.id == key })
        }
    }
}
