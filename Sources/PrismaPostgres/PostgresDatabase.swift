public import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A PostgreSQL database behind a pool of connections.
///
/// ```swift
/// let database = try PostgresDatabase(url: "postgresql://user:password@localhost:5432/app?schema=public")
/// let count = try await database.withConnection(for: .read) { connection in
///     try await connection.query(SQLStatement("SELECT count(*) FROM \"User\"")) { rows in
///         guard var row = try rows.next() else { return 0 }
///         return try row.int()
///     }
/// }
/// ```
public final class PostgresDatabase: SQLDatabase {
    let url: PostgresURL
    let types = PostgresTypes()
    private let pool: Pool
    private let maximum: Int
    private let snapshotTurn = SnapshotTurn()

    public var dialect: SQLDialect { .postgresql }
    /// The database's name on its server.
    public var name: String { url.database }

    /// Prepares to connect to the database at a `postgresql://` URL; the first lease connects.
    public init(url text: String) throws(PrismaError) {
        let url = try PostgresURL(text)
        self.url = url
        // Prisma's default.
        let maximum = url.connectionLimit ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) * 2 + 1
        self.maximum = maximum
        let limits = PoolLimits(maximum: maximum, timeout: url.poolTimeout, idleLifetime: url.idleLifetime)
        pool = Pool(limits: limits) { [types] in try await PostgresConnection.connect(url, types: types) }
    }

    public func withConnection<Result: Sendable>(
        for access: SQLAccess, _ body: @Sendable (any SQLConnection) async throws -> Result
    ) async throws -> Result {
        try await pool.withLease(body)
    }

    public func close() async {
        await pool.close()
    }
}

extension PostgresDatabase: SQLSnapshots {
    package func withSnapshot<Result: Sendable>(
        upTo count: Int, _ body: @Sendable ([any SQLConnection]) async throws -> Result
    ) async throws -> Result {
        try await snapshotTurn.take(min(count, maximum / 2)) { count in
            try await withConnections(count) { connections in
                try await connections.endingTransactions {
                    for connection in connections { try await connection.executeScript("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") }
                    guard connections.count > 1 else { return try await body(connections) }
                    let snapshot = try await connections[0].query(SQLStatement("SELECT pg_export_snapshot()")) { rows -> String in
                        guard var row = try rows.next() else { return "" }
                        return try row.string()
                    }
                    for connection in connections.dropFirst() {
                        try await connection.executeScript("SET TRANSACTION SNAPSHOT '\(snapshot)'")
                    }
                    return try await body(connections)
                }
            }
        }
    }
}
