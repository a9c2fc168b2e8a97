import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import Synchronization
import TestSupport
import Testing

/// What was acknowledged is kept, whatever happens next.
@Suite struct DurabilityTests {
    @Test func killingTheWriterAHundredTimesLosesNothingInSQLite() async throws {
        let folder = try TemporaryFolder()
        let url = "file:" + folder.file("test.db")
        var options = SQLiteDatabase.Options()
        options.creates = true
        let first = try SQLiteDatabase(url: url, options: options)
        try await first.withConnection(for: .write) { connection in
            try await connection.executeScript(
                "CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE two (id INTEGER PRIMARY KEY)")
        }
        await first.close()
        var random = Random(seed: 7)
        var acknowledged = 0
        for round in 0..<100 {
            let writer = try BuiltProgram("DriverProbe", ["write", url])
            let enough = random.next(30)
            var output = writer.read()
            while output.split(separator: "\n").count < enough {
                let more = writer.read()
                try #require(!more.isEmpty, "the writer ended by itself: \(output)")
                output += more
            }
            output += writer.kill()
            // The last line may have been cut in the middle of its number.
            let whole = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            acknowledged = max(acknowledged, whole.compactMap { Int($0) }.max() ?? 0)
            let database = try SQLiteDatabase(url: url)
            let rows = try await database.rows(
                SQLStatement("SELECT count(*), max(id), (SELECT count(*) FROM two), (SELECT max(id) FROM two) FROM one"))
            guard case .integer(let count) = rows[0][0] else { continue }
            #expect(count >= acknowledged, "round \(round)")
            // Each transaction is there as a whole, or not at all.
            #expect(count == 0 || rows == [[.integer(count), .integer(count), .integer(count), .integer(count)]], "round \(round)")
            await database.close()
        }
        #expect(acknowledged > 500)
        let last = try SQLiteDatabase(url: url)
        try await last.expect(SQLStatement("PRAGMA integrity_check"), gives: [[.text("ok")]])
        await last.close()
    }

    @Test(.enabled(if: PostgresTestServer.isUsable))
    func restartingTheServerLosesNothingThatWasAcknowledged() async throws {
        let server = try await PostgresTestServer.start()
        let database = try PostgresDatabase(url: try await server.makeDatabase(parameters: "connection_limit=6&pool_timeout=30"))
        try await database.execute(SQLStatement("CREATE TABLE item (id BIGINT PRIMARY KEY)"))
        let ledger = Ledger()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask { try await Self.insertUntilRecovered(database, worker: worker, ledger) }
            }
            while ledger.state.withLock({ $0.acknowledged.count }) < 200 { try await Task.sleep(for: .milliseconds(5)) }
            try await server.restart()
            ledger.state.withLock { $0.isRestarted = true }
            try await group.waitForAll()
        }
        let rows = try await database.rows(SQLStatement("SELECT id FROM item"))
        let kept = Set(rows.compactMap { row -> Int64? in if case .integer(let id) = row[0] { id } else { nil } })
        let (sure, unsure) = ledger.state.withLock { ($0.acknowledged, $0.failed) }
        #expect(sure.isSubset(of: kept))
        // What is there without having been acknowledged was reported as an error.
        #expect(kept.subtracting(sure).isSubset(of: unsure.keys))
        for error in unsure.values {
            #expect([.connectionClosed, .poolTimeout, .unreachable].contains(error.code), "\(error)")
        }
        await database.close()
    }

    /// What the workers were told.
    private final class Ledger: Sendable {
        struct State {
            var acknowledged: Set<Int64> = []
            var failed: [Int64: PrismaError] = [:]
            var isRestarted = false
        }

        let state = Mutex(State())
    }

    /// Inserts until twenty rows went in after the restart.
    private static func insertUntilRecovered(_ database: PostgresDatabase, worker: Int, _ ledger: Ledger) async throws {
        var after = 0
        for step in 0..<100_000 where after < 20 {
            let id = Int64(worker * 1_000_000 + step)
            let wasRestarted = ledger.state.withLock { $0.isRestarted }
            do {
                try await database.execute(SQLStatement("INSERT INTO item VALUES ($1)", bindings: [.int(id)]))
                ledger.state.withLock { _ = $0.acknowledged.insert(id) }
                if wasRestarted { after += 1 }
            } catch let error as PrismaError {
                ledger.state.withLock { $0.failed[id] = error }
            }
        }
        #expect(after == 20, "the pool did not recover")
    }

    @Test func aFullDiskKeepsWhatWasThere() async throws {
        try await Driver.sqlite.withDatabase({ _ in "CREATE TABLE item (id INTEGER PRIMARY KEY, bytes BLOB)" }) { database in
            var kept: Int64 = 0
            let error = await prismaError {
                try await database.withConnection(for: .write) { connection in
                    _ = try await connection.rows(SQLStatement("PRAGMA max_page_count = 30"))
                }
                for _ in 0..<1000 {
                    try await database.execute(
                        SQLStatement("INSERT INTO item (bytes) VALUES (?1)", bindings: [.bytes(Data(repeating: 1, count: 2000))]))
                    kept += 1
                }
            }
            #expect(error?.code == .diskFull)
            #expect(kept > 0)
            try await database.expect(SQLStatement("SELECT count(*) FROM item"), gives: [[.integer(kept)]])
            try await database.execute(SQLStatement("DELETE FROM item WHERE id = 1"))
        }
    }

    @Test(arguments: Driver.allCases)
    func streamingTakesConstantMemory(_ driver: Driver) async throws {
        let folder = try TemporaryFolder()
        let url = driver == .sqlite ? "file:\(folder.file("test.db"))?mode=rwc" : try await PostgresTestServer.shared().makeDatabase()
        let result = try BuiltProgram("DriverProbe", ["stream", url, "200000"]).wait()
        let numbers = result.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(numbers.count == 2, "\(result)")
        #expect(numbers[0] == 200_000)
        #expect(numbers[1] < 20 * 1024, "grew by \(numbers[1]) kB")
    }
}
