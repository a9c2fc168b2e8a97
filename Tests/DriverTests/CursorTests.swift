import Prisma
import Testing

@Suite struct CursorTests {
    static let numbers =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25) SELECT i FROM n"

    @Test(arguments: Driver.allCases)
    func rowsComeInBatches(_ driver: Driver) async throws {
        try await driver.withDatabase { database in
            let batches = try await database.withConnection(for: .read) { connection in
                let cursor = try await connection.open(driver.statement(Self.numbers))
                var batches: [Int] = []
                while true {
                    let rows = try await cursor.read(upTo: 10) { rows in try Value.all(&rows) }
                    if rows.isEmpty { break }
                    batches.append(rows.count)
                }
                #expect(try await cursor.read(upTo: 10) { rows in try Value.all(&rows) }.isEmpty)
                await cursor.close()
                await cursor.close()
                return batches
            }
            #expect(batches == [10, 10, 5])
        }
    }

    @Test(arguments: Driver.allCases)
    func theConnectionServesNothingElseUntilTheCursorIsClosed(_ driver: Driver) async throws {
        try await driver.withDatabase { database in
            try await database.withConnection(for: .read) { connection in
                let cursor = try await connection.open(driver.statement(Self.numbers))
                let error = await prismaError { try await connection.rows(driver.statement("SELECT 1")) }
                #expect(error?.code == .transactionFailed)
                await cursor.close()
                #expect(try await connection.rows(driver.statement("SELECT 1 AS one")) == [[.integer(1)]])
                let late = await prismaError { try await cursor.read(upTo: 1) { rows in try Value.all(&rows) } }
                #expect(late?.code == .transactionFailed)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func aCursorThatWasLeftOpenDoesNoHarm(_ driver: Driver) async throws {
        try await driver.withDatabase { database in
            for _ in 0..<3 {
                try await database.withConnection(for: .read) { connection in
                    let cursor = try await connection.open(driver.statement(Self.numbers))
                    _ = try await cursor.read(upTo: 3) { rows in try Value.all(&rows) }
                }
            }
            try await database.expect(driver.statement("SELECT 1 AS one"), gives: [[.integer(1)]])
        }
    }
}
