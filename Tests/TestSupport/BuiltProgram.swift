import Foundation

/// A program of this package, built beside the tests and run as a process of its own.
public final class BuiltProgram: Sendable {
    private let process: Process
    private let output: FileHandle

    /// - Parameters:
    ///   - environment: What is set beside the variables of this process.
    ///   - errors: Whether what it writes to standard error belongs to its output.
    public init(_ name: String, _ arguments: [String] = [], environment: [String: String] = [:], errors: Bool = false) throws {
        process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.executableURL = Self.folder.appending(path: name)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        if errors { process.standardError = pipe }
        process.standardInput = FileHandle.nullDevice
        output = pipe.fileHandleForReading
        try process.run()
    }

    /// Where the tests are built: on Linux beside the test program, on Apple's systems around the bundle.
    private static let folder: URL = {
        #if os(Linux)
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #else
        return Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent() ?? URL(filePath: ".")
        #endif
    }()

    /// Whatever it has printed since; waits for something, and gives nothing once it has ended.
    public func read() -> String {
        String(decoding: output.availableData, as: UTF8.self)
    }

    /// Ends it as a crash would, and gives the rest of what it had printed.
    public func kill() -> String {
        Foundation.kill(process.processIdentifier, SIGKILL)
        let rest = output.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: rest, as: UTF8.self)
    }

    /// Waits for its end.
    public func wait() -> (status: Int32, output: String) {
        let data = output.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
