internal import CSQLite
import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What SQLite's callbacks need to know about the statement that is running.
///
/// Only the holder of the connection's handle touches it, and the callbacks run inside that holder's calls.
final class SQLiteGate {
    /// A statement that runs on the caller's thread gives up after this many steps of SQLite's machine, about 50 µs.
    static let stepsPerTick: Int32 = 2000

    /// Runs on the caller's thread: must neither wait nor take long.
    var isInline = false
    /// Ticks since the inline statement began. SQLite counts steps across runs, so the first tick may come at once.
    private var ticks = 0
    var busyTimeout: Duration
    /// The operation whose cancellation ends a wait for a lock.
    var operation: SQLiteOperation?
    /// What a Swift function that SQL called has thrown.
    var functionError: (any Error)?
    private var waitingSince: ContinuousClock.Instant?

    init(busyTimeout: Duration) {
        self.busyTimeout = busyTimeout
    }

    func install(on database: OpaquePointer) {
        // The gate outlives the handle: the handle closes the database before it lets go of the gate.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            database, Self.stepsPerTick,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLiteGate>.fromOpaque(context).takeUnretainedValue().tick() ? 0 : 1
            }, context)
        sqlite3_busy_handler(
            database,
            { context, attempt in
                guard let context else { return 0 }
                return Unmanaged<SQLiteGate>.fromOpaque(context).takeUnretainedValue().waitForLock(attempt: attempt) ? 1 : 0
            }, context)
    }

    func beginInline() {
        isInline = true
        ticks = 0
    }

    func endInline() {
        isInline = false
    }

    private func tick() -> Bool {
        guard isInline else { return true }
        ticks += 1
        return ticks < 2
    }

    /// Sleeps a little; false when it has been long enough.
    private func waitForLock(attempt: Int32) -> Bool {
        guard !isInline, operation?.isCancelled != true else { return false }
        let now = ContinuousClock.now
        if attempt == 0 { waitingSince = now }
        guard let waitingSince, now - waitingSince < busyTimeout else { return false }
        // 0.1 ms, doubling to 10 ms: short transactions are over soon, long ones should not be polled hard.
        usleep(UInt32(min(10_000, 100 << min(attempt, 7))))
        return true
    }

    /// Why the statement failed: what a Swift function threw, or else SQLite's own words.
    func failure(of statement: SQLiteStatement) -> PrismaError {
        let failure = SQLiteFailure(database: sqlite3_db_handle(statement.pointer), sql: statement.sql)
        defer { functionError = nil }
        guard failure.code & 0xFF == SQLITE_ERROR, let functionError else { return failure.error }
        var error =
            functionError as? PrismaError
            ?? PrismaError(.rawQueryFailed, "A function that the statement calls failed: \(functionError).")
        error.sql = error.sql ?? statement.sql
        return error
    }
}
