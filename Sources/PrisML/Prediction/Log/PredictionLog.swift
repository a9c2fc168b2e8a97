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
        var waiting: [Entry] = []
        var dropped = 0
        var isWriting = false
        var isClosed = false
        var lastError: (any Error)?
    }

    private let engine: PrismaEngine
    private let capacity: Int
    private let batch: Int
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    private let worker = Mutex<[Task<Void, Never>]>([])

    /// - Parameters:
    ///   - capacity: how many predictions wait at most.
    ///   - batch: how many are written at once.
    ///   - interval: how long one waits at most, while the database answers.
    public init(_ prisma: some PrismaClientProtocol, capacity: Int = 10_000, batch: Int = 500, interval: Duration = .seconds(1)) {
        engine = prisma.engine
        self.capacity = max(1, capacity)
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
    public var dropped: Int { state.withLock { $0.dropped } }

    /// How many predictions wait to be written.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    /// Why the last batch could not be written; nil where it could.
    public var lastError: (any Error)? { state.withLock { $0.lastError } }

    /// Makes the table where it is not there.
    public func createTable() async throws {
        let script = Self.table(engine.dialect)
        try await engine.withConnection(for: .write) { try await $0.executeScript(script) }
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
    func add(_ entries: [Entry]) {
        let isFull = state.withLock { state -> Bool in
            guard !state.isClosed else {
                state.dropped += entries.count
                return false
            }
            state.waiting += entries
            Self.makeRoom(&state, capacity)
            return state.waiting.count >= batch
        }
        if isFull { wake.yield() }
    }

    private static func makeRoom(_ state: inout State, _ capacity: Int) {
        let excess = state.waiting.count - capacity
        guard excess > 0 else { return }
        state.waiting.removeFirst(excess)
        state.dropped += excess
    }

    /// Writes what waits, and throws where the database does not take it; it then still waits.
    public func flush() async throws {
        repeat {
            // The writer in the background may be between two batches, or at one: neither is the end.
            while state.withLock({ $0.isWriting }) { try await Task.sleep(for: .milliseconds(5)) }
            try await writeWaiting()
        } while state.withLock { $0.isWriting || !$0.waiting.isEmpty }
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
                let entries = Array(state.waiting.prefix(batch))
                state.waiting.removeFirst(entries.count)
                return entries
            }
            guard !entries.isEmpty else { return }
            do {
                try await write(entries)
                state.withLock { state in
                    state.isWriting = false
                    state.lastError = nil
                }
            } catch {
                state.withLock { state in
                    // Back to the front: they are the oldest, and the first to go.
                    state.waiting = entries + state.waiting
                    Self.makeRoom(&state, capacity)
                    state.isWriting = false
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

extension Predictor {
    /// The predictor with a log of what it answers for rows: beside rows of a query, in hand and by key. Conditions and orders, which ask
    /// about far more rows than are given back, are not logged.
    public func logged(to log: PredictionLog) -> LoggedPredictor<Model, Label> { LoggedPredictor(predictor: self, log: log) }
}

/// A predictor whose answers are logged.
public struct LoggedPredictor<Model: Record, Label: ColumnValue>: Includable {
    let predictor: Predictor<Model, Label>
    let log: PredictionLog

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Prediction<Label>> {
        let loaded = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
        let keys = try engine.plan(Model.modelName).keyColumns()
        let (labels, name, log) = (predictor.labels, predictor.name, log)
        return Inclusion(selections: predictor.definition.features.flatMap(\.selections) + keys) {
            KeyedCollector<Prediction<Label>>(features: EncodedRows(loaded), keyTypes: keys.map(\.type)) { features, keys in
                let start = ContinuousClock.now
                let answers = try features.predictions(by: labels).map { try $0.get() }
                let latency = (ContinuousClock.now - start) / max(1, answers.count)
                let time = engine.options.clock()
                log.add(
                    zip(answers, keys).map { answer, key in
                        PredictionLog.Entry(
                            predictor: name, version: answer.version, key: key.keyText, output: answer.score, latency: latency, time: time)
                    })
                return answers
            }
        }
    }

    /// What is predicted for a row in hand; the predictor must be loaded.
    public func predict(_ row: Model) throws -> Prediction<Label> {
        let start = ContinuousClock.now
        let answer = try predictor.predict(row)
        let latency = ContinuousClock.now - start
        log.add([
            PredictionLog.Entry(
                predictor: predictor.name, version: answer.version, key: try predictor.key(of: row), output: answer.score, latency: latency,
                time: Date())
        ])
        return answer
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
