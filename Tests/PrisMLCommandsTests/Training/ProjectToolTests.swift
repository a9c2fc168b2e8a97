import Synchronization
import TestSupport
import Testing

@testable import PrisMLCommands

/// `prisml train` outside of a project's own tool: it finds the tool and lets it take over.
@Suite struct ProjectToolTests {
    private static func run(
        _ line: String, files: [String: String], variables: [String: String] = [:]
    ) async throws -> (run: ToolRun, words: [String]) {
        let folder = try TemporaryFolder()
        for (path, text) in files { try folder.write(text, to: path) }
        let taken = Mutex<[String]>([])
        let run = await ToolRun(
            line.split(separator: " ").map(String.init), variables: variables, in: folder.path,
            become: { words, variables in
                taken.withLock { $0 = words }
                return variables.isEmpty ? .defect : .success
            })
        return (run, taken.withLock { $0 })
    }

    static let tool = "await PrisMLTool.run(predictors: [churn])\n"

    @Test(arguments: ["train churn --limit 5", "status", "check --json"])
    func `The one target that runs the tool is run with the same arguments`(line: String) async throws {
        let (run, words) = try await Self.run(
            line, files: ["Package.swift": "", "Sources/ml/main.swift": Self.tool, "Sources/app/main.swift": "print(1)\n"])
        #expect(words == ["swift", "run", "--quiet", "ml"] + line.split(separator: " ").map(String.init))
        #expect(run.code == 0)
        #expect(run.errors == "building and running 'swift run ml'\n")
    }

    @Test func `The settings name the target`() async throws {
        let (_, words) = try await Self.run(
            "train", files: ["prisml.json": "{ \"tool\": \"trainer\" }", "Sources/ml/main.swift": Self.tool, "Package.swift": ""])
        #expect(words == ["swift", "run", "--quiet", "trainer", "train"])
    }

    static let errors: [(files: [String: String], errors: String)] = [
        (
            [:],
            "error: there is no Swift package here, so there are no predictors\n help: run it in the folder of a project, or make one with 'prisml init'\n"
        ),
        (
            ["Package.swift": ""],
            "error: no target of this package hands its predictors to PrisMLTool\n help: add an executable target whose main.swift is: "
        ),
        (
            ["Package.swift": "", "Sources/a/main.swift": tool, "Sources/b/main.swift": tool],
            "error: several targets run PrisMLTool: a, b\n help: name the one to use in prisml.json: { \"tool\": \"a\" }\n"
        ),
        (["Package.swift": "", "prisml.json": "["], "error: 'prisml.json' cannot be read as settings\n"),
    ]

    @Test(arguments: errors)
    func `What keeps it from finding the tool is told`(files: [String: String], errors: String) async throws {
        let (run, words) = try await Self.run("train", files: files)
        #expect(run.errors.hasPrefix(errors))
        #expect(run.code == 1)
        #expect(words.isEmpty)
    }

    @Test func `A tool without predictors does not call itself`() async throws {
        let (run, words) = try await Self.run(
            "train", files: ["Package.swift": "", "Sources/ml/main.swift": Self.tool], variables: ["PRISML_IN_PROJECT": "1"])
        #expect(run.errors.hasPrefix("error: the project's tool hands over no predictors\n"))
        #expect(words.isEmpty)
    }
}
