import Testing

@testable import PrisMLCommands

@Suite struct OutputTests {
    static let terminals: [(variables: [String: String], isTerminal: Bool, styled: Bool, redraws: Bool)] = [
        ([:], true, true, true),
        (["TERM": "xterm-256color"], true, true, true),
        (["NO_COLOR": ""], true, true, true),
        (["NO_COLOR": "1"], true, false, true),
        (["TERM": "dumb"], true, false, false),
        ([:], false, false, false),
        (["TERM": "xterm"], false, false, false),
    ]

    @Test(arguments: terminals)
    func `Colours and redrawing are for terminals that want them`(
        variables: [String: String], isTerminal: Bool, styled: Bool, redraws: Bool
    ) {
        let captured = Captured()
        let output = Output(OutputTarget(isTerminal: isTerminal, write: captured.append), variables: variables)
        output.tick("done")
        output.flush()
        #expect(captured.text == (styled ? "\u{1B}[32m✓\u{1B}[0m done\n" : "✓ done\n"))
        #expect(output.canRedraw == redraws)
    }

    static let widths: [(columns: Int?, variables: [String: String], width: Int)] = [
        (120, [:], 120), (120, ["COLUMNS": "60"], 120), (nil, ["COLUMNS": "60"], 60), (nil, [:], 80), (nil, ["COLUMNS": "x"], 80),
        (1, [:], 20), (nil, ["COLUMNS": "-5"], 20), (nil, ["COLUMNS": "9999999999"], 100_000),
    ]

    @Test(arguments: widths)
    func `The width is the terminal's, or a sensible one`(columns: Int?, variables: [String: String], width: Int) {
        let output = Output(OutputTarget(columns: columns, write: { _ in 0 }), variables: variables)
        #expect(output.width == width)
    }

    @Test func `Errors cannot carry escape sequences to the terminal`() {
        let captured = Captured()
        let output = Output(OutputTarget(isTerminal: true, write: captured.append), variables: ["NO_COLOR": "1"])
        output.error("no file '\u{1B}[2J\u{7}\u{9B}'", next: "look\rcloser")
        output.flush()
        #expect(captured.text == "error: no file '␛[2J␇\u{FFFD}'\n help: look␍closer\n")
    }

    @Test func `A reader that leaves ends the command quietly`() async {
        let command = Command("talk", summary: "Talk for ever") { context in
            while true {
                try Task.checkCancellation()
                context.output.print(String(repeating: "x", count: 1_000))
            }
        }
        let root = Command(group: "sample", summary: "a sample", subcommands: [command])
        let run = await ToolRun(["talk"], root: root, write: { _ in 32 /* EPIPE */ })
        #expect(run.code == 141)
        #expect(run.errors == "")
    }

    @Test func `A full disk is an error`() async {
        let run = await ToolRun(["--help"], write: { _ in 28 /* ENOSPC */ })
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("error: cannot write the output: "))
    }

    @Test func `A cancelled command exits as an interrupted one`() async {
        let started = AsyncStream.makeStream(of: Void.self)
        let command = Command("wait", summary: "Wait for ever") { _ in
            started.continuation.yield()
            try await Task.sleep(for: .seconds(3_600))
            return .success
        }
        let root = Command(group: "sample", summary: "a sample", subcommands: [command])
        let task = Task { await ToolRun("wait", root: root) }
        for await _ in started.stream { break }
        task.cancel()
        let run = await task.value
        #expect(run.code == 130)
        #expect(run.errors == "")
    }
}
