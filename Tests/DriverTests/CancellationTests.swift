import Prisma
import Testing

@Suite struct CancellationTests {
    /// Runs for ever.
    static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i + 1) % 1000 FROM n) SELECT count(*) FROM n"

    @Test(arguments: Driver.allCases)
    func cancellingTheTaskEndsTheStatement(_ driver: Driver) async throws {
        try await driver.withDatabase { database in
            let task = Task {
                try await database.withConnection(for: .read) { connection in
                    try await connection.rows(driver.statement(Self.endless))
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            // The connection lives on.
            try await database.expect(driver.statement("SELECT 1 AS one"), gives: [[.integer(1)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func aTaskThatIsAlreadyCancelledDoesNothing(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER)" }) { database in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await database.execute(driver.statement("INSERT INTO item VALUES (1)"))
            }
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            try await database.expect(driver.statement("SELECT count(*) FROM item"), gives: [[.integer(0)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func aCancelledTransactionIsRolledBack(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER)" }) { database in
            let task = Task {
                try await database.withConnection(for: .write) { connection in
                    try await connection.executeScript("BEGIN")
                    try await connection.execute(driver.statement("INSERT INTO item VALUES (1)"))
                    _ = try await connection.rows(driver.statement(Self.endless))
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await database.expect(driver.statement("SELECT count(*) FROM item"), gives: [[.integer(0)]])
        }
    }
}
