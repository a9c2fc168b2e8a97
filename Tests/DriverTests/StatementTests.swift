import Prisma
import Testing

@Suite struct StatementTests {
    static let table: @Sendable (Driver) -> String = { _ in "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)" }

    /// A statement of many parameters keeps its texts in one place, which the next one uses again.
    @Test(arguments: Driver.allCases)
    func manyTextsAreKeptApart(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)" }) { database in
            // Short, long, empty and not ASCII; the statement runs again with longer and with shorter texts.
            for (round, size) in [1, 400, 3, 9000].enumerated() {
                let values = (0..<50).map { ["", "é\(round)-\($0)", String(repeating: "日\($0)", count: size)][$0 % 3] }
                let rows = values.enumerated().flatMap { [SQLValue.int(Int64(round * 100 + $0.offset)), .text($0.element)] }
                let places = (0..<50).map { _ in "(?, ?)" }.joined(separator: ", ")
                try await database.execute(driver.statement("INSERT INTO item VALUES \(places)", rows))
                let query = driver.statement("SELECT name FROM item WHERE id >= ? ORDER BY id", [.int(Int64(round * 100))])
                try await database.expect(query, gives: values.map { [.text($0)] })
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func executeCountsTheRowsThatItChanged(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            let table: [(SQLStatement, Int)] = [
                (driver.statement("INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c')"), 3),
                (driver.statement("UPDATE item SET name = ? WHERE id > ?", [.text("x"), .int(1)]), 2),
                (driver.statement("UPDATE item SET name = 'y' WHERE id > 99"), 0),
                (driver.statement("CREATE TABLE other (id INTEGER)"), 0),
                (driver.statement("DELETE FROM item WHERE id = 3"), 1),
            ]
            for (statement, expected) in table {
                let count = try await database.execute(statement)
                #expect(count == expected, "\(statement.text)")
            }
            let names = try await database.rows(driver.statement("SELECT name FROM item ORDER BY id"))
            #expect(names == [[.text("a")], [.text("x")]])
        }
    }

    @Test(arguments: Driver.allCases)
    func severalStatementsAreAllOrNothing(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            let insert = { @Sendable (id: Int64) in driver.statement("INSERT INTO item VALUES (?, 'n')", [.int(id)]) }
            let counts = try await database.withConnection(for: .write) { try await $0.execute([insert(1), insert(2)]) }
            #expect(counts == [1, 1])
            let error = await prismaError {
                try await database.withConnection(for: .write) { try await $0.execute([insert(3), insert(1), insert(4)]) }
            }
            #expect(error?.code == .uniqueViolation)
            try await database.expect(driver.statement("SELECT id FROM item ORDER BY id"), gives: [[.integer(1)], [.integer(2)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func aTransactionThatWasLeftOpenIsRolledBack(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            try await database.withConnection(for: .write) { connection in
                try await connection.executeScript("BEGIN")
                try await connection.execute(driver.statement("INSERT INTO item VALUES (1, 'n')"))
            }
            try await database.expect(driver.statement("SELECT count(*) FROM item"), gives: [[.integer(0)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func longResultsComeWhole(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            // Around the limits of what is read ahead, and the same statement again.
            for count in [0, 1, 2, 63, 64, 65, 1000, 3] {
                let numbers = driver.statement(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n LIMIT ?",
                    [.int(Int64(count))])
                let expected = (0..<count).map { [Value.integer(Int64($0 + 1))] }
                for _ in 0..<2 {
                    let rows = try await database.rows(numbers)
                    #expect(rows == expected)
                }
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func aReaderMayStopEarly(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            try await database.execute(driver.statement("INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c')"))
            let select = driver.statement("SELECT id FROM item ORDER BY id")
            let first = try await database.withConnection(for: .read) { connection in
                try await connection.query(select) { rows in
                    guard var row = try rows.next() else { return 0 }
                    return try row.int()
                }
            }
            #expect(first == 1)
            #expect(try await database.rows(select).count == 3)
            // A write is done whether or not somebody looks at what it returns.
            try await database.withConnection(for: .write) { connection in
                try await connection.query(driver.statement("INSERT INTO item VALUES (4, 'd'), (5, 'e') RETURNING id")) { _ in }
            }
            #expect(try await database.rows(select).count == 5)
        }
    }

    @Test(arguments: Driver.allCases)
    func missingValuesAreRefused(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            // PostgreSQL cannot tell a superfluous value from one that the statement ignores.
            for bindings in driver == .sqlite ? [[], [SQLValue.int(1), .int(2)]] : [[]] {
                let error = await prismaError {
                    try await database.rows(driver.statement("SELECT id FROM item WHERE id = ?", bindings))
                }
                #expect(error?.code == .rawQueryFailed)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func columnNamesAreKnown(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.table) { database in
            let names = try await database.withConnection(for: .read) { connection in
                try await connection.query(driver.statement("SELECT id, name AS \"the name\" FROM item")) { $0.columnNames }
            }
            #expect(names == ["id", "the name"])
        }
    }
}
