import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport
import Testing

/// The drivers that each test of the suite runs on.
enum Driver: String, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgresql

    static var allCases: [Driver] { PostgresTestServer.isUsable ? [.sqlite, .postgresql] : [.sqlite] }

    var testDescription: String { rawValue }

    /// Runs `body` with a database of its own.
    func withDatabase<Result: Sendable>(
        _ script: (Driver) -> String = { _ in "" },
        _ body: (any SQLDatabase) async throws -> Result
    ) async throws -> Result {
        let folder = try TemporaryFolder()
        let database = try await open(in: folder)
        let script = script(self)
        do {
            if !script.isEmpty { try await database.withConnection(for: .write) { try await $0.executeScript(script) } }
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    private func open(in folder: TemporaryFolder) async throws -> any SQLDatabase {
        switch self {
        case .sqlite:
            var options = SQLiteDatabase.Options()
            options.creates = true
            return try SQLiteDatabase(url: "file:test.db?pool_timeout=60", relativeTo: folder.path, options: options)
        case .postgresql:
            return try PostgresDatabase(url: try await PostgresTestServer.shared().makeDatabase())
        }
    }

    /// A statement with this driver's spelling of `?`.
    func statement(_ text: String, _ bindings: [SQLValue] = []) -> SQLStatement {
        var number = 0
        let spelled = text.map { character -> String in
            guard character == "?" else { return String(character) }
            number += 1
            return self == .sqlite ? "?\(number)" : "$\(number)"
        }
        return SQLStatement(spelled.joined(), bindings: bindings)
    }
}

extension SQLDatabase {
    @discardableResult
    func execute(_ statement: SQLStatement) async throws -> Int {
        try await withConnection(for: .write) { try await $0.execute(statement) }
    }

    /// Checks the rows that a statement gives.
    func expect(
        _ statement: SQLStatement, for access: SQLAccess = .read, gives expected: [[Value]],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await rows(statement, for: access)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    /// The rows of a statement, each as its values.
    func rows(_ statement: SQLStatement, for access: SQLAccess = .read) async throws -> [[Value]] {
        try await withConnection(for: access) { try await $0.rows(statement) }
    }
}

extension SQLConnection {
    func rows(_ statement: SQLStatement) async throws -> [[Value]] {
        try await query(statement) { rows in try Value.all(&rows) }
    }
}

/// A cell as a value that can be compared.
enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    case text(String)
    case bytes([UInt8])
    case timestamp(Int64)
    case list([Value])

    init(_ cell: SQLCell) {
        let bytes = UnsafeRawBufferPointer(start: cell.pointer, count: cell.pointer == nil || cell.kind == .list ? 0 : cell.count)
        self =
            switch cell.kind {
            case .null: .null
            case .integer: .integer(cell.integer)
            case .real: .real(cell.real)
            case .boolean: .boolean(cell.integer != 0)
            case .text: .text(String(decoding: bytes, as: UTF8.self))
            case .bytes: .bytes(Array(bytes))
            case .timestamp: .timestamp(cell.integer)
            case .list:
                .list(UnsafeBufferPointer(start: cell.pointer?.assumingMemoryBound(to: SQLCell.self), count: cell.count).map { Value($0) })
            }
    }

    static func all(_ rows: inout SQLRows) throws -> [[Value]] {
        var result: [[Value]] = []
        while var row = try rows.next() {
            var values: [Value] = []
            for _ in 0..<row.count { values.append(Value(try row.cell())) }
            result.append(values)
        }
        return result
    }
}

/// The error that `body` throws, which must be a `PrismaError`.
func prismaError(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> some Sendable
) async -> PrismaError? {
    do {
        _ = try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as PrismaError {
        return error
    } catch {
        Issue.record("\(error) is not a PrismaError", sourceLocation: sourceLocation)
    }
    return nil
}
