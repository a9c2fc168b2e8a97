import Prisma
internal import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes the entries of a prediction log in the background, in batches, from a queue that has an end.
final class LogWriter: Sendable {
    private struct State {
        var waiting: BoundedQueue<PredictionLog.Entry>
        /// How many entries were queued in all.
        var queued = 0
        /// How many are being written.
        var inFlight = 0
        /// How many batches were tried.
        var attempts = 0
        var isClosed = false
        /// Nobody tries again: what comes back is dropped.
        var isEnded = false
        var lastError: (any Error)?

        /// How many of those that were queued have left, written or dropped; the oldest leave first.
        var left: Int { queued - waiting.count - inFlight }
    }

    private let database: any SQLDatabase
    private let onNotice: (@Sendable (String) -> Void)?
    private let batch: Int
    private let state: Mutex<State>
    private let wake: AsyncStream<Void>.Continuation
    private let workers = Mutex<[Task<Void, Never>]>([])

    init(_ engine: PrismaEngine, capacity: Int, batch: Int, interval: Duration) {
        database = engine.database
        onNotice = engine.options.onNotice
        self.batch = batch
        state = Mutex(State(waiting: BoundedQueue(capacity: capacity)))
        let (signals, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        let writer = Task { [weak self] in
            for await _ in signals {
                // What could not be written waits for the next signal.
                while let self, (try? await self.writeBatch()) == true {}
            }
        }
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                wake.yield()
            }
        }
        workers.withLock { $0 = [writer, ticker] }
    }

    deinit {
        stop()
    }

    var dropped: Int { state.withLock { $0.waiting.dropped } }
    var waiting: Int { state.withLock { $0.waiting.count } }
    var lastError: (any Error)? { state.withLock { $0.lastError } }

    func add(_ entries: some Collection<PredictionLog.Entry>) {
        let isFull = state.withLock { state -> Bool in
            guard !state.isClosed else {
                state.waiting.refuse(entries.count)
                return false
            }
            for entry in entries { state.waiting.append(entry) }
            state.queued += entries.count
            return state.waiting.count >= batch
        }
        if isFull { wake.yield() }
    }

    /// Writes what waits now, not what comes meanwhile.
    func flush() async throws {
        let goal = state.withLock { $0.queued }
        while true {
            let (isDone, isWriting, attempts) = state.withLock { ($0.left >= goal, $0.inFlight > 0, $0.attempts) }
            if isDone { return }
            guard isWriting else {
                try await writeBatch()
                continue
            }
            // Somebody else is at a batch. What that fails at would fail here too.
            while state.withLock({ $0.attempts == attempts }) { try await Task.sleep(for: .milliseconds(5)) }
            if let error = lastError { throw error }
        }
    }

    /// Takes nothing more, and writes what waits.
    func close() async throws {
        state.withLock { $0.isClosed = true }
        defer { stop() }
        try await flush()
    }

    /// The same where nobody is left to try again: what cannot be written is dropped, and that is said.
    func end() async {
        do {
            try await close()
        } catch {
            let lost = state.withLock { state in
                state.isEnded = true
                defer { state.waiting.dropAll() }
                return state.waiting.count + state.inFlight
            }
            let reason = error is CancellationError ? "it took too long" : (error as? PrismaError)?.message ?? "\(error)"
            if lost > 0 { onNotice?("prediction log: \(lost) predictions are lost, since they could not be written at the end: \(reason)") }
        }
    }

    private func stop() {
        wake.finish()
        for task in workers.withLock({ $0 }) { task.cancel() }
    }

    /// Writes a batch of what waits; false where nothing does, or where somebody else is at it.
    @discardableResult
    private func writeBatch() async throws -> Bool {
        let entries = state.withLock { state -> [PredictionLog.Entry] in
            guard state.inFlight == 0 else { return [] }
            let entries = state.waiting.takeFirst(batch)
            state.inFlight = entries.count
            return entries
        }
        guard !entries.isEmpty else { return false }
        do {
            try await write(entries)
            state.withLock { state in
                state.inFlight = 0
                state.attempts += 1
                state.lastError = nil
            }
            return true
        } catch {
            state.withLock { state in
                if state.isEnded { state.waiting.refuse(entries.count) } else { state.waiting.putBack(entries) }
                state.inFlight = 0
                state.attempts += 1
                state.lastError = error
            }
            throw error
        }
    }

    private func write(_ entries: [PredictionLog.Entry]) async throws {
        let rows: [[SQLValue]] = entries.map { entry in
            let parts = entry.latency.components
            let time = Int64((entry.time.timeIntervalSince1970 * 1000).rounded())
            return [
                .text(entry.predictor), .text(entry.version), .text(entry.key), .double(entry.output),
                .int(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000), .int(time),
            ]
        }
        let columns = "predictor, version, key, output, latency_ns, predicted_at"
        let statement = SystemTable.insert(into: "prisml_predictions", columns, rows, database.dialect)
        _ = try await database.withConnection(for: .write) { try await $0.execute(statement) }
    }
}
