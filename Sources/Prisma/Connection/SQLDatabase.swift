/// A database that is open: it leases connections from its pool.
public protocol SQLDatabase: AnyObject, Sendable {
    var dialect: SQLDialect { get }

    /// Leases a connection for as long as `body` runs.
    ///
    /// On SQLite there is one writer and several readers; on PostgreSQL the access makes no difference. A lease that cannot
    /// be had within the pool's deadline throws `P2024` and says why.
    func withConnection<Result: Sendable>(
        for access: SQLAccess,
        _ body: @Sendable (any SQLConnection) async throws -> Result
    ) async throws -> Result

    /// Waits for the leases that are out and closes all connections.
    func close() async
}

/// What a lease is for.
public enum SQLAccess: Sendable {
    case read
    case write
}
