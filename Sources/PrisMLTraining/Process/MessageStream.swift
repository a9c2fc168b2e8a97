#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// One end of a connection between a process and its child: numbers and texts as they lie in memory, since both ends are one program.
struct MessageStream: ~Copyable {
    private let descriptor: Int32

    /// Takes the descriptor over, and closes it in the end.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        #if canImport(Darwin)
        var on: Int32 = 1
        _ = setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit { _ = close(descriptor) }

    /// The other end is gone, or says what no end of ours says.
    struct Broken: Error {}

    // MARK: Writing

    func write<Number: BitwiseCopyable>(_ number: Number) throws {
        try withUnsafeBytes(of: number) { try send($0) }
    }

    func write<Number: BitwiseCopyable>(_ numbers: [Number]) throws {
        try write(numbers.count)
        try numbers.withUnsafeBytes { try send($0) }
    }

    /// Numbers whose count the reader knows.
    func write<Number: BitwiseCopyable>(raw numbers: [Number]) throws {
        try numbers.withUnsafeBytes { try send($0) }
    }

    /// Lets the other end read to the end, while this one still reads.
    func finishWriting() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Self.call.send(descriptor, start, rest.count, flags)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Broken() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    // MARK: Reading

    func read<Number: BitwiseCopyable>(_ type: Number.Type) throws -> Number {
        try withUnsafeTemporaryAllocation(of: Number.self, capacity: 1) { buffer in
            try receive(UnsafeMutableRawBufferPointer(buffer))
            return buffer[0]
        }
    }

    func readArray<Number: BitwiseCopyable>(of type: Number.Type) throws -> [Number] {
        try readRaw(of: type, count: try read(Int.self))
    }

    func readRaw<Number: BitwiseCopyable>(of type: Number.Type, count: Int) throws -> [Number] {
        guard count >= 0, count <= 1 << 40 / max(MemoryLayout<Number>.stride, 1) else { throw Broken() }
        return try [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
            try receive(
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * MemoryLayout<Number>.stride)]))
            initialized = count
        }
    }

    /// Everything up to the end.
    func readAll() -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = try? read(UInt8.self) { bytes.append(byte) }
        return bytes
    }

    private func receive(_ bytes: UnsafeMutableRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Self.call.receive(descriptor, start, rest.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Broken() }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// The system's functions, whose names are those of methods here.
    private enum call {
        #if canImport(Darwin)
        static let (send, receive) = (Darwin.send, Darwin.recv)
        #elseif canImport(Musl)
        static let (send, receive) = (Musl.send, Musl.recv)
        #else
        static let (send, receive) = (Glibc.send, Glibc.recv)
        #endif
    }
}
