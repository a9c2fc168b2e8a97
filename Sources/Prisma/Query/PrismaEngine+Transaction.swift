internal import Synchronization

/// How much of other transactions' work a transaction sees. SQLite's are always serializable.
public enum TransactionIsolation: String, Sendable {
    case readUncommitted = "READ UNCOMMITTED"
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PrismaEngine {
    /// Runs `body` in one transaction: all of it is kept, or, if it throws or its task is cancelled, nothing.
    ///
    /// Inside another transaction it is a savepoint, and the limits are those of the outer one.
    ///
    /// - Parameters:
    ///   - timeout: After so long the work is cancelled and rolled back (`P2028`).
    ///   - maxWait: How long it may take to begin (`P2024`), where the pool's own limit is too long.
    ///   - retries: How often `body` runs again, from the start, when the database ended the transaction because of another
    ///     one (`P2034`).
    public func transaction<Result: Sendable>(
        isolation: TransactionIsolation? = nil, timeout: Duration? = nil, maxWait: Duration? = nil, retries: Int = 0,
        _ body: @escaping @Sendable (PrismaEngine) async throws -> Result
    ) async throws -> Result {
        if let transaction { return try await savepoint(transaction, body) }
        var pauses = TransactionPauses(retries: retries)
        while true {
            do {
                return try await transactionOnce(isolation, timeout, maxWait, body)
            } catch let error as PrismaError where error.code == .writeConflict {
                guard let pause = pauses.next() else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    private func transactionOnce<Result: Sendable>(
        _ isolation: TransactionIsolation?, _ timeout: Duration?, _ maxWait: Duration?,
        _ body: @escaping @Sendable (PrismaEngine) async throws -> Result
    ) async throws -> Result {
        try await begun(within: maxWait) { hasBegun in
            try await self.database.withConnection(for: .write) { connection in
                do {
                    try await connection.executeScript(self.begin(isolation))
                    try hasBegun()
                } catch {
                    // Begun too late, or cancelled while it began: the next lease must not find it open.
                    await Task { try? await connection.executeScript("ROLLBACK") }.value
                    throw error
                }
                return try await self.run(body, timeout, on: connection)
            }
        }
    }

    private func run<Result: Sendable>(
        _ body: @escaping @Sendable (PrismaEngine) async throws -> Result, _ timeout: Duration?, on connection: any SQLConnection
    ) async throws -> Result {
        let state = TransactionState(connection)
        do {
            let result = try await Self.limited(timeout) { try await body(self.bound(to: state)) }
            try Task.checkCancellation()
            state.end()
            try await connection.executeScript("COMMIT")
            return result
        } catch {
            state.end()
            // The rollback must happen even if this task is cancelled.
            await Task { try? await connection.executeScript("ROLLBACK") }.value
            throw error
        }
    }

    /// Runs work that says when it has begun; if that takes longer than `limit`, it is cancelled.
    private func begun<Result: Sendable>(
        within limit: Duration?, _ work: @escaping @Sendable (_ hasBegun: @Sendable () throws -> Void) async throws -> Result
    ) async throws -> Result {
        guard let limit else { return try await work({}) }
        // The work and the clock each try to be the first to say so.
        let decision = Decision()
        let late = PrismaError(
            .poolTimeout, "The transaction could not begin within its `maxWait` of \(limit).",
            help: "Keep transactions short, or give it a longer `maxWait`.")
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await work {
                    guard decision.isFirst() else { throw late }
                }
            }
            group.addTask {
                // Of a caller that is cancelled the work learns too, and it alone knows whether anything was kept.
                do { try await Task.sleep(for: limit) } catch { return nil }
                guard !decision.isFirst() else { throw late }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw late
        }
    }

    private final class Decision: Sendable {
        private let isMade = Atomic(false)

        func isFirst() -> Bool { !isMade.exchange(true, ordering: .acquiringAndReleasing) }
    }

    private func begin(_ isolation: TransactionIsolation?) -> String {
        switch dialect {
        // The write lock is taken at once, so that a transaction that reads first cannot fail when it comes to write.
        case .sqlite: "BEGIN IMMEDIATE"
        case .postgresql: isolation.map { "BEGIN ISOLATION LEVEL \($0.rawValue)" } ?? "BEGIN"
        }
    }

    private func savepoint<Result: Sendable>(
        _ transaction: TransactionState, _ body: @escaping @Sendable (PrismaEngine) async throws -> Result
    ) async throws -> Result {
        let connection = try transaction.connection()
        let name = transaction.nextSavepoint()
        try await connection.executeScript("SAVEPOINT \(name)")
        do {
            let result = try await body(self)
            try await connection.executeScript("RELEASE SAVEPOINT \(name)")
            return result
        } catch {
            await Task {
                try? await connection.executeScript("ROLLBACK TO SAVEPOINT \(name)")
                try? await connection.executeScript("RELEASE SAVEPOINT \(name)")
            }.value
            throw error
        }
    }

    private static func limited<Result: Sendable>(
        _ timeout: Duration?, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let timeout else { return try await body() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw PrismaError(
                    .transactionFailed, "The transaction took longer than its timeout of \(timeout); it was rolled back.",
                    help: "Do less in the transaction, or give it a longer `timeout`.")
            }
            return result
        }
    }
}

/// A generated client: an engine with a property for each model.
public protocol PrismaClientProtocol: Sendable {
    var engine: PrismaEngine { get }
    init(engine: PrismaEngine)
}

extension PrismaClientProtocol {
    /// Runs `body` in one transaction: all of it is kept, or, if it throws or its task is cancelled, nothing.
    ///
    /// ```swift
    /// try await prisma.transaction { tx in
    ///     try await tx.account.update(where: { $0.id == from }) { $0.balance -= 100 }
    ///     try await tx.account.update(where: { $0.id == to }) { $0.balance += 100 }
    /// }
    /// ```
    ///
    /// With `retries` the whole of `body` runs again when the database ended the transaction because of another one (`P2034`: a
    /// serialization failure, a deadlock, a snapshot that is too old). So what it does outside of the database must be safe to repeat.
    ///
    /// - Parameters:
    ///   - timeout: After so long the work is cancelled and rolled back (`P2028`).
    ///   - maxWait: How long it may take to begin (`P2024`), where the pool's own limit is too long.
    ///   - retries: How often `body` runs again; between attempts there is a short pause that grows and is random.
    public func transaction<Result: Sendable>(
        isolation: TransactionIsolation? = nil, timeout: Duration? = nil, maxWait: Duration? = nil, retries: Int = 0,
        _ body: @escaping @Sendable (Self) async throws -> Result
    ) async throws -> Result {
        try await engine.transaction(isolation: isolation, timeout: timeout, maxWait: maxWait, retries: retries) { engine in
            try await body(Self(engine: engine))
        }
    }

    public func close() async {
        await engine.close()
    }
}
