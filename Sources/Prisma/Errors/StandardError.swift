#if canImport(Darwin)
private import Darwin
#elseif canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#endif

/// Where a program says what is not its answer.
enum StandardError {
    /// Writes a line.
    static func print(_ line: String) {
        // A line that cannot be written has nowhere else to go.
        _ = Array((line + "\n").utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
