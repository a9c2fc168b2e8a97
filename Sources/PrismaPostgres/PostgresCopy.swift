internal import CPostgres
public import Prisma

extension PostgresDatabase {
    /// Reads all rows of a query through `COPY`, the server's fastest way out, in constant memory.
    ///
    /// ```swift
    /// let count = try await database.copyRows("SELECT id, email FROM \"User\"") { rows in
    ///     while var row = try rows.next() { writer.write(try row.int64(), try row.string()) }
    /// }
    /// ```
    /// - Parameters:
    ///   - query: A query without parameters, which `COPY` does not take.
    ///   - batch: How many rows `body` is given at a time.
    /// - Returns: The number of rows.
    @discardableResult
    public func copyRows(
        _ query: String, batch: Int = 1000, _ body: @escaping @Sendable (inout SQLRows) throws -> Void
    ) async throws -> Int {
        try await withConnection(for: .read) { connection in
            guard let connection = connection as? PostgresConnection else { return 0 }
            return try await connection.copyRows(query, batch: max(1, batch), body)
        }
    }
}

/// One row as COPY sends it in binary: the number of its columns, then each with its length.
final class PostgresCopyRow {
    private let pointer: UnsafeMutablePointer<CChar>
    let bytes: UnsafeRawBufferPointer

    init(_ pointer: UnsafeMutablePointer<CChar>, count: Int) {
        self.pointer = pointer
        bytes = UnsafeRawBufferPointer(start: pointer, count: count)
    }

    deinit {
        PQfreemem(pointer)
    }
}

/// A batch of such rows.
final class PostgresCopySource: SQLRowSource {
    private let rows: [(row: PostgresCopyRow, start: Int)]
    private let types: [PostgresType]
    private let decoder: PostgresDecoder
    private var next = 0
    let columnNames: [String]

    init(_ rows: [(row: PostgresCopyRow, start: Int)], types: [PostgresType], columnNames: [String], decoder: PostgresDecoder) {
        self.rows = rows
        self.types = types
        self.columnNames = columnNames
        self.decoder = decoder
    }

    var columnCount: Int { types.count }

    func next(into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) -> Bool {
        guard next < rows.count else { return false }
        defer { next += 1 }
        decoder.arena.reset()
        let bytes = rows[next].row.bytes
        var position = rows[next].start + 2
        for column in 0..<min(types.count, cells.count) {
            guard position + 4 <= bytes.count else { throw Self.malformed }
            let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)))
            position += 4
            guard length >= 0 else {
                cells[column] = SQLCell()
                continue
            }
            guard length <= bytes.count - position else { throw Self.malformed }
            cells[column] = try decoder.cell(
                UnsafeRawBufferPointer(rebasing: bytes[position..<position + length]), types[column], column: column)
            position += length
        }
        return true
    }

    static let malformed = PrismaError(.unexpected, "The server sent a row that is shorter than it says.")
}

extension PostgresConnection {
    func copyRows(_ query: String, batch: Int, _ body: @escaping @Sendable (inout SQLRows) throws -> Void) async throws -> Int {
        try await operation {
            let columns = try await describe(query)
            guard PQsendQuery(handle.pointer, "COPY (\(query)\n) TO STDOUT (FORMAT binary)") == 1 else { throw failure(sql: query) }
            try await flush()
            guard let opening = try await nextResult(), opening.status == PGRES_COPY_OUT else {
                // The text was fine as a query; what else is wrong, the server says.
                throw PrismaError(
                    .rawQueryFailed, "The query cannot be copied.", sql: query, help: "Write a single SELECT without a semicolon.")
            }
            do {
                return try await copyBatches(columns, batch: batch, sql: query, body)
            } catch {
                await abandonCopy()
                throw error
            }
        }
    }

    private func copyBatches(
        _ columns: (types: [PostgresType], names: [String]), batch: Int, sql: String, _ body: (inout SQLRows) throws -> Void
    ) async throws -> Int {
        var total = 0
        var isFirst = true
        var rows: [(row: PostgresCopyRow, start: Int)] = []
        while let row = try await nextCopyRow() {
            // A signature of 11 bytes, flags, and an extension of some length come before the first row; -1 after the last.
            var start = 0
            if isFirst {
                guard row.bytes.count >= 19 else { throw PostgresCopySource.malformed }
                start = 19 + Int(UInt32(bigEndian: row.bytes.loadUnaligned(fromByteOffset: 15, as: UInt32.self)))
                isFirst = false
            }
            guard row.bytes.count >= start + 2 else {
                if row.bytes.count == start { continue }
                throw PostgresCopySource.malformed
            }
            if row.bytes.loadUnaligned(fromByteOffset: start, as: Int16.self) == -1 { continue }
            rows.append((row, start))
            total += 1
            if rows.count == batch { try hand(&rows, columns, body) }
        }
        while let result = try await nextResult() { try check(result, sql: sql) }
        if !rows.isEmpty { try hand(&rows, columns, body) }
        return total
    }

    private func hand(
        _ rows: inout [(row: PostgresCopyRow, start: Int)], _ columns: (types: [PostgresType], names: [String]),
        _ body: (inout SQLRows) throws -> Void
    ) throws {
        var handed = SQLRows(PostgresCopySource(rows, types: columns.types, columnNames: columns.names, decoder: decoder))
        rows.removeAll(keepingCapacity: true)
        try body(&handed)
    }

    /// nil after the last row, or when the server reports an error, which is then the next result.
    private func nextCopyRow() async throws -> PostgresCopyRow? {
        while true {
            var pointer: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(handle.pointer, &pointer, 1)
            if count > 0, let pointer { return PostgresCopyRow(pointer, count: Int(count)) }
            guard count == 0 else { return nil }
            // One reading at a time: libpq cannot say how many rows have arrived without handing them out.
            try await wait(forWriting: false) { [handle] in
                _ = PQconsumeInput(handle.pointer)
                return true
            }
            guard !handle.isBroken else { return nil }
        }
    }

    /// Stops a COPY in the middle; the transaction around it, if there is one, can only be rolled back.
    private func abandonCopy() async {
        guard !isLost, !handle.isBroken, PQtransactionStatus(handle.pointer) == PQTRANS_ACTIVE else { return }
        let cancellation = makeCancellation()
        cancellation.request()
        while (try? await nextCopyRow()) ?? nil != nil {}
        while let result = try? await nextResult(), result.status != PGRES_COPY_OUT { continue }
        await cancellation.finish(isLost: isLost)
    }

    /// What a query's columns are, without running it.
    private func describe(_ query: String) async throws -> (types: [PostgresType], names: [String]) {
        guard PQsendPrepare(handle.pointer, "", query, 0, nil) == 1 else { throw failure(sql: query) }
        _ = try await singleResult(sql: query)
        guard PQsendDescribePrepared(handle.pointer, "") == 1 else { throw failure(sql: query) }
        let description = try await singleResult(sql: query)
        return (try await resolveTypes(description.typeNumbers), description.columnNames)
    }
}
