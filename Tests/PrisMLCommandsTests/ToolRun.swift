import Synchronization

@testable import PrisMLCommands

/// One run of `prisml` in this process: what it was given, and what came of it.
struct ToolRun {
    let code: Int32
    let output: String
    let errors: String

    init(
        _ arguments: [String], input: [UInt8] = [], variables: [String: String] = [:], isTerminal: Bool = false, columns: Int? = nil,
        in folder: String = "/nowhere", root: Command = .prisml, write: (@Sendable ([UInt8]) -> Int32)? = nil,
        tool: PrisMLTool = PrisMLTool(), become: (@Sendable ([String], [String: String]) throws -> ExitCode)? = nil
    ) async {
        let output = Captured()
        let errors = Captured()
        var environment = CommandEnvironment(
            arguments: arguments, variables: variables, workingDirectory: folder, readInput: { input },
            output: OutputTarget(isTerminal: isTerminal, columns: columns, write: write ?? output.append),
            errors: OutputTarget(isTerminal: isTerminal, columns: columns, write: errors.append))
        if let become { environment.become = become }
        code = await tool.run(in: environment, root: root).rawValue
        self.output = output.text
        self.errors = errors.text
    }

    /// A line as a person types it; words are separated by spaces.
    init(_ line: String, root: Command = .prisml) async {
        await self.init(line.split(separator: " ").map(String.init), root: root)
    }
}

/// Bytes that were written somewhere.
final class Captured: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ more: [UInt8]) -> Int32 {
        bytes.withLock { $0 += more }
        return 0
    }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
