/// One connection to a database, leased to one task at a time.
///
/// The blocking work happens on a thread of the driver's, never on Swift's cooperative threads. Cancelling the task that
/// waits interrupts the statement in the database and throws `CancellationError`.
public protocol SQLConnection: AnyObject, Sendable {
    var dialect: SQLDialect { get }

    /// Runs a statement; `body` reads its rows on the connection's thread.
    func query<Result: Sendable>(
        _ statement: SQLStatement,
        _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result

    /// Runs a statement and gives the number of rows it changed.
    @discardableResult
    func execute(_ statement: SQLStatement) async throws -> Int

    /// Runs several statements in order, in one round trip where the database can; stops at the first that fails.
    @discardableResult
    func execute(_ statements: [SQLStatement]) async throws -> [Int]

    /// Runs a script of statements without parameters.
    func executeScript(_ sql: String) async throws

    /// Opens a statement whose rows are fetched in batches; the connection serves nothing else until the cursor is closed.
    func open(_ statement: SQLStatement) async throws -> any SQLCursor
}

/// A statement that is being read in batches, in constant memory.
public protocol SQLCursor: AnyObject, Sendable {
    /// Hands up to `count` further rows to `body` on the connection's thread; after the last row `body` gets none.
    func read<Result: Sendable>(
        upTo count: Int,
        _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result

    /// Ends the statement; the connection can be used again. Closing twice is harmless.
    func close() async
}
