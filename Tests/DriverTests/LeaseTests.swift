import Prisma
import PrismaPostgres
import PrismaSQLite
import Synchronization
import TestSupport
import Testing

/// Connections are lent, waited for, and given back.
@Suite struct LeaseTests {
    /// A database with one connection, for which a caller waits three seconds.
    func withNarrowDatabase(_ driver: Driver, _ body: (any SQLDatabase) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let database: any SQLDatabase =
            switch driver {
            case .sqlite: try SQLiteDatabase(url: "file:\(folder.file("test.db"))?mode=rwc&connection_limit=1&pool_timeout=3")
            case .postgresql:
                try PostgresDatabase(
                    url: try await PostgresTestServer.shared().makeDatabase(parameters: "connection_limit=1&pool_timeout=3"))
            }
        // On a busy machine, opening the connection may take longer than that.
        for _ in 0..<20 where (try? await database.rows(SQLStatement("SELECT 1"))) == nil { continue }
        try await body(database)
        await database.close()
    }

    @Test(arguments: Driver.allCases)
    func aNestedQueryOnAPoolOfOneIsAnErrorAndNotAHang(_ driver: Driver) async throws {
        try await withNarrowDatabase(driver) { database in
            try await database.expect(SQLStatement("SELECT 1 AS one"), gives: [[.integer(1)]])
            let error = await prismaError {
                try await database.withConnection(for: .read) { _ in
                    try await database.rows(SQLStatement("SELECT 1 AS one"))
                }
            }
            #expect(error?.code == .poolTimeout)
            #expect(error?.message.contains("1 of 1") == true)
            #expect(error?.help?.contains("connection_limit") == true)
            try await database.expect(SQLStatement("SELECT 1 AS one"), gives: [[.integer(1)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func waitingForALeaseCanBeCancelled(_ driver: Driver) async throws {
        try await withNarrowDatabase(driver) { database in
            try await database.withConnection(for: .write) { _ in
                let waiting = Task { try await database.execute(SQLStatement("SELECT 1")) }
                await Task.yield()
                waiting.cancel()
                await #expect(throws: CancellationError.self) { _ = try await waiting.value }
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func manyTasksShareFewConnections(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER PRIMARY KEY)" }) { database in
            let select = driver.statement("SELECT count(*) FROM item WHERE id < ?", [.int(1)])
            let insert = driver.statement("INSERT INTO item VALUES (?)").text
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<32 {
                    group.addTask {
                        for step in 0..<5 {
                            _ = try await database.rows(select)
                            try await database.execute(SQLStatement(insert, bindings: [.int(Int64(worker * 100 + step + 1))]))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await database.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(160)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func twoQueriesAtOnceOnOneConnectionTakeTurns(_ driver: Driver) async throws {
        try await driver.withDatabase { database in
            try await database.withConnection(for: .read) { connection in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            try await connection.rows(driver.statement("SELECT CAST(? AS BIGINT)", [.int(Int64(number))])) == [
                                [.integer(Int64(number))]
                            ]
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func closingWaitsForWhatIsGoingOn(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER)" }) { database in
            let isInside = Mutex(false)
            let isDone = Mutex(false)
            let work = Task {
                try await database.withConnection(for: .write) { connection in
                    isInside.withLock { $0 = true }
                    for _ in 0..<50 { try await connection.execute(SQLStatement("INSERT INTO item VALUES (1)")) }
                    isDone.withLock { $0 = true }
                }
            }
            while !isInside.withLock({ $0 }) { await Task.yield() }
            await database.close()
            #expect(isDone.withLock { $0 })
            try await work.value
            let error = await prismaError { try await database.rows(SQLStatement("SELECT 1")) }
            #expect(error?.code == .connectionClosed)
        }
    }

    // MARK: - SQLite's files

    @Test func aLockedDatabaseIsAnErrorAfterTheTimeout() async throws {
        let folder = try TemporaryFolder()
        let url = "file:\(folder.file("test.db"))?mode=rwc"
        let (first, second) = (try SQLiteDatabase(url: url), try SQLiteDatabase(url: url + "&socket_timeout=0"))
        try await first.execute(SQLStatement("CREATE TABLE item (id INTEGER)"))
        try await first.withConnection(for: .write) { connection in
            try await connection.executeScript("BEGIN IMMEDIATE; INSERT INTO item VALUES (1)")
            let error = await prismaError { try await second.execute(SQLStatement("INSERT INTO item VALUES (2)")) }
            #expect(error?.code == .operationTimedOut)
            // Readers are not blocked, and see what was committed.
            try await second.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(0)]])
            try await first.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(0)]])
            try await connection.executeScript("COMMIT")
        }
        try await second.execute(SQLStatement("INSERT INTO item VALUES (2)"))
        try await second.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(2)]])
        await first.close()
        await second.close()
    }

    @Test func aReaderThatTurnsWriterTooLateIsAConflict() async throws {
        let folder = try TemporaryFolder()
        let url = "file:\(folder.file("test.db"))?mode=rwc"
        let (first, second) = (try SQLiteDatabase(url: url), try SQLiteDatabase(url: url))
        try await first.execute(SQLStatement("CREATE TABLE item (id INTEGER)"))
        let error = await prismaError {
            try await first.withConnection(for: .write) { connection in
                try await connection.executeScript("BEGIN; SELECT * FROM item")
                try await second.execute(SQLStatement("INSERT INTO item VALUES (1)"))
                try await connection.execute(SQLStatement("INSERT INTO item VALUES (2)"))
            }
        }
        #expect(error?.code == .writeConflict)
        await first.close()
        await second.close()
    }

    @Test func whatMayOnlyReadCannotWrite() async throws {
        let folder = try TemporaryFolder()
        let url = "file:" + folder.file("test.db")
        let database = try SQLiteDatabase(url: url + "?mode=rwc")
        try await database.execute(SQLStatement("CREATE TABLE item (id INTEGER)"))
        let lease = await prismaError {
            try await database.withConnection(for: .read) { try await $0.execute(SQLStatement("INSERT INTO item VALUES (1)")) }
        }
        #expect(lease?.code == .readOnly)
        let reader = try SQLiteDatabase(url: url + "?mode=ro")
        let file = await prismaError { try await reader.execute(SQLStatement("INSERT INTO item VALUES (1)")) }
        #expect(file?.code == .readOnly)
        try await reader.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(0)]])
        await reader.close()
        await database.close()
    }

    @Test func aDatabaseInMemoryIsOne() async throws {
        for url in ["file::memory:", ":memory:", "file:name?mode=memory"] {
            let database = try SQLiteDatabase(url: url)
            try await database.execute(SQLStatement("CREATE TABLE item (id INTEGER)"))
            try await database.execute(SQLStatement("INSERT INTO item VALUES (1)"))
            try await database.expect(SQLStatement("SELECT id FROM item"), gives: [[.integer(1)]])
            await database.close()
        }
    }

    @Test func foreignKeysAreOnAndWritersDoNotBlockReaders() async throws {
        try await Driver.sqlite.withDatabase { database in
            for (pragma, value) in [("foreign_keys", Value.integer(1)), ("journal_mode", .text("wal"))] {
                for access in [SQLAccess.read, .write] {
                    try await database.expect(SQLStatement("PRAGMA \(pragma)"), for: access, gives: [[value]])
                }
            }
            try await database.expect(SQLStatement("PRAGMA synchronous"), for: .write, gives: [[.integer(2)]])
        }
    }
}
