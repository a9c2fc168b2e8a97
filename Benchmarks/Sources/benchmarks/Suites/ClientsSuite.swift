import BenchmarkClient
import CDatabasePeers
import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport

extension Suite {
    static let clients = Suite(
        "clients", "The generated client, against C by hand and against Python's ORMs and drivers", targets: .clients
    ) { runner in
        let folder = try TemporaryFolder()
        var options = SQLiteDatabase.Options()
        options.creates = true
        let sqlite = try SQLiteDatabase(url: "file:\(folder.file("users.db"))", options: options)
        try await fill(sqlite)
        let file = peer_sqlite_open(folder.file("users.db"))
        let (all, one) = (peer_sqlite_prepare(file, BenchmarkUser.all), peer_sqlite_prepare(file, BenchmarkUser.all + " WHERE id = ?1"))
        try await runner.measure("sqlite, all rows: C", items: count, of: "row") { peer_users_free(peer_sqlite_all(all)) }
        var keys = Keys()
        try await runner.measure("sqlite, by key: C") {
            var user = peer_user()
            _ = peer_sqlite_one(one, keys.next(), &user)
            peer_user_clear(&user)
        }
        try await reads(&runner, "sqlite", sqlite)
        try await includes(&runner, "sqlite", sqlite)
        try await createsInSQLite(&runner, folder, peer_sqlite_all(all))
        try await stream(&runner, "sqlite", sqlite)

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
                _ = peer_postgres_one(peer, "one", keys.next(), &user)
                peer_user_clear(&user)
            }
            try await reads(&runner, "postgres", database)
            try await includes(&runner, "postgres", database)
            try await createsInPostgres(&runner, server, peer_postgres_all(peer, "all"))
            try await stream(&runner, "postgres", database)
            peer_postgres_close(peer)
        } else {
            runner.note("PostgreSQL is not installed: its rows are missing.")
        }

        if runner.only != nil { return }
        let seconds = Double(runner.effort.time.components.seconds) + Double(runner.effort.time.components.attoseconds) * 1e-18
        // Packages are fetched for those who read the figures.
        let lines = runner.isQuick ? [] : try PythonPeers.run(seconds: seconds, sqlite: folder.file("users.db"), postgres: place)
        for line in lines {
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
        let prisma = try client(database)
        try await runner.measure("\(label), all rows: findMany", items: count, of: "row", against: "\(label), all rows: C") {
            try await prisma.benchmarkRow.findMany()
        }
        var keys = Keys()
        try await runner.measure("\(label), by key: findUnique", against: "\(label), by key: C") {
            let key = keys.next()
            return try await prisma.benchmarkRow.findUnique(where: { $0.id == key })
        }
    }

    /// The same keys in the same order for all peers.
    private struct Keys {
        private var number: Int64 = 0

        mutating func next() -> Int64 {
            number = (number + 7919) % Int64(count)
            return number + 1
        }
    }

    private static func client(
        _ database: any SQLDatabase, _ strategy: PrismaEngine.RelationLoadStrategy = .automatic
    ) throws -> PrismaClient {
        var options = PrismaEngine.Options()
        options.relationLoadStrategy = strategy
        return PrismaClient(engine: PrismaEngine(database: database, schema: try PrismaClient.schema.get(), options: options))
    }

    // MARK: - Includes

    /// A relation to one row in both ways: what the rule that chooses one of them rests on.
    private static func includes(_ runner: inout Runner, _ label: String, _ database: any SQLDatabase) async throws {
        if let only = runner.only, !only.contains("include") { return }
        let numbers = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count)) SELECT i FROM n) AS n"
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(
                """
                CREATE TABLE orders (id BIGINT PRIMARY KEY, total DOUBLE PRECISION NOT NULL, "rowId" BIGINT NOT NULL);
                CREATE TABLE profiles (id BIGINT PRIMARY KEY, bio TEXT NOT NULL, "rowId" BIGINT NOT NULL UNIQUE);
                INSERT INTO orders SELECT i, i * 0.5, i % 1000 + 1 FROM \(numbers);
                INSERT INTO profiles SELECT i, 'likes trees', i * 7919 % \(count) + 1 FROM \(numbers);
                ANALYZE
                """)
        }
        for size in [1, 10, 100, 1000, count] {
            for strategy in [PrismaEngine.RelationLoadStrategy.query, .join] {
                let prisma = try client(database, strategy)
                let name = "\(label), include of \(size) to one"
                try await runner.measure(
                    "\(name): \(strategy)", items: size, of: "row", against: strategy == .join ? "\(name): query" : nil
                ) {
                    try await prisma.benchmarkOrder.findMany(take: size, include: { $0.row })
                }
            }
        }
        for strategy in [PrismaEngine.RelationLoadStrategy.query, .join] {
            let prisma = try client(database, strategy)
            let name = "\(label), include of \(count) one to one"
            try await runner.measure("\(name): \(strategy)", items: count, of: "row", against: strategy == .join ? "\(name): query" : nil) {
                try await prisma.benchmarkProfile.findMany(include: { $0.row })
            }
        }
    }

    // MARK: - Writes

    /// What `createMany` is given: the rows that the peers write.
    private static let newRows: [BenchmarkRow.Create] = (1...count).map { number -> BenchmarkRow.Create in
        let name: String? = number % 5 == 0 ? nil : "Name of user \(number)"
        let created = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
        return BenchmarkRow.Create(
            id: Int64(number), email: "user\(number)@example.com", score: Double(number) * 0.37, active: number % 2 == 0, created: created,
            visits: Int64(number * 3), plan: number % 3 == 0 ? "free" : "professional", name: name)
    }

    private static func createsInSQLite(_ runner: inout Runner, _ folder: TemporaryFolder, _ rows: peer_users) async throws {
        defer { peer_users_free(rows) }
        var options = SQLiteDatabase.Options()
        options.creates = true
        let database = try SQLiteDatabase(url: "file:\(folder.file("writes.db"))", options: options)
        try await database.withConnection(for: .write) { try await $0.executeScript(BenchmarkUser.table(.sqlite, "users")) }
        let peer = peer_sqlite_open(folder.file("writes.db"))
        let prisma = try client(database)
        // All empty the table in the same way.
        let empty = { try await database.withConnection(for: .write) { try await $0.executeScript("DELETE FROM users") } }
        try await runner.measure("sqlite, create: C, one transaction", items: count, of: "row") {
            _ = peer_sqlite_insert(peer, "INSERT INTO users VALUES (?1,?2,?3,?4,?5,?6,?7,?8)", rows.rows, rows.count)
            try await empty()
        }
        try await runner.measure("sqlite, create: createMany", items: count, of: "row", against: "sqlite, create: C, one transaction") {
            _ = try await prisma.benchmarkRow.createMany(newRows)
            try await empty()
        }
        peer_sqlite_close(peer)
        await database.close()
    }

    private static func createsInPostgres(_ runner: inout Runner, _ server: PostgresTestServer, _ rows: peer_users) async throws {
        defer { peer_users_free(rows) }
        let database = try PostgresDatabase(url: try await server.makeDatabase())
        try await database.withConnection(for: .write) { try await $0.executeScript(BenchmarkUser.table(.postgresql, "users")) }
        let peer = peer_postgres_open("host=\(server.socketFolder) user=postgres dbname=\(database.name)")
        let prisma = try client(database)
        let empty = { try await database.withConnection(for: .write) { try await $0.executeScript("TRUNCATE users") } }
        try await runner.measure("postgres, create: C, COPY", items: count, of: "row") {
            _ = peer_postgres_copy(peer, "COPY users FROM STDIN (FORMAT binary)", rows.rows, rows.count)
            try await empty()
        }
        try await runner.measure("postgres, create: createMany", items: count, of: "row", against: "postgres, create: C, COPY") {
            _ = try await prisma.benchmarkRow.createMany(newRows)
            try await empty()
        }
        peer_postgres_close(peer)
        await database.close()
    }

    // MARK: - Streams

    /// Streams a million rows and notes how far the process grew after the first thousand.
    private static func stream(_ runner: inout Runner, _ label: String, _ database: any SQLDatabase) async throws {
        let name = "\(label), stream"
        if let only = runner.only, !name.contains(only) { return }
        let total = runner.isQuick ? 50_000 : 1_000_000
        // The rows that are there, again and again under other keys.
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(
                """
                CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM users;
                INSERT INTO users SELECT id + \(count) * n.i, email, name, score, active, created, visits, plan FROM kept,
                    (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(total / count - 1)) SELECT i FROM n) AS n;
                """)
        }
        let prisma = try client(database)
        var (read, before, most) = (0, 0, 0)
        let clock = ContinuousClock()
        let start = clock.now
        for try await row in try prisma.benchmarkRow.stream() {
            read += row.id > 0 ? 1 : 0
            guard read % 1000 == 0 else { continue }
            let kilobytes = Machine.residentKilobytes
            if before == 0 { before = kilobytes }
            most = max(most, kilobytes)
        }
        let parts = (clock.now - start).components
        runner.record(name, items: read, of: "row", seconds: [Double(parts.seconds) + Double(parts.attoseconds) * 1e-18])
        runner.judge(
            "\(name): what the process grows by after the first thousand", wanted: "less than 20 MB", found: "\(most - before) kB",
            isMet: most - before < 20_000)
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript("DELETE FROM users WHERE id > \(count); DROP TABLE kept")
        }
    }
}
