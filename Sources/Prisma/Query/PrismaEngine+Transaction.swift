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
    /// Inside another transaction it is a savepoint. After `timeout` the work is cancelled and rolled back (`P2028`).
    public func transaction<Result: Sendable>(
        isolation: TransactionIsolation? = nil, timeout: Duration? = nil,
        _ body: @escaping @Sendable (PrismaEngine) async throws -> Result
    ) async throws -> Result {
        if let transaction { return try await savepoint(transaction, body) }
        return try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(self.begin(isolation))
            let state = TransactionState(connection)
            let result: Result
            do {
                result = try await Self.limited(timeout) { try await body(self.bound(to: state)) }
                try Task.checkCancellation()
                state.end()
            } catch {
                state.end()
                // The rollback must happen even if this task is cancelled.
                await Task { try? await connection.executeScript("ROLLBACK") }.value
                throw error
            }
            do {
                try await connection.executeScript("COMMIT")
            } catch {
                await Task { try? await connection.executeScript("ROLLBACK") }.value
                throw error
            }
            return result
        }
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
    public func transaction<Result: Sendable>(
        isolation: TransactionIsolation? = nil, timeout: Duration? = nil,
        _ body: @escaping @Sendable (Self) async throws -> Result
    ) async throws -> Result {
        try await engine.transaction(isolation: isolation, timeout: timeout) { engine in try await body(Self(engine: engine)) }
    }

    public func close() async {
        await engine.close()
    }
}
