/// The rules of a connection pool, without threads and without a clock of its own.
///
/// Each event returns what is to be done about it; `Pool` does it.
package struct PoolState<Connection> {
    package typealias Instant = ContinuousClock.Instant

    /// What the pool has to do, in order.
    package enum Action {
        case hand(Connection, to: Int)
        case fail(PoolFailure, waiter: Int)
        /// Open a connection; `after` is a pause that spares a server which just refused one.
        case connect(after: Duration)
        case close(Connection)
        /// The pool is closed and so is its last connection.
        case finish
    }

    private struct Idle {
        var connection: Connection
        /// nil where it makes no difference: reading a clock takes time.
        var since: Instant?
    }

    private struct Waiter {
        var id: Int
        var deadline: Instant
    }

    package let limits: PoolLimits
    private var idle: [Idle] = []
    /// Oldest first; all wait equally long, so the first is also the first to give up.
    private var waiters: [Waiter] = []
    private var nextWaiter = 0
    private(set) package var leased = 0
    private(set) package var connecting = 0
    private(set) package var closing = 0
    private var failures = 0
    private var hasConnected = false
    private(set) package var lastConnectError: PrismaError?
    private(set) package var isClosed = false

    package init(limits: PoolLimits) {
        self.limits = limits
    }

    package var idleCount: Int { idle.count }
    package var waiterCount: Int { waiters.count }
    package var nextDeadline: Instant? { waiters.first?.deadline }

    // MARK: - Leasing

    /// A connection that is free now; those that lay idle for too long leave through `close`.
    package mutating func takeIdle(now: @autoclosure () -> Instant, close: inout [Connection]) -> Connection? {
        guard !isClosed, waiters.isEmpty else { return nil }
        while let last = idle.popLast() {
            guard let lifetime = limits.idleLifetime, let since = last.since, now() - since > lifetime else {
                leased += 1
                return last.connection
            }
            closing += 1
            close.append(last.connection)
        }
        return nil
    }

    /// A name for a caller that is about to wait.
    package mutating func makeWaiter() -> Int {
        defer { nextWaiter += 1 }
        return nextWaiter
    }

    /// Queues a caller that found no free connection.
    package mutating func wait(_ id: Int, now: Instant) -> [Action] {
        guard !isClosed else { return [.fail(.closed, waiter: id)] }
        waiters.append(Waiter(id: id, deadline: now + limits.timeout))
        return serveWaiters()
    }

    /// Forgets a caller that was cancelled; false if it was served or failed before.
    package mutating func cancel(waiter id: Int) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Fails the callers whose time is up.
    package mutating func expire(now: Instant) -> [Action] {
        let expired = waiters.prefix { $0.deadline <= now }
        let failure = PoolFailure.timedOut(limits: limits, leased: leased, connecting: connecting, lastConnectError: lastConnectError)
        defer { waiters.removeFirst(expired.count) }
        return expired.map { .fail(failure, waiter: $0.id) }
    }

    // MARK: - Connections come and go

    package mutating func connected(_ connection: Connection, now: Instant) -> [Action] {
        connecting -= 1
        failures = 0
        hasConnected = true
        lastConnectError = nil
        guard !isClosed else { return [close(connection)] }
        idle.append(Idle(connection: connection, since: now))
        return serveWaiters()
    }

    /// A connection could not be opened.
    ///
    /// A server that was there before is probably restarting: callers wait for it until their deadline. One that never
    /// answered, or refuses these credentials, will not do better: all who wait are told at once.
    package mutating func connectFailed(_ error: PrismaError) -> [Action] {
        connecting -= 1
        failures += 1
        lastConnectError = error
        if isClosed { return finishIfDone() }
        guard hasConnected || leased > 0, error.code.mayPass else {
            defer { waiters.removeAll() }
            return waiters.map { .fail(.connect(error), waiter: $0.id) }
        }
        return serveWaiters()
    }

    /// A lease came back: `isReusable` is false for a connection that is dead.
    package mutating func release(_ connection: Connection, isReusable: Bool, now: @autoclosure () -> Instant) -> [Action] {
        leased -= 1
        if isClosed { return [close(connection)] }
        guard isReusable else { return [close(connection)] + serveWaiters() }
        idle.append(Idle(connection: connection, since: limits.idleLifetime == nil ? nil : now()))
        return waiters.isEmpty ? [] : serveWaiters()
    }

    package mutating func close() -> [Action] {
        guard !isClosed else { return finishIfDone() }
        isClosed = true
        let failed = waiters
        let unused = idle
        waiters.removeAll()
        idle.removeAll()
        return failed.map { .fail(.closed, waiter: $0.id) } + unused.map { close($0.connection) } + finishIfDone()
    }

    /// A connection that was to be closed is.
    package mutating func didClose() -> [Action] {
        closing -= 1
        return isClosed ? finishIfDone() : []
    }

    private mutating func close(_ connection: Connection) -> Action {
        closing += 1
        return .close(connection)
    }

    /// Hands out what is idle, and opens as many connections as the callers who remain could use.
    private mutating func serveWaiters() -> [Action] {
        var actions: [Action] = []
        while let waiter = waiters.first, let free = idle.popLast() {
            waiters.removeFirst()
            leased += 1
            actions.append(.hand(free.connection, to: waiter.id))
        }
        while connecting < waiters.count, leased + idle.count + connecting < limits.maximum {
            connecting += 1
            actions.append(.connect(after: pause))
            // After a failure one attempt at a time is enough to see whether the server is back.
            if failures > 0 { break }
        }
        return actions
    }

    /// 0, then 50 ms doubling up to 1 s.
    private var pause: Duration {
        failures == 0 ? .zero : .milliseconds(min(1000, 50 << min(failures - 1, 5)))
    }

    private func finishIfDone() -> [Action] {
        leased == 0 && connecting == 0 && closing == 0 ? [.finish] : []
    }
}

