internal import CPostgres
import Prisma

/// A statement whose rows arrive as they are read: the server waits while nobody reads.
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
    let columns: (types: [PostgresType], names: [String])
    var results: [PostgresResult] = []
    /// The first row of the first result that nobody has read.
    var firstRow = 0
    /// All rows have arrived, or none will any more.
    var isComplete = false

    var rowCount: Int { results.reduce(-firstRow) { $0 + $1.rowCount } }

    mutating func drop(_ count: Int) {
        firstRow += count
        while let first = results.first, firstRow >= first.rowCount {
            firstRow -= first.rowCount
            results.removeFirst()
        }
    }
}

extension PostgresConnection {
    /// How many rows libpq may gather, where it can.
    private static let chunk: Int32 = 256

    func open(_ statement: SQLStatement) async throws -> any SQLCursor {
        let number = nextName
        nextName += 1
        try await operation {
            let columns = try await describe(statement)
            try send(PostgresParameters(statement), as: PostgresPrepared(name: "", types: []), sql: statement.text)
            guard prisml_pq_stream_rows(handle.pointer, Self.chunk) == 1 else { throw failure(sql: statement.text) }
            stream = PostgresStream(number: number, sql: statement.text, columns: columns)
            try await flush()
        }
        return PostgresCursor(connection: self, number: number)
    }

    /// Parses a statement under the empty name and gives its columns: types of extensions have to be looked up before its rows flow.
    private func describe(_ statement: SQLStatement) async throws -> (types: [PostgresType], names: [String]) {
        let kinds = try PostgresParameters(statement).types
        guard PQsendPrepare(handle.pointer, "", statement.text, Int32(kinds.count), kinds) == 1 else { throw failure(sql: statement.text) }
        _ = try await singleResult(sql: statement.text)
        guard PQsendDescribePrepared(handle.pointer, "") == 1 else { throw failure(sql: statement.text) }
        let description = try await singleResult(sql: statement.text)
        let numbers = description.typeNumbers
        let known = types.find(numbers)
        let resolved = try await resolveTypes(numbers)
        // Without a cache the lookup took the empty name.
        if known == nil, statements == nil { return try await describe(statement) }
        return (resolved, description.columnNames)
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
            try await receiveRows(count)
            guard let stream else { throw Self.lost }
            let source = PostgresRowSource(
                stream.results, types: stream.columns.types, columnNames: stream.columns.names, decoder: decoder, start: stream.firstRow,
                count: count)
            defer { self.stream?.drop(source.given) }
            var rows = SQLRows(source)
            return try body(&rows)
        }
    }

    /// Waits until so many rows are here, or the last.
    private func receiveRows(_ count: Int) async throws {
        var available = stream?.rowCount ?? 0
        while available < count, stream?.isComplete == false {
            guard let result = try await nextResult() else {
                stream?.isComplete = true
                return
            }
            if prisml_pq_is_chunk(result.status) != 0 {
                available += result.rowCount
                stream?.results.append(result)
            } else {
                try refuseCopy(result, sql: stream?.sql)
                try check(result, sql: stream?.sql)
            }
        }
    }

    func closeCursor(_ number: Int) async {
        await begin()
        defer { end() }
        guard stream?.number == number else { return }
        await endStream()
    }

    /// Ends the statement of an open cursor: the server is told to stop, and what it has sent already is read and dropped.
    func endStream() async {
        guard let stream else { return }
        defer { self.stream = nil }
        guard !stream.isComplete, !isLost else { return }
        let cancellation = makeCancellation()
        cancellation.request()
        while let result = try? await nextResult(), (try? refuseCopy(result, sql: nil)) != nil { continue }
        await cancellation.finish(isLost: isLost)
    }
}
