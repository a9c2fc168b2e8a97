internal import CSQLite
import Prisma

/// The rows of a statement: first those that were read ahead, then the rest as they are asked for.
final class SQLiteRowSource: SQLRowSource {
    private let statement: SQLiteStatement
    private let ahead: SQLiteReadAhead?
    private var nextAhead = 0
    /// The statement stands on a row that nobody has seen yet.
    private var isOnUnreadRow: Bool
    /// How many rows may still be handed out.
    private var remaining: Int
    private(set) var isDone: Bool
    private let gate: SQLiteGate

    init(
        _ statement: SQLiteStatement, gate: SQLiteGate, ahead: SQLiteReadAhead? = nil, limit: Int = .max, isDone: Bool = false,
        isOnUnreadRow: Bool = false
    ) {
        self.statement = statement
        self.gate = gate
        self.ahead = ahead
        self.isDone = isDone
        self.isOnUnreadRow = isOnUnreadRow
        remaining = limit
    }

    var columnCount: Int { statement.columnCount }
    var columnNames: [String] { statement.columnNames }

    func next(into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) -> Bool {
        guard remaining > 0 else { return false }
        if let ahead, nextAhead < ahead.rowCount {
            ahead.read(row: nextAhead, into: cells)
            nextAhead += 1
            remaining -= 1
            return true
        }
        guard !isDone else { return false }
        switch isOnUnreadRow ? SQLITE_ROW : statement.step() {
        case SQLITE_ROW:
            isOnUnreadRow = false
            statement.read(into: cells)
            remaining -= 1
            return true
        case SQLITE_DONE:
            isDone = true
            return false
        default:
            isDone = true
            throw gate.failure(of: statement)
        }
    }

    /// Lets a cursor hand out this many further rows.
    func allow(_ count: Int) {
        remaining = count
    }

    /// Ends the statement, wherever it stands.
    func finish() {
        isDone = true
        statement.finish()
    }

    /// Runs the statement to its end and ignores its rows.
    func drain() throws(PrismaError) {
        while !isDone {
            switch statement.step() {
            case SQLITE_ROW: continue
            case SQLITE_DONE: isDone = true
            default:
                isDone = true
                throw gate.failure(of: statement)
            }
        }
    }
}
