internal import PrismaSchema

/// Answers requests that come as lines of JSON, one line each: what `prisml query` speaks.
///
/// ```swift
/// let session = DynamicSession(engine)
/// await session.submit(#"{"id": 1, "action": "count", "model": "User"}"#) { print($0) }   // {"data":3,"id":1}
/// await session.finish()
/// ```
///
/// Requests are answered in their order; those of a transaction have an order of their own, so one that waits for a lock does not
/// keep the transaction that holds it from its end.
public actor DynamicSession {
    /// What a session allows.
    public struct Limits: Sendable {
        /// How many requests may wait; `submit` holds back after that.
        public var waitingRequests = 256
        /// After how long without a request a transaction is rolled back, if `$begin` says nothing else.
        public var transactionIdleTime: Duration = .seconds(30)
        /// How many transactions may be open.
        public var transactions = 64

        public init() {}
    }

    private let engine: PrismaEngine
    private let limits: Limits
    /// The last request of each order: "" for those outside of transactions.
    private var lanes: [String: Task<Void, Never>] = [:]
    private var transactions: [String: DynamicTransaction] = [:]
    private var running = 0
    private var opening = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    public init(_ engine: PrismaEngine, limits: Limits = Limits()) {
        self.engine = engine
        self.limits = limits
    }

    /// Takes a request; `answer` gets its line when it is done.
    public func submit(_ line: String, answer: @escaping @Sendable (String) -> Void) async {
        while running >= limits.waitingRequests { await withCheckedContinuation { waiters.append($0) } }
        let request: DynamicRequest
        do {
            request = try DynamicRequest(line)
        } catch {
            answer(DynamicRequest.answer(to: error.id, error: error.error))
            return
        }
        running += 1
        let lane = request.transaction ?? ""
        let previous = lanes[lane]
        let task = Task {
            await previous?.value
            await answer(self.answer(to: request))
            self.ended()
        }
        // A transaction that begins may have to wait for another to end, and nothing waits for it.
        if request.action != "$begin" { lanes[lane] = task }
    }

    /// Waits for what was submitted, then rolls back the transactions that are open.
    public func finish() async {
        while running > 0 { await withCheckedContinuation { waiters.append($0) } }
        for transaction in transactions.values { _ = try? await transaction.end(commits: false) }
        transactions = [:]
        lanes = [:]
    }

    private func ended() {
        running -= 1
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
    }

    private func answer(to request: DynamicRequest) async -> String {
        do {
            return DynamicRequest.answer(to: request.id, data: try await run(request))
        } catch let error as PrismaError {
            return DynamicRequest.answer(to: request.id, error: error)
        } catch {
            return DynamicRequest.answer(
                to: request.id, error: PrismaError(.unexpected, "\(error)", help: "Report this: it is a defect of the library."))
        }
    }

    private func run(_ request: DynamicRequest) async throws -> JSON {
        switch request.action {
        case "$begin":
            return try await begin(request)
        case "$commit", "$rollback":
            let transaction = try transaction(request)
            defer {
                transactions[transaction.name] = nil
                lanes[transaction.name] = nil
            }
            try await transaction.end(commits: request.action == "$commit")
            return nil
        default: break
        }
        guard request.transaction != nil else { return try await request.run(on: engine) }
        let transaction = try transaction(request)
        return try await transaction.use { engine in try await request.run(on: engine) }
    }

    private func transaction(_ request: DynamicRequest) throws(PrismaError) -> DynamicTransaction {
        guard let name = request.transaction else {
            throw PrismaError(.transactionFailed, "\(request.action) needs a transaction.", help: #"Add "tx": "…", as $begin gave it."#)
        }
        guard let transaction = transactions[name] else {
            lanes[name] = nil
            throw PrismaError(
                .transactionFailed, "There is no transaction of this name.",
                help: "It was committed or rolled back, or nothing was asked in it for too long. Begin a new one.")
        }
        return transaction
    }

    private func begin(_ request: DynamicRequest) async throws -> JSON {
        guard transactions.count + opening < limits.transactions else {
            throw PrismaError(.transactionFailed, "\(limits.transactions) transactions are open.", help: "End some of them.")
        }
        opening += 1
        defer { opening -= 1 }
        let transaction = try await DynamicTransaction.begin(request.arguments, on: engine, idleTime: limits.transactionIdleTime)
        transactions[transaction.name] = transaction
        transaction.whenEnded { [weak self] in await self?.forget(transaction.name) }
        return ["tx": .string(transaction.name)]
    }

    private func forget(_ name: String) {
        transactions[name] = nil
        lanes[name] = nil
    }
}
