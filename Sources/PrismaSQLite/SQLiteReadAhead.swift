import Prisma

/// A few rows copied out of SQLite, so that a short read can be finished before anybody looks at it.
final class SQLiteReadAhead {
    static let maximumRows = 64
    static let maximumBytes = 32 * 1024

    private(set) var rowCount = 0
    private var columnCount = 0
    private var cells: [SQLCell] = []
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: maximumBytes, alignment: 8)
    private var bytesUsed = 0
    private var row: [SQLCell] = []

    deinit {
        bytes.deallocate()
    }

    func start(columnCount: Int) {
        self.columnCount = columnCount
        rowCount = 0
        bytesUsed = 0
        cells.removeAll(keepingCapacity: true)
        if row.count < columnCount { row = Array(repeating: SQLCell(), count: columnCount) }
    }

    var isFull: Bool { rowCount >= Self.maximumRows }

    /// Copies the statement's current row; false if it does not fit, in which case nothing has changed.
    func append(_ statement: SQLiteStatement) -> Bool {
        row.withUnsafeMutableBufferPointer { row in
            SQLiteStatement.read(
                statement.pointer, isUTF8: statement.isUTF8, into: UnsafeMutableBufferPointer(rebasing: row[..<columnCount]))
        }
        var used = bytesUsed
        for cell in row.prefix(columnCount) {
            guard cell.count > 0, let source = cell.pointer else { continue }
            guard used + cell.count <= Self.maximumBytes else { return false }
            bytes.baseAddress?.advanced(by: used).copyMemory(from: source, byteCount: cell.count)
            used += cell.count
        }
        for var cell in row.prefix(columnCount) {
            if cell.count > 0, let base = bytes.baseAddress {
                cell.pointer = UnsafeRawPointer(base + bytesUsed)
                bytesUsed += cell.count
            }
            cells.append(cell)
        }
        rowCount += 1
        return true
    }

    func read(row index: Int, into destination: UnsafeMutableBufferPointer<SQLCell>) {
        let start = index * columnCount
        guard start + columnCount <= cells.count else { return }
        for column in 0..<min(columnCount, destination.count) { destination[column] = cells[start + column] }
    }
}
