import Foundation
import Testing

@testable import PrisMLCommands

/// What holds for every command that is added to the tree.
@Suite struct CommandTreeTests {
    static let paths = CommandPath(root: .prisml).all

    @Test(arguments: paths)
    func `Every command is well declared`(path: CommandPath) {
        let command = path.command
        #expect((command.run == nil) == !command.subcommands.isEmpty, "a command runs or has commands, not both")
        #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
        let names = command.subcommands.map(\.name) + command.declarations.flatMap(\.spellings)
        #expect(Set(names).count == names.count, "no name stands for two things")
        #expect(!names.contains("--help") && !names.contains("-h"), "every command has these already")
        for declaration in command.declarations {
            #expect(!declaration.help.isEmpty && !declaration.help.hasSuffix("."), "\(declaration.label)")
            #expect((declaration.kind == .option) == !declaration.valueName.isEmpty, "\(declaration.label)")
            #expect((declaration.kind == .positional) == (declaration.name == declaration.name.uppercased()), "\(declaration.label)")
        }
        #expect(command.positionals.dropLast().allSatisfy { $0.count == .required }, "only the last may be left out or repeated")
    }

    @Test(arguments: paths)
    func `Every command's examples are command lines that parse`(path: CommandPath) throws {
        for example in path.command.examples {
            let words = example.line.split(separator: " ").map(String.init)
            let start = try #require(words.firstIndex { $0.hasSuffix("prisml") })
            let line = words[(start + 1)...].prefix { !["|", ">", "<", "&&"].contains($0) }.map { $0.filter { $0 != ")" } }
            #expect(throws: Never.self, "\(example.line)") { try CommandParser(root: .prisml, variables: [:]).parse(line) }
        }
    }

    @Test func `Help for a word after a command without commands says so`() async {
        let run = await ToolRun("help format extra")
        #expect(run.errors.hasPrefix("error: 'prisml format' has no commands of its own, so no 'extra'\n"))
        #expect(run.code == ExitCode.usage.rawValue)
    }

    @Test func `The page of all commands is up to date`() async throws {
        let page = Project.root.appending(path: "docs/commands.md")
        let run = await ToolRun("help --markdown")
        #expect(
            try String(contentsOf: page, encoding: .utf8) == run.output,
            "make it anew: swift run prisml help --markdown > docs/commands.md")
    }
}

/// Where this project is on the machine that runs its tests.
enum Project {
    static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
}
