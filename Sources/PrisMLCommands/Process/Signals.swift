import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// SIGINT and SIGTERM, handed to an action for as long as this value is not stopped.
///
/// Handlers are used and never `SIG_IGN`, because a child process would inherit that.
struct Signals {
    /// A handler may do next to nothing; it writes the signal's number into a pipe that a dispatch source reads.
    private static let pipeInput = Atomic<Int32>(-1)

    private let source: any DispatchSourceRead
    private let input: Int32

    /// Calls the action for each signal from now on; nil when the system has no descriptors left, and signals then do what they always do.
    init?(_ action: @escaping @Sendable (Int32) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        let (output, input) = (ends[0], ends[1])
        for end in [output, input] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.input = input
        source = DispatchSource.makeReadSource(fileDescriptor: output, queue: .global(qos: .userInitiated))
        source.setEventHandler {
            var number: UInt8 = 0
            while read(output, &number, 1) == 1 { action(Int32(number)) }
        }
        source.setCancelHandler { _ = close(output) }
        source.activate()

        Self.pipeInput.store(input, ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(Signals.pipeInput.load(ordering: .sequentiallyConsistent), &byte, 1)
                errno = code
            }
        }
    }

    /// Gives the signals back to the system.
    func stop() {
        for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
        source.cancel()
        _ = close(input)
    }

    /// Lets a write to a closed pipe, and one beyond the size that a file may have, fail with an error rather than end the process.
    static func surviveFailedWrites() {
        for number in [SIGPIPE, SIGXFSZ] { _ = signal(number) { _ in } }
    }

    /// Ends the process at once, without cleaning up.
    static func leaveNow(after signal: Int32) -> Never {
        _exit(128 + signal)
    }
}
