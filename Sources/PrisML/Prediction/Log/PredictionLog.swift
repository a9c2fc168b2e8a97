public import Prisma
internal import Synchronization

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
/// try await log.close()                             // writes what waits
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

    private struct State {
        var waiting: BoundedQueue<Entry>
        var isWriting = false
        /// How many batches were tried.
        var attempts = 0
        var isClosed = false
        var lastError: (any Error)?
    }

    private let engine: PrismaEngine
    private let batch: Int
    private let state: Mutex<State>
    private let wake: AsyncStream<Void>.Continuation
    private let worker = Mutex<[Task<Void, Never>]>([])

    /// - Parameters:
    ///   - capacity: how many predictions wait at most.
    ///   - batch: how many are written at once.
    ///   - interval: how long one waits at most, while the database answers.
    public init(_ prisma: some PrismaClientProtocol, capacity: Int = 10_000, batch: Int = 500, interval: Duration = .seconds(1)) {
        engine = prisma.engine
        state = Mutex(State(waiting: BoundedQueue(capacity: capacity)))
        self.batch = max(1, min(batch, 2000))
        let (signals, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        let writer = Task { [weak self] in
            for await _ in signals {
                guard let self else { return }
                try? await self.writeWaiting()
            }
        }
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                wake.yield()
            }
        }
        worker.withLock { $0 = [writer, ticker] }
    }

    deinit {
        wake.finish()
        for task in worker.withLock({ $0 }) { task.cancel() }
    }

    /// How many predictions were dropped because the queue was full.
    public var dropped: Int { state.withLock { $0.waiting.dropped } }

    /// How many predictions wait to be written.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    /// Why the last batch could not be written; nil where it could.
    public var lastError: (any Error)? { state.withLock { $0.lastError } }

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
    func add(_ entries: some Collection<Entry>) {
        let isFull = state.withLock { state -> Bool in
            guard !state.isClosed else {
                state.waiting.refuse(entries.count)
                return false
            }
            for entry in entries { state.waiting.append(entry) }
            return state.waiting.count >= batch
        }
        if isFull { wake.yield() }
    }

    /// Writes what waits, and throws where the database does not take it; it then still waits.
    public func flush() async throws {
        while true {
            let (isWriting, attempts, isDone) = state.withLock { ($0.isWriting, $0.attempts, !$0.isWriting && $0.waiting.isEmpty) }
            if isDone { return }
            guard isWriting else {
                try await writeWaiting()
                continue
            }
            // The writer in the background is at a batch. What it fails at would fail here too.
            while state.withLock({ $0.attempts == attempts }) { try await Task.sleep(for: .milliseconds(5)) }
            if let error = lastError { throw error }
        }
    }

    /// Writes what waits and ends; later predictions are dropped and counted.
    public func close() async throws {
        state.withLock { $0.isClosed = true }
        defer {
            wake.finish()
            for task in worker.withLock({ $0 }) { task.cancel() }
        }
        try await flush()
    }

    private func writeWaiting() async throws {
        while true {
            let entries = state.withLock { state -> [Entry] in
                guard !state.isWriting, !state.waiting.isEmpty else { return [] }
                state.isWriting = true
                return state.waiting.takeFirst(batch)
            }
            guard !entries.isEmpty else { return }
            do {
                try await write(entries)
                state.withLock { state in
                    state.isWriting = false
                    state.attempts += 1
                    state.lastError = nil
                }
            } catch {
                state.withLock { state in
                    state.waiting.putBack(entries)
                    state.isWriting = false
                    state.attempts += 1
                    state.lastError = error
                }
                throw error
            }
        }
    }

    private func write(_ entries: [Entry]) async throws {
        let rows: [[SQLValue]] = entries.map { entry in
            let parts = entry.latency.components
            let time = Int64((entry.time.timeIntervalSince1970 * 1000).rounded())
            return [
                .text(entry.predictor), .text(entry.version), .text(entry.key), .double(entry.output),
                .int(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000), .int(time),
            ]
        }
        let columns = "predictor, version, key, output, latency_ns, predicted_at"
        let statement = SystemTable.insert(into: "prisml_predictions", columns, rows, engine.dialect)
        _ = try await engine.database.withConnection(for: .write) { try await $0.execute(statement) }
    }
}

/// Gathers features and keys of the rows of a query.
struct KeyedCollector<Loaded: Sendable>: InclusionCollector {
    var features: EncodedRows
    let keyTypes: [ValueType]
    var keys: [SQLValue] = []
    let answer: @Sendable (EncodedRows, [SQLValue]) throws -> [Loaded]

    init(features: EncodedRows, keyTypes: [ValueType], answer: @escaping @Sendable (EncodedRows, [SQLValue]) throws -> [Loaded]) {
        self.features = features
        self.keyTypes = keyTypes
        self.answer = answer
    }

    mutating func collect(_ row: inout SQLRow) throws {
        try features.append(&row)
        keys.append(try row.key(of: keyTypes))
    }

    consuming func load(in context: QueryContext) async throws -> [Loaded] { try answer(features, keys) }
}

extension SQLRow {
    /// The next columns as a key: a value, or a list of several.
    mutating func key(of types: [ValueType]) throws(PrismaError) -> SQLValue {
        var parts: [SQLValue] = []
        for type in types { parts.append(try value(of: type)) }
        return parts.count == 1 ? parts[0] : .list(parts)
    }
}
