internal import CSQLite
import Prisma

/// The rows of a statement: first those that were read ahead, then the rest as they are asked for.
final class SQLiteRowSource: SQLRowSource {
    private let statement: SQLiteStatement
    /// The statement's handle, here to spare the way through the object for each row.
    private let pointer: OpaquePointer
    private let isUTF8: Bool
    private let ahead: SQLiteReadAhead?
    private var nextAhead = 0
    /// The statement stands on a row that nobody has seen yet.
    private var isOnUnreadRow: Bool
    /// Nothing stands between the caller and the statement's next row.
    private var isPlain: Bool
    /// How many rows may still be handed out.
    private var remaining: Int
    private(set) var isDone: Bool
    private let gate: SQLiteGate

    init(
        _ statement: SQLiteStatement, gate: SQLiteGate, ahead: SQLiteReadAhead? = nil, limit: Int = .max, isDone: Bool = false,
        isOnUnreadRow: Bool = false
    ) {
        self.statement = statement
        pointer = statement.pointer
        isUTF8 = statement.isUTF8
        self.gate = gate
        self.ahead = ahead
        self.isDone = isDone
        self.isOnUnreadRow = isOnUnreadRow
        isPlain = ahead == nil && !isOnUnreadRow && !isDone
        remaining = limit
    }

    var columnCount: Int { statement.columnCount }
    var columnNames: [String] { statement.columnNames }

    func next(into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) -> Bool {
        guard isPlain, remaining > 0 else { return try nextWithCare(into: cells) }
        guard sqlite3_step(pointer) == SQLITE_ROW else { return try end() }
        remaining &-= 1
        SQLiteStatement.read(pointer, isUTF8: isUTF8, into: cells)
        return true
    }

    private func nextWithCare(into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) -> Bool {
        guard remaining > 0 else { return false }
        remaining &-= 1
        if let ahead, nextAhead < ahead.rowCount {
            ahead.read(row: nextAhead, into: cells)
            nextAhead += 1
            return true
        }
        guard !isDone else { return false }
        isPlain = true
        guard isOnUnreadRow || sqlite3_step(pointer) == SQLITE_ROW else { return try end() }
        isOnUnreadRow = false
        SQLiteStatement.read(pointer, isUTF8: isUTF8, into: cells)
        return true
    }

    /// After a step that gave no row.
    private func end() throws(PrismaError) -> Bool {
        isDone = true
        isPlain = false
        let code = sqlite3_errcode(sqlite3_db_handle(pointer))
        guard code == SQLITE_DONE || code == SQLITE_OK else { throw gate.failure(of: statement) }
        return false
    }

    /// Lets a cursor hand out this many further rows.
    func allow(_ count: Int) {
        remaining = count
    }

    /// Ends the statement, wherever it stands.
    func finish() {
        isDone = true
        isPlain = false
        statement.finish()
    }

    /// Runs the statement to its end and ignores its rows.
    func drain() throws(PrismaError) {
        while !isDone {
            if sqlite3_step(pointer) != SQLITE_ROW { _ = try end() }
        }
    }
}
