import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where a program's errors go until somebody wants them: a file without a name, which goes with its process.
struct ErrorFile: ~Copyable {
    let descriptor: Int32

    init() throws {
        var name = Array("\(NSTemporaryDirectory())/prisml-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw TrainingError(.trainerFailed, "no temporary file can be made", suggestion: "look at the space and permissions of TMPDIR")
        }
        _ = unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { _ = close(descriptor) }

    /// The last lines.
    var tail: String {
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let count = min(max(size, 0), 2000)
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(pread(descriptor, buffer.baseAddress, count, off_t(size - count)), 0)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(4).joined(separator: " ").trimmingSpaces
    }
}
