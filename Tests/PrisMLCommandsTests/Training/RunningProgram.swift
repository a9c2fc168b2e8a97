import Foundation
import TestSupport
import Testing

/// A program while it runs: what it has printed so far, its children, and signals to it.
final class RunningProgram {
    private let process = Process()
    private let folder: TemporaryFolder

    struct DidNotHappen: Error, CustomStringConvertible {
        let description: String
    }

    init(_ path: String, _ arguments: [String], in directory: String, environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: try folder.write("", to: "output")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: try folder.write("", to: "errors")))
        try process.run()
    }

    var id: Int32 { process.processIdentifier }
    var output: String { (try? String(contentsOfFile: folder.file("output"), encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: folder.file("errors"), encoding: .utf8)) ?? "" }

    /// Waits until something holds, for as long as the program runs.
    func wait(until what: String, _ holds: (RunningProgram) -> Bool) throws {
        while !holds(self) {
            guard process.isRunning else { throw DidNotHappen(description: "\(what) never came: \(errors)") }
            Thread.sleep(forTimeInterval: 0.005)
        }
    }

    func wait(untilErrorsHold text: String) throws {
        try wait(until: text) { $0.errors.contains(text) }
    }

    /// Sends a signal to the program, as a terminal or a system does.
    func signal(_ number: Int32) {
        kill(id, number)
    }

    /// Waits for the end; a signal that ended it counts as 128 and its number, as in a shell.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    #if os(Linux)
    /// The processes that it started.
    var children: [Int32] {
        let own = "\(id)"
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter { child in
            let status = (try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)) ?? ""
            return status.split(separator: "\n").contains { $0.hasPrefix("PPid:") && $0.split(separator: "\t").last == own[...] }
        }
    }
    #endif

    /// Waits for the end of a process that is not a child of this one.
    static func waitForEnd(of id: Int32) {
        while kill(id, 0) == 0 { Thread.sleep(forTimeInterval: 0.005) }
    }
}
