internal import CPostgres
import Prisma

/// The one owner of a result of libpq's.
final class PostgresResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }

    var columnNames: [String] {
        (0..<Int32(columnCount)).map { index in PQfname(pointer, index).map { String(cString: $0) } ?? "" }
    }

    /// The numbers of the columns' types.
    var typeNumbers: [UInt32] {
        (0..<Int32(columnCount)).map { PQftype(pointer, $0) }
    }

    /// The statement's kind, as the server names it: "INSERT 0 1", "COMMIT".
    var command: String? { PQcmdStatus(pointer).map { String(cString: $0) } }

    /// How many rows an INSERT, UPDATE, DELETE or MERGE changed.
    var changeCount: Int {
        guard let command, ["INSERT", "UPDATE", "DELETE", "MERGE", "COPY"].contains(where: command.hasPrefix) else { return 0 }
        return PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }
}

/// The rows of one result or of several that belong together.
final class PostgresRowSource: SQLRowSource {
    private let results: [PostgresResult]
    private let types: [PostgresType]
    private let decoder: PostgresDecoder
    private var result = 0
    private var row: Int
    private let end: Int
    let columnNames: [String]

    /// - Parameters:
    ///   - start: The first row of the first result.
    ///   - count: How many rows to give in all.
    init(
        _ results: [PostgresResult], types: [PostgresType], columnNames: [String], decoder: PostgresDecoder, start: Int = 0,
        count: Int = .max
    ) {
        self.results = results
        self.types = types
        self.columnNames = columnNames
        self.decoder = decoder
        row = start
        end = count
    }

    /// How many rows were handed out.
    private(set) var given = 0

    var columnCount: Int { types.count }

    func next(into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) -> Bool {
        guard given < end else { return false }
        while result < results.count, row >= results[result].rowCount {
            result += 1
            row = 0
        }
        guard result < results.count else { return false }
        try read(results[result].pointer, Int32(truncatingIfNeeded: row), into: cells)
        row += 1
        given += 1
        return true
    }

    @inline(__always)
    private func read(_ pointer: OpaquePointer, _ row: Int32, into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) {
        decoder.arena.reset()
        for column in 0..<min(types.count, cells.count) {
            let index = Int32(truncatingIfNeeded: column)
            // libpq gives NULL the length 0.
            let length = PQgetlength(pointer, row, index)
            if length == 0, PQgetisnull(pointer, row, index) != 0 {
                cells[column] = SQLCell()
            } else {
                let bytes = UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, index), count: Int(length))
                cells[column] = try decoder.cell(bytes, types[column], column: column)
            }
        }
    }
}
