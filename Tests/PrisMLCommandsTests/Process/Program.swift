import Foundation
import TestSupport

/// Other programs, run to their end.
struct Program {
    let code: Int32
    let output: String
    let errors: String

    /// Where a program is, nil if it is not installed.
    static func path(of name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The `prisml` that was built beside these tests.
    static let prisml: String = {
        let bundles = [Bundle.main] + Bundle.allBundles
        let folders = bundles.flatMap { [$0.bundleURL, $0.bundleURL.deletingLastPathComponent()] }
        let found = folders.map { $0.appending(path: "prisml").path }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return found ?? "prisml"
    }()

    static func run(_ path: String, _ arguments: [String], environment: [String: String]? = nil) throws -> Program {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = environment
        // Files rather than pipes: nobody has to drain them while the program runs.
        let folder = try TemporaryFolder()
        let output = try folder.write("", to: "output")
        let errors = try folder.write("", to: "errors")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        try process.run()
        process.waitUntilExit()
        return Program(
            code: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}
