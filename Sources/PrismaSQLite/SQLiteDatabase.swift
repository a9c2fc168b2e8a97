public import Prisma

/// An SQLite database: one connection that writes, several that read.
///
/// ```swift
/// let database = try SQLiteDatabase(url: "file:./dev.db", relativeTo: "prisma")
/// let count = try await database.withConnection(for: .read) { connection in
///     try await connection.query(SQLStatement("SELECT count(*) FROM User")) { rows in
///         guard var row = try rows.next() else { return 0 }
///         return try row.int()
///     }
/// }
/// ```
public final class SQLiteDatabase: SQLDatabase {
    /// What the URL does not say.
    public struct Options: Sendable, Hashable {
        /// Whether a file that does not exist is created.
        public var creates = false
        /// When a commit is safe: see `Synchronous`.
        public var synchronous = Synchronous.full
        /// Whether reads of a few rows run on the caller's thread.
        ///
        /// Handing work to another thread takes several times as long as reading one row by its key. Such a read neither
        /// waits for locks nor exceeds about 0.1 ms of SQLite's work, but where the operating system does not have the
        /// page in memory it waits for the disk.
        public var readsInline = true

        public init() {}
    }

    /// How hard a commit tries to reach the disk.
    public enum Synchronous: String, Sendable {
        /// A commit that was acknowledged survives a power failure.
        case full = "FULL"
        /// It survives the end of the process; the last commits before a power failure may be lost, none is half kept.
        case normal = "NORMAL"
    }

    private let writers: Pool
    private let readerLimit: Int
    private let snapshotTurn = SnapshotTurn()
    /// nil where all share one connection: in memory, or with `connection_limit=1`.
    private let readers: Pool?
    let functions: SQLiteFunctions

    public var dialect: SQLDialect { .sqlite }

    /// Prepares to open the database at a `file:` URL, which is relative to the schema's folder; the first lease opens it.
    ///
    /// - Parameter readers: The most connections that read. `connection_limit` in the URL, which counts the writer, goes first.
    public init(
        url: String, relativeTo directory: String? = nil, readers: Int = 4, options: Options = Options()
    ) throws(PrismaError) {
        var location = try SQLiteURL(url, relativeTo: directory)
        if options.creates, location.mode == .readWrite { location.mode = .create }
        let url = location
        let readerLimit = url.path == nil ? 0 : url.connectionLimit.map { $0 - 1 } ?? max(0, readers)
        self.readerLimit = readerLimit
        let functions = SQLiteFunctions(SQLiteBuiltins.functions)
        self.functions = functions
        writers = Pool(limits: PoolLimits(maximum: 1, timeout: url.poolTimeout)) {
            try await SQLiteConnection.connect(url, role: .writer, options: options, functions: functions)
        }
        self.readers =
            readerLimit == 0
            ? nil
            : Pool(limits: PoolLimits(maximum: readerLimit, timeout: url.poolTimeout)) {
                try await SQLiteConnection.connect(url, role: .reader, options: options, functions: functions)
            }
    }

    public func withConnection<Result: Sendable>(
        for access: SQLAccess, _ body: @Sendable (any SQLConnection) async throws -> Result
    ) async throws -> Result {
        let pool = access == .read ? readers ?? writers : writers
        return try await pool.withLease(body)
    }

    public func close() async {
        await readers?.close()
        await writers.close()
    }
}

extension SQLiteDatabase: SQLSnapshots {
    package func withSnapshot<Result: Sendable>(
        upTo count: Int, _ body: @Sendable ([any SQLConnection]) async throws -> Result
    ) async throws -> Result {
        try await snapshotTurn.take(min(count, readerLimit / 2)) { count in
            try await withConnections(count) { connections in
                try await connections.endingTransactions {
                    for connection in connections { try await connection.executeScript("BEGIN") }
                    guard connections.count > 1 else { return try await body(connections) }
                    let isOneInstant = await self.withoutWriters {
                        // A transaction sees what was there at its first read.
                        for connection in connections { try await connection.executeScript("SELECT count(*) FROM sqlite_master") }
                    }
                    return try await body(isOneInstant ? connections : [connections[0]])
                }
            }
        }
    }

    /// Runs `body` while nobody can write, and gives whether that could be had.
    private func withoutWriters(_ body: @Sendable () async throws -> Void) async -> Bool {
        do {
            try await withConnection(for: .write) { writer in
                try await writer.executeScript("BEGIN IMMEDIATE")
                let result: Swift.Result<Void, any Error>
                do { result = .success(try await body()) } catch { result = .failure(error) }
                await Task { try? await writer.executeScript("ROLLBACK") }.value
                try result.get()
            }
            return true
        } catch {
            return false
        }
    }
}
