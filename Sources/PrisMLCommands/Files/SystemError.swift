#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the operating system said.
enum SystemError {
    /// The code of the call that just failed.
    static var current: Int32 { errno }

    /// Whether a write failed because its reader left.
    static func isClosedPipe(_ code: Int32) -> Bool { code == EPIPE }

    /// `No space left on device`
    static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    /// The error for a file that could not be opened, read or written.
    static func file(_ path: String, _ doing: String, _ code: Int32) -> CommandError {
        switch code {
        case ENOENT, ENOTDIR: CommandError(.file, "there is no file '\(path)'")
        case EISDIR: CommandError(.file, "'\(path)' is a folder")
        case EACCES, EPERM: CommandError(.file, "this user may not \(doing) '\(path)'", next: "look at its permissions with 'ls -l'")
        default: CommandError(.file, "cannot \(doing) '\(path)': \(reason(code))")
        }
    }
}
