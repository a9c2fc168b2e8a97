import Foundation
import Prisma
import PrismaSQLite
import TestSupport
import Testing

/// Swift functions that SQL calls.
@Suite struct FunctionTests {
    func withDatabase(_ body: (SQLiteDatabase) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        var options = SQLiteDatabase.Options()
        options.creates = true
        let database = try SQLiteDatabase(url: "file:test.db", relativeTo: folder.path, options: options)
        try await body(database)
        await database.close()
    }

    @Test func argumentsAndResultsOfEveryKind() async throws {
        try await withDatabase { database in
            database.register(function: "echo", argumentCount: 1) { arguments in
                switch Value(arguments[0]) {
                case .null: .null
                case .integer(let value): .int(value)
                case .real(let value): .double(value)
                case .text(let value): .text(value)
                case .bytes(let value): .bytes(Data(value))
                default: .null
                }
            }
            for literal in ["NULL", "7", "-9223372036854775808", "1.5", "'text'", "''", "x'00ff'", "x''"] {
                let rows = try await database.rows(SQLStatement("SELECT echo(\(literal)), \(literal)"))
                #expect(rows.first?.first == rows.first?.last, "\(literal)")
            }
        }
    }

    @Test func numericFunctionsFilterAndSort() async throws {
        try await withDatabase { database in
            try await database.withConnection(for: .write) { connection in
                try await connection.executeScript(
                    "CREATE TABLE item (id INTEGER PRIMARY KEY, x REAL); INSERT INTO item VALUES (1, 3), (2, NULL), (3, 1), (4, 2)")
            }
            // Registered after connections are open.
            database.register(numericFunction: "score", argumentCount: -1) { arguments in
                guard arguments.allSatisfy({ $0.kind == .real }) else { return nil }
                return arguments.reduce(0) { $0 + $1.real } * 10
            }
            let statement = SQLStatement("SELECT id, score(x) FROM item WHERE score(x) > 15 ORDER BY score(x) DESC")
            try await database.expect(statement, gives: [[.integer(1), .real(30)], [.integer(4), .real(20)]])
            try await database.expect(SQLStatement("SELECT score(1.0, 2.0), score(NULL)"), gives: [[.real(30), .null]])
        }
    }

    @Test func whatAFunctionThrowsIsTheStatementsError() async throws {
        try await withDatabase { database in
            database.register(function: "refuse", argumentCount: 0) { _ in
                throw PrismaError(.validationFailed, "No.", help: "Never mind.")
            }
            for _ in 0..<2 {
                let error = await prismaError { try await database.rows(SQLStatement("SELECT refuse()")) }
                #expect(error?.code == .validationFailed)
                #expect(error?.sql == "SELECT refuse()")
            }
            // It is not blamed on the next statement.
            #expect(await prismaError { try await database.rows(SQLStatement("SELECT nothing()")) }?.code == .rawQueryFailed)
        }
    }

    @Test func theLastRegistrationCounts() async throws {
        try await withDatabase { database in
            for number in [1.0, 2.0] {
                database.register(numericFunction: "version", argumentCount: 0) { _ in number }
                try await database.expect(SQLStatement("SELECT version()"), gives: [[.real(number)]])
            }
        }
    }
}
