import CDatabasePeers
import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport

extension Suite {
    static let drivers = Suite("drivers", "Rows of 8 mixed columns through the drivers, against C over the same libraries") { runner in
        try await sqlite(&runner)
        if PostgresTestServer.isUsable {
            try await postgres(&runner)
        } else {
            runner.note("PostgreSQL is not installed: its rows are missing.")
        }
    }

    private static let count = 10_000

    // MARK: - SQLite

    private static func sqlite(_ runner: inout Runner) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("users.db")
        var options = SQLiteDatabase.Options()
        options.creates = true
        let database = try SQLiteDatabase(url: "file:\(path)", options: options)
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(BenchmarkUser.table(.sqlite, "users") + ";" + BenchmarkUser.table(.sqlite, "copies"))
            try await connection.execute(BenchmarkUser.insert(into: "users", .sqlite, 1..<count + 1, perStatement: 100))
        }
        options.readsInline = false
        let threaded = try SQLiteDatabase(url: "file:\(path)", options: options)
        let peer = peer_sqlite_open(path)
        let all = peer_sqlite_prepare(peer, BenchmarkUser.all)
        let byKey = peer_sqlite_prepare(peer, BenchmarkUser.all + " WHERE id = ?1")

        try await runner.measure("sqlite, all rows: C", items: count, of: "row") { peer_users_free(peer_sqlite_all(all)) }
        try await runner.measure("sqlite, all rows: driver", items: count, of: "row", against: "sqlite, all rows: C") {
            try await database.withConnection(for: .read) { try await $0.query(SQLStatement(BenchmarkUser.all), BenchmarkUser.many) }
        }

        let select = BenchmarkUser.all + " WHERE id = ?1"
        var number = 0
        func next() -> Int64 {
            number = (number + 7919) % count
            return Int64(number + 1)
        }
        try await runner.measure("sqlite, by key: C") {
            var user = peer_user()
            _ = peer_sqlite_one(byKey, next(), &user)
            peer_user_clear(&user)
        }
        try await runner.measure("sqlite, by key: driver", against: "sqlite, by key: C") {
            let statement = SQLStatement(select, bindings: [.int(next())])
            return try await database.withConnection(for: .read) { try await $0.query(statement, BenchmarkUser.one) }
        }
        try await runner.measure("sqlite, by key: driver, on its thread", against: "sqlite, by key: C") {
            let statement = SQLStatement(select, bindings: [.int(next())])
            return try await threaded.withConnection(for: .read) { try await $0.query(statement, BenchmarkUser.one) }
        }

        let rows = peer_sqlite_all(all)
        try await runner.measure("sqlite, insert: C, one transaction", items: count, of: "row") {
            _ = peer_sqlite_insert(peer, "DELETE FROM copies", nil, 0)
            _ = peer_sqlite_insert(peer, "INSERT INTO copies VALUES (?1,?2,?3,?4,?5,?6,?7,?8)", rows.rows, rows.count)
            _ = try await database.withConnection(for: .write) { try await $0.execute(SQLStatement("DELETE FROM copies")) }
        }
        let inserts = BenchmarkUser.insert(into: "copies", .sqlite, 1..<count + 1, perStatement: 100)
        try await runner.measure(
            "sqlite, insert: driver, 100 rows a statement", items: count, of: "row", against: "sqlite, insert: C, one transaction"
        ) {
            try await database.withConnection(for: .write) { connection in
                _ = try await connection.execute(inserts)
                try await connection.execute(SQLStatement("DELETE FROM copies"))
            }
        }
        peer_users_free(rows)
        peer_sqlite_finalize(all)
        peer_sqlite_finalize(byKey)
        peer_sqlite_close(peer)
        await database.close()
        await threaded.close()
    }

    // MARK: - PostgreSQL

    private static func postgres(_ runner: inout Runner) async throws {
        let server = try await PostgresTestServer.shared()
        let url = try await server.makeDatabase()
        let database = try PostgresDatabase(url: url)
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(BenchmarkUser.table(.postgresql, "users") + ";" + BenchmarkUser.table(.postgresql, "copies"))
            try await connection.execute(BenchmarkUser.insert(into: "users", .postgresql, 1..<count + 1, perStatement: 1000))
            try await connection.executeScript("ANALYZE users")
        }
        let peer = peer_postgres_open("host=\(server.socketFolder) user=postgres dbname=\(database.name)")
        let select = BenchmarkUser.all + " WHERE id = $1"
        _ = peer_postgres_prepare(peer, "all", BenchmarkUser.all)
        _ = peer_postgres_prepare(peer, "one", select)

        try await runner.measure("postgres, all rows: C", items: count, of: "row") { peer_users_free(peer_postgres_all(peer, "all")) }
        try await runner.measure("postgres, all rows: driver", items: count, of: "row", against: "postgres, all rows: C") {
            try await database.withConnection(for: .read) { try await $0.query(SQLStatement(BenchmarkUser.all), BenchmarkUser.many) }
        }
        try await runner.measure("postgres, all rows: driver, cursor", items: count, of: "row", against: "postgres, all rows: C") {
            try await database.withConnection(for: .read) { connection in
                let cursor = try await connection.open(SQLStatement(BenchmarkUser.all))
                var users: [BenchmarkUser] = []
                while true {
                    let batch = try await cursor.read(upTo: 500, BenchmarkUser.many)
                    if batch.isEmpty { break }
                    users += batch
                }
                await cursor.close()
                return users.count
            }
        }

        var number = 0
        func next() -> Int64 {
            number = (number + 7919) % count
            return Int64(number + 1)
        }
        try await runner.measure("postgres, by key: C") {
            var user = peer_user()
            _ = peer_postgres_one(peer, "one", next(), &user)
            peer_user_clear(&user)
        }
        try await runner.measure("postgres, by key: driver", against: "postgres, by key: C") {
            let statement = SQLStatement(select, bindings: [.int(next())])
            return try await database.withConnection(for: .read) { try await $0.query(statement, BenchmarkUser.one) }
        }

        let rows = peer_postgres_all(peer, "all")
        try await runner.measure("postgres, insert: C, COPY", items: count, of: "row") {
            _ = peer_postgres_copy(peer, "COPY copies FROM STDIN (FORMAT binary)", rows.rows, rows.count)
            _ = try await database.withConnection(for: .write) { try await $0.execute(SQLStatement("TRUNCATE copies")) }
        }
        let inserts = BenchmarkUser.insert(into: "copies", .postgresql, 1..<count + 1, perStatement: 1000)
        try await runner.measure(
            "postgres, insert: driver, 1000 rows a statement", items: count, of: "row", against: "postgres, insert: C, COPY"
        ) {
            try await database.withConnection(for: .write) { connection in
                _ = try await connection.execute(inserts)
                try await connection.execute(SQLStatement("TRUNCATE copies"))
            }
        }
        peer_users_free(rows)
        peer_postgres_close(peer)
        await database.close()
        try await concurrency(&runner, url)
    }

    /// 32 tasks, each reading rows by key, on pools of different sizes: how many in all, and how long each read took.
    private static func concurrency(_ runner: inout Runner, _ url: String) async throws {
        let select = BenchmarkUser.all + " WHERE id = $1"
        for connections in [1, 2, 4, 8, 16] {
            let database = try PostgresDatabase(url: url + "&connection_limit=\(connections)")
            let name = "postgres, 32 tasks, \(connections) connections"
            var times: [Double] = []
            try await runner.measure(name, items: 32 * 20, of: "query", against: "postgres, 32 tasks, 1 connections") {
                times += try await withThrowingTaskGroup(of: [Double].self) { group in
                    for task in 0..<32 {
                        group.addTask {
                            let clock = ContinuousClock()
                            var times: [Double] = []
                            for step in 0..<20 {
                                let start = clock.now
                                let statement = SQLStatement(select, bindings: [.int(Int64((task * 20 + step) * 13 % count + 1))])
                                _ = try await database.withConnection(for: .read) { try await $0.query(statement, BenchmarkUser.one) }
                                times.append(Double((clock.now - start).components.attoseconds) * 1e-18)
                            }
                            return times
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
            }
            if !times.isEmpty { runner.record("\(name): each query", items: 1, of: "query", seconds: times) }
            await database.close()
        }
    }
}
