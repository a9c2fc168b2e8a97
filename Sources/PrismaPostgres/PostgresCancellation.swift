internal import CPostgres
import Prisma
import Synchronization

/// What it takes to cancel whatever a connection is doing, from any thread.
final class PostgresCancelKey: @unchecked Sendable {
    // libpq allows PQcancel from any thread; nothing else touches it before the last user has gone.
    private let pointer: OpaquePointer?

    init(_ handle: PostgresHandle) {
        pointer = PQgetCancel(handle.pointer)
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Asks the server; blocks.
    func cancel() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(pointer, message.baseAddress, 256)
        }
    }
}

/// The cancellation of one operation: it reaches that operation and never the one after it.
final class PostgresCancellation: Sendable {
    private struct State {
        var isRequested = false
        var isSent = false
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// How long a server may take to react before the connection is given up.
    private static let patience = Duration.seconds(10)

    private let key: PostgresCancelKey
    private let giveUp: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter giveUp: Ends the operation when the server does not react.
    init(_ key: PostgresCancelKey, giveUp: @escaping @Sendable () -> Void) {
        self.key = key
        self.giveUp = giveUp
    }

    var isRequested: Bool { state.withLock { $0.isRequested } }

    func request() {
        let isFirst = state.withLock { state in
            guard !state.isRequested, !state.isOver else { return false }
            state.isRequested = true
            return true
        }
        guard isFirst else { return }
        Task.detached { [self] in
            try? await Task.sleep(for: Self.patience)
            if !state.withLock({ $0.isOver }) { giveUp() }
        }
        let thread = WorkerThread()
        thread.start { [self] in
            key.cancel()
            let waiter = state.withLock { state in
                state.isSent = true
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    /// Ends the operation; a request that is on its way arrives first, unless the connection is lost anyway.
    func finish(isLost: Bool) async {
        let mustWait = state.withLock { state in
            state.isOver = true
            return state.isRequested && !state.isSent && !isLost
        }
        guard mustWait else { return }
        await withCheckedContinuation { continuation in
            let isSent = state.withLock { state in
                if !state.isSent { state.waiter = continuation }
                return state.isSent
            }
            if isSent { continuation.resume() }
        }
    }
}
