internal import CSQLite
import Prisma

/// A statement that is read in batches; SQLite computes each row when it is asked for.
final class SQLiteCursor: SQLCursor {
    private let connection: SQLiteConnection

    init(connection: SQLiteConnection) {
        self.connection = connection
    }

    func read<Result: Sendable>(
        upTo count: Int, _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        try await connection.readCursor(upTo: count, body)
    }

    func close() async {
        await connection.closeCursor()
    }
}

extension SQLiteHandle {
    mutating func openCursor(_ statement: SQLStatement) throws(PrismaError) {
        let prepared = try prepare(statement.text)
        do throws(PrismaError) {
            try prepared.bind(statement.bindings)
        } catch {
            prepared.finish()
            throw error
        }
        cursor = SQLiteRowSource(prepared, gate: gate)
    }

    mutating func readCursor<Result>(upTo count: Int, _ body: (inout SQLRows) throws -> Result) throws -> Result {
        guard let cursor else {
            throw PrismaError(.transactionFailed, "The cursor has been closed.", help: "Read from a cursor before it is closed.")
        }
        cursor.allow(count)
        var rows = SQLRows(cursor)
        return try body(&rows)
    }

    mutating func closeCursor() {
        cursor?.finish()
        cursor = nil
    }
}
