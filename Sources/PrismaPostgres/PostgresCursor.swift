internal import CPostgres
import Prisma

/// A statement whose rows are fetched in batches: a cursor of the server's, inside a transaction.
final class PostgresCursor: SQLCursor {
    private let connection: PostgresConnection
    private let number: Int

    init(connection: PostgresConnection, number: Int) {
        self.connection = connection
        self.number = number
    }

    func read<Result: Sendable>(
        upTo count: Int, _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        try await connection.readCursor(number, upTo: count, body)
    }

    func close() async {
        await connection.closeCursor(number)
    }
}

/// The rows of a cursor that have arrived and were not read yet.
struct PostgresStream {
    let number: Int
    let sql: String
    /// All rows were there from the start: the server knows of no cursor.
    let isHeld: Bool
    /// The cursor began the transaction that it lives in.
    let ownsTransaction: Bool
    /// The server is asked for the next rows while the ones before are read.
    var readsAhead = false
    var columns: (types: [PostgresType], names: [String])?
    var results: [PostgresResult] = []
    /// The first row of the first result that nobody has read.
    var firstRow = 0
    /// How many rows the server was asked for and has not yet sent.
    var requested = 0
    /// All rows have arrived.
    var isComplete = false

    var name: String { "prisml_\(number)" }
    var rowCount: Int { results.reduce(-firstRow) { $0 + $1.rowCount } }

    /// Adds what the server sent, unless it adds nothing to what is known.
    mutating func append(_ result: PostgresResult) {
        if result.rowCount > 0 || results.isEmpty { results.append(result) }
    }

    mutating func drop(_ count: Int) {
        firstRow += count
        while results.count > 1, let first = results.first, firstRow >= first.rowCount {
            firstRow -= first.rowCount
            results.removeFirst()
        }
    }
}

extension PostgresConnection: SQLReadingAhead {
    package func openAhead(_ statement: SQLStatement) async throws -> any SQLCursor {
        let cursor = try await open(statement)
        stream?.readsAhead = true
        return cursor
    }

    func open(_ statement: SQLStatement) async throws -> any SQLCursor {
        let number = nextName
        nextName += 1
        try await operation {
            let isInTransaction = PQtransactionStatus(handle.pointer) == PQTRANS_INTRANS
            guard PostgresCursorText.isReadOnly(statement.text) else {
                // Only queries can have a cursor; what another statement returns is held as a whole.
                let (result, columns) = try await fetch(statement)
                var held = PostgresStream(number: number, sql: statement.text, isHeld: true, ownsTransaction: false, columns: columns)
                held.isComplete = true
                held.append(result)
                stream = held
                return
            }
            let opening = PostgresStream(number: number, sql: statement.text, isHeld: false, ownsTransaction: !isInTransaction)
            do {
                try await declare(opening, statement)
            } catch {
                if !isInTransaction, !isLost { try? await runScript("ROLLBACK") }
                throw error
            }
            stream = opening
        }
        return PostgresCursor(connection: self, number: number)
    }

    private func declare(_ stream: PostgresStream, _ statement: SQLStatement) async throws {
        // All rows will be read, so the plan should not favour the first.
        var list = [SQLStatement("SET LOCAL cursor_tuple_fraction = 1")]
        if stream.ownsTransaction { list.insert(SQLStatement("BEGIN"), at: 0) }
        list.append(SQLStatement("DECLARE \(stream.name) NO SCROLL CURSOR FOR \(statement.text)", bindings: statement.bindings))
        do {
            _ = try await runPipeline(list, prepares: false)
        } catch var error as PrismaError {
            error.sql = statement.text
            throw error
        }
    }

    func readCursor<Result: Sendable>(
        _ number: Int, upTo count: Int, _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        await begin()
        defer { end() }
        guard stream?.number == number else {
            throw PrismaError(.transactionFailed, "The cursor has been closed.", help: "Read from a cursor before it is closed.")
        }
        return try await cancellable {
            try await receiveRows(max(count, 1))
            guard let stream, let columns = stream.columns else { throw Self.lost }
            // The server fetches the next rows while these are read. Not in a transaction that goes on after the cursor: if that
            // is closed early the server has to be interrupted, which would break the transaction.
            if stream.ownsTransaction || stream.readsAhead, !stream.isComplete, stream.rowCount <= count { try request(count) }
            let source = PostgresRowSource(
                stream.results, types: columns.types, columnNames: columns.names, decoder: decoder, start: stream.firstRow, count: count)
            defer { self.stream?.drop(source.given) }
            var rows = SQLRows(source)
            return try body(&rows)
        }
    }

    /// Waits until so many rows are here, or the last.
    private func receiveRows(_ count: Int) async throws {
        while let stream, !stream.isComplete, stream.rowCount < count || stream.columns == nil {
            if stream.requested == 0 { try request(count - stream.rowCount) }
            let requested = self.stream?.requested ?? 0
            let result = try await singleResult(sql: stream.sql)
            self.stream?.requested = 0
            if result.rowCount < requested { self.stream?.isComplete = true }
            self.stream?.append(result)
            if stream.columns == nil {
                self.stream?.columns = (try await resolveTypes(result.typeNumbers), result.columnNames)
            }
        }
    }

    private func request(_ count: Int) throws(PrismaError) {
        guard let stream else { return }
        let fetch = "FETCH FORWARD \(count) FROM \(stream.name)"
        guard PQsendQueryParams(handle.pointer, fetch, 0, nil, nil, nil, nil, 1) == 1 else { throw failure(sql: stream.sql) }
        self.stream?.requested = count
        // The few bytes of a FETCH fit into the socket's buffer; if not, the next wait sends the rest.
        _ = PQflush(handle.pointer)
    }

    func closeCursor(_ number: Int) async {
        await begin()
        defer { end() }
        guard stream?.number == number else { return }
        await endStream()
    }

    /// Ends an open cursor, and the transaction that it began.
    func endStream() async {
        guard let stream else { return }
        self.stream = nil
        guard !isLost else { return }
        if stream.requested > 0 {
            let cancellation = stream.ownsTransaction ? makeCancellation() : nil
            cancellation?.request()
            while let result = try? await nextResult() { _ = result }
            await cancellation?.finish(isLost: isLost)
        }
        switch PQtransactionStatus(handle.pointer) {
        case PQTRANS_INTRANS where stream.ownsTransaction: try? await runScript("COMMIT")
        case PQTRANS_INERROR where stream.ownsTransaction: try? await runScript("ROLLBACK")
        case PQTRANS_INTRANS where !stream.isHeld: try? await runScript("CLOSE \(stream.name)")
        default: break
        }
    }
}
