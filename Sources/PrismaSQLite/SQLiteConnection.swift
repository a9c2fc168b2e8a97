internal import CSQLite
import Prisma
import Synchronization

/// One connection to an SQLite database, with a thread of its own for the calls that may wait.
final class SQLiteConnection: SQLConnection, PooledConnection {
    private let handle: Mutex<SQLiteHandle>
    private let thread: WorkerThread
    private let readsInline: Bool
    private let functions: SQLiteFunctions
    /// How many changes of the database's functions are done here.
    private let functionCount = Atomic(0)

    var dialect: SQLDialect { .sqlite }

    private init(_ handle: consuming sending SQLiteHandle, thread: WorkerThread, readsInline: Bool, functions: SQLiteFunctions) {
        self.handle = Mutex(handle)
        self.thread = thread
        self.readsInline = readsInline
        self.functions = functions
    }

    /// Opens a connection on its thread.
    static func connect(_ url: SQLiteURL, role: SQLiteHandle.Role, options: SQLiteDatabase.Options, functions: SQLiteFunctions) async throws
        -> SQLiteConnection
    {
        let thread = WorkerThread()
        return try await thread.run {
            SQLiteConnection(
                try SQLiteHandle.open(url, role: role, synchronous: options.synchronous), thread: thread,
                readsInline: options.readsInline, functions: functions)
        }
    }

    // MARK: - Statements

    func query<Result: Sendable>(
        _ statement: SQLStatement, _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        if readsInline {
            try Task.checkCancellation()
            var result: Result?
            // Taken only if nobody has it: the caller's thread must not wait.
            let rest = try handle.withLockIfAvailable { handle in
                try handle.queryInline(statement) { rows in result = try body(&rows) }
            }
            if let result { return result }
            if let rest = rest ?? nil { return try await onThread { try $0.resume(rest, body) } }
        }
        return try await onThread { handle in
            try Self.checkFree(handle)
            return try handle.query(statement, body)
        }
    }

    @discardableResult
    func execute(_ statement: SQLStatement) async throws -> Int {
        try await onThread { handle in
            try Self.checkFree(handle)
            return try handle.execute(statement)
        }
    }

    @discardableResult
    func execute(_ statements: [SQLStatement]) async throws -> [Int] {
        try await onThread { handle in
            try Self.checkFree(handle)
            return try handle.execute(statements)
        }
    }

    func executeScript(_ sql: String) async throws {
        try await onThread { handle in
            try Self.checkFree(handle)
            try handle.run(sql)
        }
    }

    func open(_ statement: SQLStatement) async throws -> any SQLCursor {
        try await onThread { handle in
            try Self.checkFree(handle)
            try handle.openCursor(statement)
        }
        return SQLiteCursor(connection: self)
    }

    private static func checkFree(_ handle: borrowing SQLiteHandle) throws(PrismaError) {
        guard handle.isOpen else { throw PoolFailure.closed.error }
        guard handle.cursor == nil else {
            throw PrismaError(
                .transactionFailed, "A cursor is open on this connection.", help: "Close the cursor first, or use another connection."
            )
        }
    }

    // MARK: - Cursors

    func readCursor<Result: Sendable>(
        upTo count: Int, _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        try await onThread { try $0.readCursor(upTo: count, body) }
    }

    func closeCursor() async {
        await onThreadAlways { $0.closeCursor() }
    }

    // MARK: - The life of a lease

    func isAlive() -> Bool { true }

    func isReady() -> Bool { functionCount.load(ordering: .acquiring) == functions.count }

    /// Makes the changes of the database's functions since the last lease.
    func beginLease() async throws {
        try await onThread { [self] in
            try $0.register(functions.all)
            functionCount.store($0.functionCount, ordering: .releasing)
        }
    }

    func isClean() -> Bool {
        handle.withLockIfAvailable { !$0.isInTransaction && $0.cursor == nil } ?? false
    }

    func endLease() async -> Bool {
        await onThreadAlways { handle in
            handle.closeCursor()
            handle.rollback()
        }
        return true
    }

    func close() async {
        await onThreadAlways { $0.close() }
    }

    // MARK: - The thread

    private func onThread<Result: Sendable>(
        _ work: @escaping @Sendable (inout SQLiteHandle) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let operation = SQLiteOperation()
        return try await withTaskCancellationHandler {
            try await thread.run { [self] in
                try handle.withLock { handle in
                    guard operation.begin(on: handle.database) else { throw CancellationError() }
                    handle.gate.operation = operation
                    defer {
                        operation.end()
                        handle.gate.operation = nil
                    }
                    do {
                        return try work(&handle)
                    } catch {
                        throw operation.isCancelled ? CancellationError() : error
                    }
                }
            }
        } onCancel: {
            operation.cancel()
        }
    }

    /// Work that must be done even for a task that was cancelled.
    private func onThreadAlways(_ work: @escaping @Sendable (inout SQLiteHandle) -> Void) async {
        await withCheckedContinuation { continuation in
            thread.start { [self] in
                handle.withLock { work(&$0) }
                continuation.resume()
            }
        }
    }
}

/// Carries a statement's state out of the lock that it was made under.
///
/// It belongs to one query, which uses it on one thread after the other, each time under the connection's lock.
struct SQLiteUnchecked<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
