import Prisma
import PrismaPostgres
import Synchronization
import TestSupport
import Testing

/// Cursors inside and outside of transactions, COPY, and notifications.
@Suite(.enabled(if: PostgresTestServer.isUsable))
struct PostgresStreamTests {
    func withDatabase(_ body: (PostgresDatabase) async throws -> Void) async throws {
        let database = try PostgresDatabase(url: try await PostgresTestServer.shared().makeDatabase(parameters: "connection_limit=3"))
        try await database.execute(
            SQLStatement("CREATE TABLE item AS SELECT i AS id, 'item ' || i AS name FROM generate_series(1, 2500) i"))
        do {
            try await body(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    /// All rows that a cursor gives, in batches.
    func drain(_ cursor: any SQLCursor, by count: Int) async throws -> [[Value]] {
        var all: [[Value]] = []
        while true {
            let rows = try await cursor.read(upTo: count) { rows in try Value.all(&rows) }
            if rows.isEmpty { return all }
            all += rows
        }
    }

    @Test func aCursorTakesParametersAndBatchesOfAnySize() async throws {
        try await withDatabase { database in
            let statement = SQLStatement(
                "SELECT id FROM item WHERE id <= $1 AND name <> $2 ORDER BY id", bindings: [.int(2000), .text("item 5")])
            let expected = (1...2000).filter { $0 != 5 }.map { [Value.integer(Int64($0))] }
            for size in [1999, 2000, 7, 700, 10_000] {
                let rows = try await database.withConnection(for: .read) { connection in
                    let cursor = try await connection.open(statement)
                    let rows = try await drain(cursor, by: size)
                    await cursor.close()
                    return rows
                }
                #expect(rows == expected, "\(size)")
            }
        }
    }

    @Test func rowsThatABatchDidNotReadComeWithTheNext() async throws {
        try await withDatabase { database in
            let seen = try await database.withConnection(for: .read) { connection in
                let cursor = try await connection.open(SQLStatement("SELECT id FROM item ORDER BY id LIMIT 10"))
                var seen: [Int] = []
                for take in [3, 2, 5, 1] {
                    seen += try await cursor.read(upTo: 6) { rows in
                        var ids: [Int] = []
                        while ids.count < take, var row = try rows.next() { ids.append(try row.int()) }
                        return ids
                    }
                }
                await cursor.close()
                return seen
            }
            #expect(seen == Array(1...10))
        }
    }

    @Test func closingEarlyLeavesAGoodConnection() async throws {
        try await withDatabase { database in
            try await database.withConnection(for: .read) { connection in
                for _ in 0..<5 {
                    let cursor = try await connection.open(
                        SQLStatement("SELECT i, pg_sleep(CASE WHEN i > 100 THEN 30 ELSE 0 END) FROM generate_series(1, 1000) i"))
                    _ = try await cursor.read(upTo: 10) { rows in try Value.all(&rows) }
                    await cursor.close()
                }
                let rows = try await connection.rows(SQLStatement("SELECT 1"))
                #expect(rows == [[.integer(1)]])
                try await connection.execute(SQLStatement("DELETE FROM item WHERE id = 1"))
            }
            try await database.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(2499)]])
        }
    }

