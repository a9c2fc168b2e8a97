public import Prisma

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Keeps what was predicted in a table of the project's database: written in the background, in batches, from a queue that has an end.
///
/// ```swift
/// let log = PredictionLog(prisma)
/// try await log.createTable()                       // once, or in a migration
/// let risk = churn.logged(to: log)
/// …
/// await prisma.close()                              // writes what waits
/// ```
///
/// A prediction never waits for the log. Where the database is away, what is queued is tried again; when the queue is full the oldest
/// entries are dropped, and counted.
public final class PredictionLog: Sendable {
    /// One prediction.
    public struct Entry: Hashable, Sendable {
        public var predictor: String
        public var version: String
        /// The row's key as text; empty for one that has none yet.
        public var key: String
        /// The score: the probability or the number.
        public var output: Double
        public var latency: Duration
        public var time: Date
    }

    private let engine: PrismaEngine
    private let writer: LogWriter

    /// - Parameters:
    ///   - capacity: how many predictions wait at most.
    ///   - batch: how many are written at once.
    ///   - interval: how long one waits at most, while the database answers.
    public init(_ prisma: some PrismaClientProtocol, capacity: Int = 10_000, batch: Int = 500, interval: Duration = .seconds(1)) {
        engine = prisma.engine
        writer = LogWriter(engine, capacity: capacity, batch: max(1, min(batch, 2000)), interval: interval)
        let writer = writer
        engine.closingWork.add(for: writer) { await writer.end() }
    }

    deinit {
        // What waits is still written, by a writer that outlives the log; closing the client waits for it.
        Task { [writer, work = engine.closingWork] in
            await writer.end()
            work.remove(for: writer)
        }
    }

    /// How many predictions were dropped: because the queue was full, because they came after the end, or because they could not be written
    /// at the end.
    public var dropped: Int { writer.dropped }

    /// How many predictions wait to be written.
    public var waiting: Int { writer.waiting }

    /// Why the last batch could not be written; nil where it could.
    public var lastError: (any Error)? { writer.lastError }

    /// Makes the table where it is not there.
    public func createTable() async throws {
        let script = Self.table(engine.dialect)
        try await engine.withConnection(for: .write) { try await SystemTable.create(script, on: $0) }
    }

    /// The SQL of the table, for a migration.
    public static func table(_ dialect: SQLDialect) -> String {
        let id = dialect == .sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGSERIAL PRIMARY KEY"
        return """
            CREATE TABLE IF NOT EXISTS prisml_predictions (
              id \(id), predictor TEXT NOT NULL, version TEXT NOT NULL, key TEXT NOT NULL, output DOUBLE PRECISION NOT NULL,
              latency_ns BIGINT NOT NULL, predicted_at BIGINT NOT NULL);
            CREATE INDEX IF NOT EXISTS prisml_predictions_by_time ON prisml_predictions (predictor, predicted_at);
            """
    }

    /// Queues predictions; the oldest make room where there is none.
    func add(_ entries: some Collection<Entry>) { writer.add(entries) }

    /// Writes what waits now, and throws where the database does not take it; it then still waits. What is predicted meanwhile is not
    /// waited for.
    public func flush() async throws { try await writer.flush() }

    /// Writes what waits and ends; later predictions are dropped and counted. Closing the client does the same for all of its logs.
    ///
    /// Where the database does not take it, what waits still does: `close` can be called again.
    public func close() async throws {
        try await writer.close()
        engine.closingWork.remove(for: writer)
    }
}
