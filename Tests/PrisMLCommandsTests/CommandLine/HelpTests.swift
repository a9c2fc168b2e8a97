import Testing

@testable import PrisMLCommands

@Suite struct HelpTests {
    @Test func `A command's help shows everything it takes`() async {
        let run = await ToolRun("paint --help", root: SampleCommands.root)
        #expect(
            run.output == """
                sample paint: Paint a model

                Usage
                  sample paint [OPTIONS] MODEL [FILE]...

                First paragraph.

                Second paragraph.

                Arguments
                  MODEL      The model
                  [FILE]...  Files to read

                Options
                  -n, --dry-run    Only say what would be done
                  -p, --port N     The port (or SAMPLE_PORT in the environment; default: 8080)
                  --rate NUMBER    The rate
                  --colour COLOUR  The colour (one of red, green, blue; default: red)
                  --tag TAG        A tag (may be repeated)
                  --schema PATH    The schema
                  -h, --help       Show this help

                Examples
                  sample paint cube
                      Paint the cube red

                """)
    }

    @Test func `Help fits the terminal and is styled there`() async {
        let run = await ToolRun(["paint", "--help"], isTerminal: true, columns: 50, root: SampleCommands.root)
        #expect(run.output.contains("\u{1B}[1mUsage\u{1B}[0m"))
        for line in run.output.split(separator: "\n") { #expect(TextLayout.width(of: String(line)) <= 50) }
    }

    @Test func `The root's help lists the exit codes`() async {
        let run = await ToolRun("--help")
        for code in ExitCode.meanings { #expect(run.output.contains("\(code.code.rawValue)")) }
    }
}
