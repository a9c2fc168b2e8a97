import Foundation
import Testing

@testable import PrisMLCommands

/// The built executable, with real signals, pipes and exit codes.
@Suite struct ProcessTests {
    static let runs: [(arguments: [String], code: Int32)] = [
        (["--version"], 0), (["--help"], 0), (["nonsense"], 2), (["completion", "tcsh"], 2),
    ]

    @Test(arguments: runs)
    func `The executable exits with the command's code`(arguments: [String], code: Int32) throws {
        let run = try Program.run(Program.prisml, arguments)
        #expect(run.code == code)
        #expect(run.output.isEmpty == (code != 0))
        #expect(run.errors.isEmpty == (code == 0))
    }

    @Test func `A broken pipe ends it quietly`() throws {
        let pipe = Pipe()
        let errors = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: Program.prisml)
        process.arguments = ["help", "--markdown"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = errors
        try pipe.fileHandleForReading.close()
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 141)
        try errors.fileHandleForWriting.close()
        #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
    }

    #if os(Linux)
    @Test(arguments: [SIGINT, SIGTERM])
    func `An interruption cancels the command`(signal: Int32) throws {
        let input = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: Program.prisml)
        // It reads for as long as the other end of its input is open.
        process.arguments = ["validate", "-"]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning, try !Self.handles(signal, process: process.processIdentifier) {
            Thread.sleep(forTimeInterval: 0.005)
        }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 128 + signal)
        try input.fileHandleForWriting.close()
    }

    /// Whether the process has taken the signal over; the mask in /proc has a bit for each.
    private static func handles(_ signal: Int32, process: Int32) throws -> Bool {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        let mask = line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0
        return mask & (1 << UInt64(signal - 1)) != 0
    }
    #endif
}
