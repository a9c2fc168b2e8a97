import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport
import Testing

/// Each thing that can go wrong has the same code on both databases, names what it can, and says what to do next.
@Suite struct ErrorTests {
    static let script: @Sendable (Driver) -> String = { driver in
        """
        CREATE TABLE "User" (
            id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, tenant INTEGER, age INTEGER CONSTRAINT adult CHECK (age >= 18),
            UNIQUE (email, tenant)
        );
        CREATE UNIQUE INDEX "User_lower" ON "User" (lower(email)) \(driver == .sqlite ? "WHERE tenant = 99" : "WHERE tenant = 99");
        CREATE TABLE "Post" (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES "User" (id));
        INSERT INTO "User" VALUES (1, 'a@x', 1, 20), (2, 'B@x', 99, 20);
        INSERT INTO "Post" VALUES (1, 1);
        """
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var sql: String
        var code: PrismaError.Code
        var table: String?
        /// What `fields` is on SQLite, and on PostgreSQL.
        var fields: ([String], [String]) = ([], [])

        var testDescription: String { sql }
    }

    static let cases: [Case] = [
        Case(
            sql: "INSERT INTO \"User\" VALUES (3, 'a@x', 1, 20)", code: .uniqueViolation, table: "User",
            fields: (["email", "tenant"], ["email", "tenant"])),
        Case(sql: "INSERT INTO \"User\" VALUES (1, 'c@x', 1, 20)", code: .uniqueViolation, table: "User", fields: (["id"], ["id"])),
        Case(
            sql: "INSERT INTO \"User\" VALUES (3, 'b@x', 99, 20)", code: .uniqueViolation, fields: (["User_lower"], ["lower(email::text)"])),
        Case(sql: "INSERT INTO \"User\" VALUES (3, NULL, 1, 20)", code: .nullViolation, table: "User", fields: (["email"], ["email"])),
        Case(sql: "INSERT INTO \"User\" VALUES (3, 'c@x', 1, 17)", code: .constraintViolation, fields: (["adult"], ["adult"])),
        Case(sql: "INSERT INTO \"Post\" VALUES (2, 77)", code: .foreignKeyViolation, fields: ([], ["Post_author_fkey"])),
        Case(sql: "DELETE FROM \"User\" WHERE id = 1", code: .foreignKeyViolation, fields: ([], ["Post_author_fkey"])),
        Case(sql: "SELECT * FROM \"Nobody\"", code: .tableMissing, table: "Nobody"),
        Case(sql: "SELECT nme FROM \"User\"", code: .columnMissing, fields: (["nme"], ["nme"])),
        Case(sql: "SELECT u.nme FROM \"User\" u", code: .columnMissing, fields: (["u.nme"], ["u.nme"])),
        Case(sql: "INSERT INTO \"User\" (id, nme) VALUES (1, 2)", code: .columnMissing, fields: (["nme"], ["nme"])),
        Case(sql: "SELECT FROM WHERE", code: .rawQueryFailed),
        Case(sql: "SELECT nofunction(1)", code: .rawQueryFailed),
    ]

