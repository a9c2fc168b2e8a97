internal import Synchronization

/// A transaction that stays open between requests, on a connection of its own.
final class DynamicTransaction: Sendable {
    let name: String
    private let engine: PrismaEngine
    private let idleTime: Duration
    /// True commits, false rolls back.
    private let ends: AsyncStream<Bool>.Continuation
    private let work: Task<Void, any Error>
    private let idle = Mutex<Task<Void, Never>?>(nil)

    private struct RolledBack: Error {}

    private init(
        engine: PrismaEngine, idleTime: Duration, ends: AsyncStream<Bool>.Continuation, work: Task<Void, any Error>
    ) {
        name = Identifiers.cuid2(milliseconds: 0)
        self.engine = engine
        self.idleTime = idleTime
        self.ends = ends
        self.work = work
    }

    /// `args` of `$begin`: `isolationLevel`, `timeout` for the whole and `idleTimeout` between requests, in milliseconds.
    static func begin(_ arguments: JSON, on engine: PrismaEngine, idleTime: Duration) async throws -> DynamicTransaction {
        let input = QueryInput(arguments, path: "args")
        try input.names(["isolationLevel", "timeout", "idleTimeout"])
        let isolation = try isolation(input)
        func duration(_ name: String) throws(PrismaError) -> Duration? {
            guard let member = input.member(name) else { return nil }
            let milliseconds = try member.int()
            guard milliseconds > 0, milliseconds <= 86_400_000 else { throw member.invalid("this should be up to a day, in milliseconds.") }
            return .milliseconds(milliseconds)
        }
        let timeout = try duration("timeout")
        let idleTime = try duration("idleTimeout") ?? idleTime
        let (begun, beginning) = AsyncThrowingStream<PrismaEngine, any Error>.makeStream()
        let (ends, ending) = AsyncStream<Bool>.makeStream()
        let work = Task {
            do {
                try await engine.transaction(isolation: isolation, timeout: timeout) { engine in
                    beginning.yield(engine)
                    for await commits in ends {
                        if commits { return }
                        throw RolledBack()
                    }
                    throw CancellationError()
                }
            } catch {
                beginning.finish(throwing: error)
                throw error
            }
        }
        for try await bound in begun {
            let transaction = DynamicTransaction(engine: bound, idleTime: idleTime, ends: ending, work: work)
            transaction.startIdling()
            return transaction
        }
        throw CancellationError()
    }

    static func isolation(_ input: QueryInput) throws(PrismaError) -> TransactionIsolation? {
        guard let member = input.member("isolationLevel") else { return nil }
        switch try member.word(["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"]) {
        case "ReadUncommitted": return .readUncommitted
        case "ReadCommitted": return .readCommitted
        case "RepeatableRead": return .repeatableRead
        default: return .serializable
        }
    }

    /// Runs a request inside; the transaction does not count as idle meanwhile.
    func use(_ body: (PrismaEngine) async throws -> JSON) async throws -> JSON {
        stopIdling()
        defer { startIdling() }
        return try await body(engine)
    }

    func end(commits: Bool) async throws {
        stopIdling()
        ends.yield(commits)
        do {
            try await work.value
        } catch is RolledBack {
            if commits { throw Self.gone }
        } catch is CancellationError {
            throw Self.gone
        }
    }

    /// Calls back when the transaction is over, however that came.
    func whenEnded(_ body: @escaping @Sendable () async -> Void) {
        Task {
            _ = await work.result
            await body()
        }
    }

    private func startIdling() {
        let task = Task { [ends, idleTime] in
            do { try await Task.sleep(for: idleTime) } catch { return }
            ends.yield(false)
        }
        idle.withLock { $0 = task }
    }

    private func stopIdling() {
        idle.withLock { task in
            task?.cancel()
            task = nil
        }
    }

    private static var gone: PrismaError {
        PrismaError(
            .transactionFailed, "The transaction was rolled back before: nothing was asked in it for too long.",
            help: "Begin a new one, with a longer `idleTimeout`.")
    }
}
