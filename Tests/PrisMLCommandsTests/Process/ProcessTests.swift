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
}
