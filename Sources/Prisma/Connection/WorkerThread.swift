import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A thread for calls that block, so that they never hold one of Swift's cooperative threads.
///
/// Work runs in the order in which it came. The thread starts with the first piece of work and ends with this object.
package final class WorkerThread: Sendable {
    private let queue = WorkQueue()

    package init() {}

    deinit {
        queue.stop()
    }

    /// Suspends the caller until `work` has run on the thread.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Result, any Error>) in
            queue.add {
                do {
                    continuation.resume(returning: try work())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Runs `work` on the thread without waiting for it.
    package func start(_ work: @escaping @Sendable () -> Void) {
        queue.add(work)
    }
}

/// What the thread and its owner share; the thread keeps it alive for as long as it runs.
private final class WorkQueue: Sendable {
    private struct State {
        var work: [@Sendable () -> Void] = []
        var isStarted = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    func add(_ work: @escaping @Sendable () -> Void) {
        let mustStart = state.withLock { state in
            state.work.append(work)
            defer { state.isStarted = true }
            return !state.isStarted
        }
        if mustStart { startThread() }
        signal.signal()
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        signal.signal()
    }

    private func loop() {
        while true {
            signal.wait()
            let (work, isStopped) = state.withLock { state in
                defer { state.work.removeAll(keepingCapacity: true) }
                return (state.work, state.isStopped)
            }
            for piece in work { piece() }
            if isStopped { return }
        }
    }

    private func startThread() {
        var thread = pthread_t(bitPattern: 0)
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(&thread, nil, Self.main, context)
        guard status == 0 else {
            // Out of threads: a queue of the system's is slower and always there.
            Unmanaged<WorkQueue>.fromOpaque(context).release()
            DispatchQueue(label: "prisml.worker").async { self.loop() }
            return
        }
        #if os(Linux)
        pthread_detach(thread)
        #else
        if let thread { pthread_detach(thread) }
        #endif
    }

    #if os(Linux)
    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        if let context { Unmanaged<WorkQueue>.fromOpaque(context).takeRetainedValue().loop() }
        return nil
    }
    #else
    private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { context in
        Unmanaged<WorkQueue>.fromOpaque(context).takeRetainedValue().loop()
        return nil
    }
    #endif
}