/// How many connections a pool opens and how long it makes a caller wait.
package struct PoolLimits: Sendable, Hashable {
    package var maximum: Int
    package var timeout: Duration
    /// A connection that was not used for this long is replaced rather than trusted.
    package var idleLifetime: Duration?

    package init(maximum: Int, timeout: Duration, idleLifetime: Duration? = nil) {
        self.maximum = max(1, maximum)
        self.timeout = timeout
        self.idleLifetime = idleLifetime
    }
}

/// Why a lease could not be had.
package enum PoolFailure: Error {
    case timedOut(limits: PoolLimits, leased: Int, connecting: Int, lastConnectError: PrismaError?)
    case connect(PrismaError)
    case closed

    package var error: PrismaError {
        switch self {
        case .connect(let error):
            return error
        case .closed:
            return PrismaError(.connectionClosed, "The database has been closed.", help: "Keep the client open for as long as it is used.")
        case .timedOut(let limits, let leased, let connecting, let lastConnectError):
            var message =
                "No connection became free within \(limits.timeout); \(leased) of \(limits.maximum) are in use\(connecting > 0 ? ", \(connecting) being opened" : "")."
            if let lastConnectError {
                message += " The last attempt to connect failed: \(lastConnectError.code): \(lastConnectError.message)"
            }
            let help =
                lastConnectError?.help
                ?? "Raise `connection_limit` or `pool_timeout` in the URL, and make no query on the client while a transaction of the same task holds a connection: use the transaction's."
            return PrismaError(.poolTimeout, message, databaseMessage: lastConnectError?.databaseMessage, help: help)
        }
    }
}

extension PrismaError.Code {
    /// Whether the same attempt to connect may succeed a little later.
    fileprivate var mayPass: Bool {
        self == .unreachable || self == .timedOut || self == .connectionClosed || self == .operationTimedOut
    }
}
