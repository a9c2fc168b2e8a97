import Synchronization

/// A connection that a pool can keep.
package protocol PooledConnection: SQLConnection {
    /// Whether it can be handed out; asked while it lies idle. Must not block.
    func isAlive() -> Bool
    /// Whether `beginLease` has nothing to do. Must not block.
    func isReady() -> Bool
    /// Brings the connection up to date before a lease.
    func beginLease() async throws
    /// Whether a lease left nothing behind; if not, or if that is not known at once, `endLease` tidies up. Must not block.
    func isClean() -> Bool
    /// Tidies up after a lease: ends an open transaction or cursor. False if the connection is beyond use.
    func endLease() async -> Bool
    func close() async
}

/// Leases connections, opens them on demand and replaces those that died.
///
/// Not generic over its connections: the drivers are other modules, where generic code would not be specialised.
package final class Pool: Sendable {
    package typealias Connection = any PooledConnection

    private struct Shared {
        var state: PoolState<Connection>
        var waiting: [Int: CheckedContinuation<Connection, any Error>] = [:]
        var closers: [Int: CheckedContinuation<Void, Never>] = [:]
        var timerIsSet = false
    }

    private let shared: Mutex<Shared>
    private let connect: @Sendable () async throws -> Connection
    private let clock = ContinuousClock()

    package init(limits: PoolLimits, connect: @escaping @Sendable () async throws -> Connection) {
        shared = Mutex(Shared(state: PoolState(limits: limits)))
        self.connect = connect
    }

    /// Runs `body` with a connection that nobody else uses meanwhile.
    package func withLease<Result: Sendable>(
        _ body: (any SQLConnection) async throws -> Result
    ) async throws -> Result {
        // Each `await` costs even if nothing waits, and short reads are shorter than a few of them.
        let connection: Connection
        if let idle = takeAlive() {
            connection = idle
        } else {
            connection = try await lease()
        }
        do {
            if !connection.isReady() { try await connection.beginLease() }
            let result = try await body(connection)
            if connection.isClean() { release(connection, isReusable: true) } else { await giveBack(connection) }
            return result
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// Closes the pool; returns once the leases that are out have come back, or when waiting for them takes as long as a lease may.
    package func close() async {
        let id = shared.withLock { $0.state.makeWaiter() }
        await withCheckedContinuation { continuation in
            let (actions, timeout) = shared.withLock { shared in
                shared.closers[id] = continuation
                return (shared.state.close(), shared.state.limits.timeout)
            }
            perform(actions)
            Task.detached { [weak self, clock] in
                try? await clock.sleep(for: timeout)
                self?.shared.withLock { $0.closers.removeValue(forKey: id) }?.resume()
            }
        }
    }

    // MARK: - One lease

    private func lease() async throws -> Connection {
        while true {
            let connection = try await wait()
            if connection.isAlive() { return connection }
            release(connection, isReusable: false)
        }
    }

    /// A connection that lies idle; those that turn out to be dead are dropped.
    private func takeAlive() -> Connection? {
        var expired: [Connection] = []
        while let connection = shared.withLock({ $0.state.takeIdle(now: clock.now, close: &expired) }) {
            if connection.isAlive() {
                if !expired.isEmpty { perform(expired.map { .close($0) }) }
                return connection
            }
            release(connection, isReusable: false)
        }
        perform(expired.map { .close($0) })
        return nil
    }

    private func wait() async throws -> Connection {
        let id = shared.withLock { $0.state.makeWaiter() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let actions = shared.withLock { shared in
                    shared.waiting[id] = continuation
                    return shared.state.wait(id, now: clock.now)
                }
                perform(actions)
                // A cancellation that came before the line above found nobody to tell.
                if Task.isCancelled { cancel(id) }
                setTimer()
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: Int) {
        let continuation = shared.withLock { $0.state.cancel(waiter: id) ? $0.waiting.removeValue(forKey: id) : nil }
        continuation?.resume(throwing: CancellationError())
    }

    private func giveBack(_ connection: Connection) async {
        release(connection, isReusable: await connection.endLease())
    }

    private func release(_ connection: Connection, isReusable: Bool) {
        let actions = shared.withLock { $0.state.release(connection, isReusable: isReusable, now: clock.now) }
        if !actions.isEmpty { perform(actions) }
    }

    // MARK: - What the state asks for

    private func perform(_ actions: [PoolState<Connection>.Action]) {
        for action in actions {
            switch action {
            case .hand(let connection, let id):
                shared.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: connection)
            case .fail(let failure, let id):
                shared.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: failure.error)
            case .connect(let pause):
                open(after: pause)
            case .close(let connection):
                Task.detached {
                    await connection.close()
                    self.perform(self.shared.withLock { $0.state.didClose() })
                }
            case .finish:
                let closers = shared.withLock { shared in
                    defer { shared.closers.removeAll() }
                    return shared.closers
                }
                for closer in closers.values { closer.resume() }
            }
        }
    }

    private func open(after pause: Duration) {
        Task.detached { [self] in
            if pause > .zero { try? await clock.sleep(for: pause) }
            do {
                let connection = try await connect()
                perform(shared.withLock { $0.state.connected(connection, now: clock.now) })
            } catch {
                let failure = error as? PrismaError ?? PrismaError(.unreachable, "\(error)")
                perform(shared.withLock { $0.state.connectFailed(failure) })
            }
        }
    }

    /// One timer at a time: it wakes for the caller who gives up first, then for the next.
    private func setTimer() {
        let deadline = shared.withLock { shared -> ContinuousClock.Instant? in
            guard !shared.timerIsSet, let deadline = shared.state.nextDeadline else { return nil }
            shared.timerIsSet = true
            return deadline
        }
        guard let deadline else { return }
        Task.detached { [weak self, clock] in
            try? await clock.sleep(until: deadline)
            guard let self else { return }
            let actions = shared.withLock { shared in
                shared.timerIsSet = false
                return shared.state.expire(now: clock.now)
            }
            perform(actions)
            setTimer()
        }
    }
}