    @Test(arguments: Driver.allCases)
    func codesAndFieldsAgree(_ driver: Driver) async throws {
        try await driver.withDatabase(Self.script) { database in
            for example in Self.cases {
                let error = await prismaError { try await database.execute(SQLStatement(example.sql)) }
                #expect(error?.code == example.code, "\(example.sql)")
                let fields = driver == .sqlite ? example.fields.0 : example.fields.1
                #expect(error?.fields == fields, "\(example.sql)")
                if let table = example.table { #expect(error?.model == table, "\(example.sql)") }
                #expect(error?.sql == example.sql)
                #expect(error?.databaseMessage?.isEmpty == false)
                // Values stay out of what is shown.
                #expect(error.map { !"\($0)".replacingOccurrences(of: example.sql, with: "").contains("@x") } == true, "\(example.sql)")
            }
            // The connections are as good as before.
            try await database.expect(SQLStatement("SELECT count(*) FROM \"User\""), gives: [[.integer(2)]])
        }
    }

    @Test(arguments: Driver.allCases)
    func aNumberOutOfRangeIsAnError(_ driver: Driver) async throws {
        try await driver.withDatabase({ _ in "CREATE TABLE item (n SMALLINT)" }) { database in
            let sums = ["SELECT sum(v) FROM (SELECT 9223372036854775807 AS v UNION ALL SELECT 9223372036854775807) t"]
            for sql in driver == .sqlite ? sums : ["INSERT INTO item VALUES (40000)", "SELECT 2147483647::int + 1"] {
                let error = await prismaError { try await database.execute(SQLStatement(sql)) }
                #expect(error?.code == .outOfRange, "\(sql)")
            }
        }
    }

    @Test func postgresHasMoreErrors() async throws {
        guard PostgresTestServer.isUsable else { return }
        try await Driver.postgresql.withDatabase({ _ in "CREATE TABLE item (name VARCHAR(3), id uuid)" }) { database in
            let table: [(SQLStatement, PrismaError.Code)] = [
                (SQLStatement("INSERT INTO item (name) VALUES ('four')"), .valueTooLong),
                (SQLStatement("INSERT INTO item (id) VALUES ($1)", bindings: [.text("not a uuid")]), .inputError),
                (SQLStatement("SET statement_timeout = 20; SELECT pg_sleep(5)"), .rawQueryFailed),
                (SQLStatement("SELECT $1::int", bindings: [.text("x")]), .inputError),
                (SQLStatement("COPY item TO STDOUT"), .rawQueryFailed),
                (SQLStatement("SELECT 1/0"), .rawQueryFailed),
            ]
            for (statement, code) in table {
                let error = await prismaError { try await database.execute(statement) }
                #expect(error?.code == code, "\(statement.text)")
            }
            let timeout = await prismaError {
                try await database.withConnection(for: .write) { connection in
                    try await connection.executeScript("BEGIN; SET LOCAL statement_timeout = 20")
                    _ = try await connection.rows(SQLStatement("SELECT pg_sleep(5)"))
                }
            }
            #expect(timeout?.code == .operationTimedOut)
            let aborted = await prismaError {
                try await database.withConnection(for: .write) { connection in
                    try await connection.executeScript("BEGIN")
                    _ = try? await connection.rows(SQLStatement("SELECT 1/0"))
                    _ = try await connection.rows(SQLStatement("SELECT 1"))
                }
            }
            #expect(aborted?.code == .transactionFailed)
            let many = SQLStatement("SELECT 1", bindings: Array(repeating: .int(1), count: 65_536))
            #expect(await prismaError { try await database.rows(many) }?.code == .tooManyParameters)
            try await database.expect(SQLStatement("SELECT 1"), gives: [[.integer(1)]])
        }
    }

    @Test func serializationFailuresAreWriteConflicts() async throws {
        guard PostgresTestServer.isUsable else { return }
        try await Driver.postgresql.withDatabase({ _ in "CREATE TABLE item (n INTEGER); INSERT INTO item VALUES (1)" }) { database in
            let error = await prismaError {
                try await database.withConnection(for: .write) { connection in
                    try await connection.executeScript("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM item")
                    try await database.execute(SQLStatement("UPDATE item SET n = 2"))
                    try await connection.execute(SQLStatement("UPDATE item SET n = 3"))
                }
            }
            #expect(error?.code == .writeConflict)
        }
    }

    // MARK: - Connecting

    @Test func postgresThatCannotBeReached() async throws {
        guard PostgresTestServer.isUsable else { return }
        let server = try await PostgresTestServer.shared()
        let table: [(url: String, codes: [PrismaError.Code], names: String)] = [
            (server.url(database: "absent"), [.databaseMissing], "absent"),
            ("postgresql://postgres@localhost/postgres?host=/nowhere", [.unreachable], "/nowhere"),
            ("postgresql://postgres@127.0.0.1:1/postgres", [.unreachable], "port 1"),
            ("postgresql://postgres@no-such-host.invalid/postgres", [.unreachable], "no-such-host.invalid"),
            (server.url(database: "postgres").replacing("postgres@", with: "stranger@"), [.accessDenied], "stranger"),
        ]
        for (url, codes, name) in table {
            let database = try PostgresDatabase(url: url)
            let error = await prismaError { try await database.rows(SQLStatement("SELECT 1")) }
            #expect(error.map { codes.contains($0.code) } == true, "\(url): \(error?.code.rawValue ?? "")")
            #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
            #expect(error?.help?.isEmpty == false)
            await database.close()
        }
    }

    @Test func aServerThatAcceptsAndSaysNothingIsGivenUp() async throws {
        let listener = try SilentListener()
        let database = try PostgresDatabase(url: "postgresql://u@127.0.0.1:\(listener.port)/d?connect_timeout=1")
        let error = await prismaError { try await database.rows(SQLStatement("SELECT 1")) }
        #expect(error?.code == .timedOut)
        await database.close()
    }

    @Test func sqliteFilesThatCannotBeUsed() async throws {
        let folder = try TemporaryFolder()
        try Data("this is not a database, this is a text of some length".utf8).write(to: URL(filePath: folder.file("text.db")))
        let table: [(url: String, code: PrismaError.Code)] = [
            ("file:absent.db", .databaseMissing), ("file:no/such/folder.db", .databaseMissing), ("file:.", .accessDenied),
            ("file:text.db", .databaseCorrupt),
        ]
        for (url, code) in table {
            let database = try SQLiteDatabase(url: url, relativeTo: folder.path)
            let error = await prismaError { try await database.rows(SQLStatement("SELECT * FROM sqlite_schema")) }
            #expect(error?.code == code, "\(url)")
            #expect(error?.help?.isEmpty == false)
            await database.close()
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("absent.db")))
    }
}