    @Test func aCursorInATransactionLeavesItOpen() async throws {
        try await withDatabase { database in
            try await database.withConnection(for: .write) { connection in
                try await connection.executeScript("BEGIN")
                try await connection.execute(SQLStatement("DELETE FROM item WHERE id > 10"))
                let cursor = try await connection.open(SQLStatement("SELECT id FROM item"))
                let some = try await cursor.read(upTo: 3) { rows in try Value.all(&rows) }
                #expect(some.count == 3)
                await cursor.close()
                try await connection.execute(SQLStatement("DELETE FROM item WHERE id > 5"))
                try await connection.executeScript("COMMIT")
            }
            try await database.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(5)]])
        }
    }

    @Test func whatWritesIsRunOnceAndKept() async throws {
        try await withDatabase { database in
            for sql in [
                "DELETE FROM item WHERE id > 2495 RETURNING id",
                "WITH gone AS (DELETE FROM item WHERE id > 2490 RETURNING id) SELECT id FROM gone",
            ] {
                let rows = try await database.withConnection(for: .write) { connection in
                    let cursor = try await connection.open(SQLStatement(sql))
                    let rows = try await drain(cursor, by: 2)
                    await cursor.close()
                    return rows
                }
                #expect(rows.count == 5)
            }
            try await database.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(2490)]])
        }
    }

    @Test func anErrorInTheMiddleIsReportedAndPasses() async throws {
        try await withDatabase { database in
            try await database.withConnection(for: .read) { connection in
                let cursor = try await connection.open(SQLStatement("SELECT 1 / (id - 1000) FROM item ORDER BY id"))
                let error = await prismaError { try await drain(cursor, by: 100) }
                #expect(error?.code == .rawQueryFailed)
                #expect(error?.sql?.hasPrefix("SELECT 1 /") == true)
                await cursor.close()
                let rows = try await connection.rows(SQLStatement("SELECT 1"))
                #expect(rows == [[.integer(1)]])
            }
            let missing = await prismaError {
                try await database.withConnection(for: .read) { _ = try await $0.open(SQLStatement("SELECT * FROM nothing")) }
            }
            #expect(missing?.code == .tableMissing)
            #expect(missing?.sql == "SELECT * FROM nothing")
        }
    }

    @Test func copyReadsWhatAQueryReads() async throws {
        try await withDatabase { database in
            let query = "SELECT id, name, NULL::text, id * 0.5::float8, ARRAY[id], '1.50'::numeric FROM item ORDER BY id"
            let expected = try await database.rows(SQLStatement(query))
            for batch in [1, 999, 2500, 5000] {
                let found = Mutex<[[Value]]>([])
                let count = try await database.copyRows(query, batch: batch) { rows in
                    let some = try Value.all(&rows)
                    found.withLock { $0 += some }
                }
                #expect(count == 2500)
                #expect(found.withLock { $0 } == expected)
            }
            #expect(try await database.copyRows("SELECT 1 WHERE false") { _ in } == 0)
        }
    }

    @Test func copyReportsWhatGoesWrong() async throws {
        try await withDatabase { database in
            let table: [(String, PrismaError.Code)] = [
                ("SELECT * FROM nothing", .tableMissing), ("SELECT 1 / (id - 2000) FROM item", .rawQueryFailed),
                ("SELECT 1;", .rawQueryFailed),
                ("SELECT '1 day'::interval", .unsupportedFormat),
            ]
            for (query, code) in table {
                let error = await prismaError { try await database.copyRows(query) { rows in _ = try Value.all(&rows) } }
                #expect(error?.code == code, "\(query)")
            }
            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await database.copyRows("SELECT id FROM item, generate_series(1, 1000)") { _ in throw Enough() }
            }
            try await database.expect(SQLStatement("SELECT 1"), gives: [[.integer(1)]])
        }
    }

    @Test func notificationsArrive() async throws {
        try await withDatabase { database in
            let stream = try await database.notifications(on: ["jobs", "Other \"one\""])
            try await database.execute(SQLStatement("SELECT pg_notify('jobs', '1'), pg_notify('elsewhere', '2')"))
            try await database.execute(SQLStatement("SELECT pg_notify('Other \"one\"', $1)", bindings: [.text("ü")]))
            var seen: [String] = []
            for try await notification in stream {
                seen.append("\(notification.channel): \(notification.payload)")
                #expect(notification.processID > 0)
                if seen.count == 2 { break }
            }
            #expect(seen == ["jobs: 1", "Other \"one\": ü"])
        }
    }

    @Test func listeningEndsWithItsTaskOrItsServer() async throws {
        let server = try await PostgresTestServer.start()
        let database = try PostgresDatabase(url: server.url(database: "postgres"))
        let stream = try await database.notifications(on: ["jobs"])
        let listener = Task { for try await _ in stream {} }
        listener.cancel()
        try await listener.value
        let second = try await database.notifications(on: ["jobs"])
        try await server.stop()
        let error = await prismaError { for try await _ in second {} }
        #expect(error?.code == .connectionClosed)
        await database.close()
    }
}
