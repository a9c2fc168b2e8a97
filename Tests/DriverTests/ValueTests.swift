import Foundation
import Prisma
import PrismaSQLite
import TestSupport
import Testing

/// Each type's values go in as parameters and come back through `SQLRow` as they went in, on both databases.
@Suite struct ValueTests {
    /// A value, and what reading it back gives.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var column: (sqlite: String, postgresql: String)
        var values: [SQLValue]
        var read: @Sendable (inout SQLRow) throws(PrismaError) -> SQLValue

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "Int", column: ("INTEGER", "integer"), values: [0, 1, -1, 2_147_483_647, -2_147_483_648].map { .int($0) },
            read: { row throws(PrismaError) in .int(Int64(try row.int())) }),
        Case(
            name: "BigInt", column: ("BIGINT", "bigint"), values: [0, .max, .min, 1 << 53 + 1].map { .int($0) },
            read: { row throws(PrismaError) in .int(try row.int64()) }),
        Case(
            name: "SmallInt", column: ("INTEGER", "smallint"), values: [0, 32767, -32768].map { .int($0) },
            read: { row throws(PrismaError) in .int(try row.int64()) }),
        Case(
            name: "Float", column: ("REAL", "double precision"),
            values: [0, -0.0, 0.1, 1e308, .leastNonzeroMagnitude, -1.5, .pi, .infinity, -.infinity, 3].map { .double($0) },
            read: { row throws(PrismaError) in .double(try row.double()) }),
        Case(
            name: "Boolean", column: ("BOOLEAN", "boolean"), values: [.bool(true), .bool(false)],
            read: { row throws(PrismaError) in .bool(try row.bool()) }),
        Case(
            name: "String", column: ("TEXT", "text"),
            values: ["", "a", "naïve", "日本語 👩‍👩‍👧", "'quoted' \"twice\" \\ % _", String(repeating: "x", count: 100_000), "line\nbreak\t"]
                .map { .text($0) },
            read: { row throws(PrismaError) in .text(try row.string()) }),
        Case(
            name: "DateTime", column: ("DATETIME", "timestamp(3)"),
            values: [0, 1, -1, 1_709_164_800_123, -62_135_596_800_000, 253_402_300_799_999, -1_000_000_000_001]
                .map { .timestamp(microseconds: $0 * 1000) },
            read: { row throws(PrismaError) in
                .timestamp(microseconds: Int64((try row.date().timeIntervalSince1970 * 1000).rounded()) * 1000)
            }),
        Case(
            name: "Decimal", column: ("DECIMAL", "decimal(65,30)"),
            values: ["0", "1", "-1", "0.1", "12345.678", "-99999.5", "9007199254740993", "1000000"]
                .compactMap { Decimal(string: $0).map { .decimal($0) } },
            read: { row throws(PrismaError) in .decimal(try row.decimal()) }),
        Case(
            name: "Bytes", column: ("BLOB", "bytea"),
            values: [Data(), Data([0]), Data(0...255), Data(repeating: 0xFF, count: 100_000)].map { .bytes($0) },
            read: { row throws(PrismaError) in .bytes(try row.data()) }),
        Case(
            name: "Json", column: ("JSONB", "jsonb"), values: ["{}", "[1, 2]", "\"text\"", "null", "3", "2.5"].map { .json($0) },
            read: { row throws(PrismaError) in .json(try row.jsonText()) }),
    ]

    @Test(arguments: Driver.allCases, cases)
    func roundTrip(_ driver: Driver, _ example: Case) async throws {
        let type = driver == .sqlite ? example.column.sqlite : example.column.postgresql
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER PRIMARY KEY, value \(type))" }) { database in
            let insert = driver.statement("INSERT INTO item VALUES (?, ?)").text
            for (index, value) in (example.values + [.null]).enumerated() {
                try await database.execute(SQLStatement(insert, bindings: [.int(Int64(index)), value]))
            }
            let read = example.read
            let found = try await database.withConnection(for: .read) { connection in
                try await connection.query(SQLStatement("SELECT value FROM item ORDER BY id")) { rows in
                    var found: [SQLValue] = []
                    while var row = try rows.next() { found.append(try row.optional(read) ?? .null) }
                    return found
                }
            }
            #expect(found == example.values + [.null])
            // Comparing a column with a parameter finds the same rows. Negative zero equals zero.
            for value in Set(example.values) where value != .double(-0.0) && value != .double(0) && example.name != "Json" {
                let rows = try await database.rows(driver.statement("SELECT id FROM item WHERE value = ?", [value]))
                #expect(rows.count == 1, "\(value)")
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func aValueOf50MegabytesRoundTrips(_ driver: Driver) async throws {
        let types = driver == .sqlite ? ("BLOB", "TEXT") : ("bytea", "text")
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER, bytes \(types.0), name \(types.1))" }) { database in
            var bytes = Data(repeating: 0xA7, count: 50 * 1024 * 1024)
            bytes[12_345_678] = 0
            let text = String(repeating: String(repeating: "0123456789", count: 1024), count: 5 * 1024)
            try await database.execute(driver.statement("INSERT INTO item VALUES (1, ?, ?)", [.bytes(bytes), .text(text)]))
            let isSame = try await database.withConnection(for: .read) { [bytes] connection in
                try await connection.query(SQLStatement("SELECT bytes, name FROM item")) { rows in
                    guard var row = try rows.next() else { return false }
                    return try row.data() == bytes && row.string() == text
                }
            }
            #expect(isSame)
        }
    }

    @Test(arguments: Driver.allCases)
    func nullIsNotAValue(_ driver: Driver) async throws {
        try await driver.withDatabase { database in
            let error = await prismaError {
                try await database.withConnection(for: .read) { connection in
                    try await connection.query(SQLStatement("SELECT CAST(NULL AS TEXT)")) { rows in
                        guard var row = try rows.next() else { return "" }
                        return try row.string()
                    }
                }
            }
            #expect(error?.code == .invalidStoredValue)
        }
    }

    @Test func invalidTextInSQLiteIsAnError() async throws {
        try await Driver.sqlite.withDatabase { database in
            let error = await prismaError {
                try await database.withConnection(for: .read) { connection in
                    try await connection.query(SQLStatement("SELECT CAST(x'ff41' AS TEXT)")) { rows in
                        guard var row = try rows.next() else { return "" }
                        return try row.string()
                    }
                }
            }
            #expect(error?.code == .invalidText)
        }
    }

    @Test func databasesThatKeepTextAsUTF16AreRead() async throws {
        let folder = try TemporaryFolder()
        let url = "file:\(folder.file("test.db"))?mode=rwc"
        let maker = try SQLiteDatabase(url: url)
        try await maker.withConnection(for: .write) { connection in
            try await connection.executeScript(
                "PRAGMA encoding = 'UTF-16'; CREATE TABLE item (name TEXT); INSERT INTO item VALUES ('naïve 日本')")
        }
        await maker.close()
        let database = try SQLiteDatabase(url: url)
        for _ in 0..<2 { try await database.expect(SQLStatement("SELECT name FROM item"), gives: [[.text("naïve 日本")]]) }
        await database.close()
    }

    @Test func sqliteStoresWhatPrismaStores() async throws {
        try await Driver.sqlite.withDatabase { database in
            let table: [(SQLValue, String, Value)] = [
                (.timestamp(microseconds: 1_709_164_800_123_999), "integer", .integer(1_709_164_800_124)),
                (.timestamp(microseconds: -1), "integer", .integer(0)),
                (.bool(true), "integer", .integer(1)),
                (.decimal(1.5), "real", .real(1.5)),
                (.decimal(3), "integer", .integer(3)),
                (.json("{\"a\": 1}"), "text", .text("{\"a\": 1}")),
                (.bytes(Data([1, 2])), "blob", .bytes([1, 2])),
                (.text("a\0b"), "text", .text("a\0b")),
            ]
            for (value, kind, stored) in table {
                try await database.expect(SQLStatement("SELECT typeof(?1), ?1", bindings: [value]), gives: [[.text(kind), stored]])
            }
        }
    }

    @Test func whatSQLiteCannotStoreIsRefused() async throws {
        try await Driver.sqlite.withDatabase { database in
            for value in [SQLValue.double(.nan), .list([.int(1)]), .decimal(.nan)] {
                let error = await prismaError { try await database.rows(SQLStatement("SELECT ?1", bindings: [value])) }
                #expect(error?.code == .inputError)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func aParameterMayBeOfAnotherTypeNextTime(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (id INTEGER, number DOUBLE PRECISION)" }) { database in
            let values: [SQLValue] = [.null, .int(1), .double(2.5), .null, .int(3), .decimal(4.25), .double(5)]
            for value in values { try await database.execute(driver.statement("INSERT INTO item VALUES (7, ?)", [value])) }
            try await database.expect(
                driver.statement("SELECT number FROM item ORDER BY number"),
                gives: driver == .sqlite
                    ? [[.null], [.null], [.real(1)], [.real(2.5)], [.real(3)], [.real(4.25)], [.real(5)]]
                    : [[.real(1)], [.real(2.5)], [.real(3)], [.real(4.25)], [.real(5)], [.null], [.null]])
        }
    }
}
