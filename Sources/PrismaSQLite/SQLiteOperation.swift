internal import CSQLite
import Synchronization

/// One piece of work on a connection, which may be cancelled before, while or after it runs.
final class SQLiteOperation: Sendable {
    private struct State {
        var isCancelled = false
        /// The database while the work runs.
        var database: SQLiteUnchecked<OpaquePointer>?
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// False if the work was cancelled before it began.
    func begin(on database: OpaquePointer) -> Bool {
        // The address is only ever handed to sqlite3_interrupt, which any thread may call.
        let database = SQLiteUnchecked(database)
        return state.withLock { state in
            guard !state.isCancelled else { return false }
            state.database = database
            return true
        }
    }

    func end() {
        state.withLock { $0.database = nil }
    }

    /// Interrupts the work, and never what the connection does next: both happen under this lock.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if let database = state.database { sqlite3_interrupt(database.value) }
        }
    }
}
