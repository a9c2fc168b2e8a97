internal import CPostgres
import Prisma
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Waits for sockets: one thread for many of them.
final class SocketPoller: Sendable {
    private struct Wait {
        var isForWriting: Bool
        var onReady: @Sendable () -> Bool
        var continuation: UnsafeContinuation<Bool, Never>
    }

    private let set: Int32
    private let waits = Mutex<[Int32: Wait]>([:])
    private let thread = WorkerThread()

    private init() {
        set = prisml_sockets_create()
        thread.start { [self] in loop() }
    }

    /// The pollers of the process; they live as long as it does.
    ///
    /// Results are parsed on a poller's thread, so that a large one does not go back and forth between two. More than a
    /// few of them would only help a program that does nothing else.
    private static let all: [SocketPoller] = {
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return (0..<max(1, min(4, processors / 2))).map { _ in SocketPoller() }
    }()

    private static let next = Mutex(0)

    /// The poller for a new connection.
    static func assign() -> SocketPoller {
        let index = next.withLock { next in
            next = (next + 1) % all.count
            return next
        }
        return all[index]
    }

    /// Watches the socket until `onReady`, called on the poller's thread whenever there is something to read (or, if asked,
    /// room to write), says that it has seen enough. Gives false if the wait was interrupted.
    ///
    /// A statement's wait goes on when its task is cancelled, until the server has confirmed that; others may end at once.
    func wait(
        on socket: Int32, forWriting: Bool, endsIfCancelled: Bool = false, _ onReady: @escaping @Sendable () -> Bool
    ) async -> Bool {
        await withUnsafeContinuation { continuation in
            waits.withLock { $0[socket] = Wait(isForWriting: forWriting, onReady: onReady, continuation: continuation) }
            arm(socket, forWriting)
            if endsIfCancelled, Task.isCancelled { interrupt(socket) }
        }
    }

    /// Ends a wait at once; harmless if there is none.
    func interrupt(_ socket: Int32) {
        waits.withLock { $0.removeValue(forKey: socket) }?.continuation.resume(returning: false)
    }

    private func arm(_ socket: Int32, _ forWriting: Bool) {
        // It fails for a socket that libpq has closed, and for want of memory.
        if prisml_sockets_arm(set, socket, forWriting ? 1 : 0) != 0 { interrupt(socket) }
    }

    private func loop() {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 64) { sockets in
            while true {
                let count = prisml_sockets_wait(set, sockets.baseAddress, Int32(sockets.count))
                for index in 0..<Int(max(0, count)) { serve(sockets[index]) }
            }
        }
    }

    private func serve(_ socket: Int32) {
        guard let wait = waits.withLock({ $0[socket] }) else { return }
        guard wait.onReady() else { return arm(socket, wait.isForWriting) }
        waits.withLock { $0.removeValue(forKey: socket) }?.continuation.resume(returning: true)
    }
}
