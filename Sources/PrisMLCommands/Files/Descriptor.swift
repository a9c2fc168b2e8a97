#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// An open file, closed when its owner goes.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Opens a file; throws the `errno`.
    init(opening path: String, flags: Int32, mode: mode_t = 0) throws(Errno) {
        let number = Self.retrying { open(path, flags | O_CLOEXEC, mode) }
        guard number >= 0 else { throw Errno(code: SystemError.current) }
        self.number = number
    }

    deinit { _ = close(number) }

    struct Errno: Error {
        let code: Int32
    }

    /// Calls until no signal gets in the way.
    private static func retrying<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result != -1 || SystemError.current != EINTR { return result }
        }
    }

    /// Everything from here to the end.
    static func readAll(_ number: Int32) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        while try readBlock(number, into: &bytes) {}
        return bytes
    }

    /// Everything up to the end of a pipe or terminal; the closure is called while nothing comes and may throw to give up.
    static func readAll(_ number: Int32, whileWaiting: () throws -> Void) throws -> [UInt8] {
        var bytes: [UInt8] = []
        repeat {
            var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            while poll(&waiting, 1, 100) <= 0 { try whileWaiting() }
        } while try readBlock(number, into: &bytes)
        return bytes
    }

    /// What is there, or comes next; nil at the end.
    static func readBlock(_ number: Int32) throws(Errno) -> [UInt8]? {
        var bytes: [UInt8] = []
        return try readBlock(number, into: &bytes) ? bytes : nil
    }

    /// Appends what is there; false at the end.
    private static func readBlock(_ number: Int32, into bytes: inout [UInt8]) throws(Errno) -> Bool {
        var count = 0
        let block = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
            count = retrying { read(number, buffer.baseAddress, buffer.count) }
            initialized = max(count, 0)
        }
        guard count >= 0 else { throw Errno(code: SystemError.current) }
        bytes.append(contentsOf: block)
        return count > 0
    }

    /// Writes all of the bytes; the value is 0 or an `errno`.
    static func writeAll(_ bytes: [UInt8], to number: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = retrying { write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if SystemError.current == EAGAIN {
                    // A non-blocking descriptor, as some terminals' parents leave them: wait until it takes more.
                    var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                } else {
                    return SystemError.current
                }
            }
            return 0
        }
    }
}
