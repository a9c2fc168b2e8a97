#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Work in several threads at once, for batches that are worth starting a thread for.
enum Threads {
    /// Calls `body` with 0 to `count - 1`, each in a thread of its own but the first, and returns when all are done.
    static func run(_ count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let threads = (1..<max(count, 1)).map { index in RunningThread { body(index) } }
            body(0)
            for thread in threads { thread.join() }
        }
    }

    /// Calls `body` with parts of `0..<count`, in several threads where the work is worth it.
    ///
    /// - Parameter workPerItem: about how many nodes, or other things of that size, an item is made of.
    static func forEach(_ count: Int, workPerItem: Int, _ body: (Range<Int>) -> Void) {
        let threads = wanted(count, workPerItem)
        guard threads > 1 else { return body(0..<count) }
        run(threads) { body(count * $0 / threads..<count * ($0 + 1) / threads) }
    }

    /// The same with what each part gives, in order.
    static func map<Part>(_ count: Int, workPerItem: Int, _ body: (Range<Int>) -> Part) -> [Part] {
        let threads = wanted(count, workPerItem)
        guard threads > 1 else { return [body(0..<count)] }
        return [Part](unsafeUninitializedCapacity: threads) { parts, initialized in
            guard let parts = parts.baseAddress else { return }
            // Each thread writes its own part.
            run(threads) { (parts + $0).initialize(to: body(count * $0 / threads..<count * ($0 + 1) / threads)) }
            initialized = threads
        }
    }

    /// A thread takes as long to start as some thousand nodes take.
    private static func wanted(_ count: Int, _ workPerItem: Int) -> Int {
        min(4, count, count * max(workPerItem, 1) / 20_000, processors)
    }

    private static let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}

/// One thread and its work; whoever starts it joins it.
private final class RunningThread: @unchecked Sendable {
    // Written before the thread starts, and read by it alone.
    private let body: () -> Void
    #if canImport(Darwin)
    private var handle: pthread_t?
    #else
    private var handle: pthread_t = 0
    #endif
    private var isStarted = false

    init(_ body: @escaping () -> Void) {
        self.body = body
        var handle = self.handle
        isStarted = pthread_create(&handle, nil, runThread, Unmanaged.passUnretained(self).toOpaque()) == 0
        self.handle = handle
    }

    func run() {
        body()
    }

    /// Waits for the work; does it here, where no thread was to be had.
    func join() {
        guard isStarted else {
            body()
            return
        }
        #if canImport(Darwin)
        if let handle { pthread_join(handle, nil) }
        #else
        pthread_join(handle, nil)
        #endif
    }
}

#if canImport(Darwin)
private func runThread(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<RunningThread>.fromOpaque(context).takeUnretainedValue().run()
    return nil
}
#else
private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<RunningThread>.fromOpaque(context).takeUnretainedValue().run() }
    return nil
}
#endif
