import Testing

@testable import PrisMLCommands

@Suite struct CommandParserTests {
    static let understood: [(line: String, output: String)] = [
        ("paint cube", "flag=false port=8080 rate=none colour=red tags=[] schema=none model=cube files=[]"),
        ("paint --dry-run cube", "flag=true port=8080 rate=none colour=red tags=[] schema=none model=cube files=[]"),
        ("paint -n -n cube", "flag=true port=8080 rate=none colour=red tags=[] schema=none model=cube files=[]"),
        ("paint cube --port 9 --rate=2.5", "flag=false port=9 rate=2.5 colour=red tags=[] schema=none model=cube files=[]"),
        ("paint -p 9 cube", "flag=false port=9 rate=none colour=red tags=[] schema=none model=cube files=[]"),
        ("paint -p=9 cube", "flag=false port=9 rate=none colour=red tags=[] schema=none model=cube files=[]"),
        ("paint --rate -2.5 cube", "flag=false port=8080 rate=-2.5 colour=red tags=[] schema=none model=cube files=[]"),
        ("paint --colour blue cube", "flag=false port=8080 rate=none colour=blue tags=[] schema=none model=cube files=[]"),
        (
            "paint --tag a --tag b=c cube --tag=d=e",
            #"flag=false port=8080 rate=none colour=red tags=["a", "b=c", "d=e"] schema=none model=cube files=[]"#
        ),
        ("paint --schema - cube", "flag=false port=8080 rate=none colour=red tags=[] schema=- model=cube files=[]"),
        ("paint --schema= cube", "flag=false port=8080 rate=none colour=red tags=[] schema= model=cube files=[]"),
        ("paint --schema=--odd cube", "flag=false port=8080 rate=none colour=red tags=[] schema=--odd model=cube files=[]"),
        (
            "paint cube a.txt - -5",
            #"flag=false port=8080 rate=none colour=red tags=[] schema=none model=cube files=["a.txt", "-", "-5"]"#
        ),
        (
            "paint -- --dry-run -n --help --",
            #"flag=false port=8080 rate=none colour=red tags=[] schema=none model=--dry-run files=["-n", "--help", "--"]"#
        ),
        ("models list", "list"),
        ("models show cube", "show cube"),
    ]

    @Test(arguments: understood)
    func `A command line is understood`(line: String, output: String) async {
        let run = await ToolRun(line, root: SampleCommands.root)
        #expect(run.output == output + "\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    static let refused: [(line: String, error: String, help: String?)] = [
        ("pain", "'sample' has no command 'pain'; did you mean 'paint'?", "'sample --help' lists the commands"),
        ("PAINT", "'sample' has no command 'PAINT'; did you mean 'paint'?", "'sample --help' lists the commands"),
        ("zzz", "'sample' has no command 'zzz'", "'sample --help' lists the commands"),
        ("models", "'sample models' needs to know which of its commands", "one of: list, show"),
        ("models lst", "'sample models' has no command 'lst'; did you mean 'list'?", "'sample models --help' lists the commands"),
        ("--hlep", "'sample' has no option '--hlep'; did you mean '--help'?", nil),
        ("--dry-run paint", "'sample' has no option '--dry-run'", "options come after the command: 'sample COMMAND --dry-run'"),
        (
            "paint --dryrun x", "'sample paint' has no option '--dryrun'; did you mean '--dry-run'?",
            "'sample paint --help' shows what it takes"
        ),
        (
            "paint -colour red x", "'sample paint' has no option '-colour'; did you mean '--colour'?",
            "'sample paint --help' shows what it takes"
        ),
        ("paint -z x", "'sample paint' has no option '-z'", "'sample paint --help' shows what it takes"),
        ("paint --=3 x", "'sample paint' has no option '--'", "'sample paint --help' shows what it takes"),
        ("paint --dry-run=yes x", "--dry-run takes no value, but got 'yes'", "'sample paint --help' shows what it takes"),
        ("paint x --port", "--port needs a value", "write it as '--port N'"),
        ("paint x --port --dry-run", "--port needs a value", "a value that begins with '-' is written '--port=--dry-run'"),
        ("paint x --port many", "--port takes a whole number, not 'many'", "'sample paint --help' shows what it takes"),
        (
            "paint x --port 99999999999999999999", "--port takes a whole number, not '99999999999999999999'",
            "'sample paint --help' shows what it takes"
        ),
        ("paint x --rate nan", "--rate takes a number, not 'nan'", "'sample paint --help' shows what it takes"),
        (
            "paint x --colour gren", "--colour takes one of red, green, blue, not 'gren'; did you mean 'green'?",
            "'sample paint --help' shows what it takes"
        ),
        ("paint x --port 1 --port 2", "--port is given twice; it takes one value", "'sample paint --help' shows what it takes"),
        ("paint", "MODEL is missing", "'sample paint --help' shows what it takes"),
        ("models list now", "'sample models list' takes no arguments, but got 'now'", "'sample models list --help' shows what it takes"),
        ("models show a b", "'sample models show' takes no more arguments, but got 'b'", "'sample models show --help' shows what it takes"),
        ("help nothing", "'sample' has no command 'nothing'", "'sample --help' lists the commands"),
    ]

    @Test(arguments: refused)
    func `A wrong command line is explained and exits with 2`(line: String, error: String, help: String?) async {
        let run = await ToolRun(line, root: SampleCommands.root)
        #expect(run.errors == "error: \(error)\n" + (help.map { " help: \($0)\n" } ?? ""))
        #expect(run.output == "")
        #expect(run.code == 2)
    }

    static let helped: [(line: String, command: String)] = [
        ("", "sample"), ("--help", "sample"), ("-h", "sample"), ("help", "sample"), ("models --help", "sample models"),
        ("models -h list", "sample models"), ("paint --help", "sample paint"), ("paint --wrong -h", "sample paint"),
        ("help paint", "sample paint"), ("help models show", "sample models show"), ("models list --help", "sample models list"),
    ]

    @Test(arguments: helped)
    func `Help is had in every way that people try`(line: String, command: String) async {
        let run = await ToolRun(line, root: SampleCommands.root)
        #expect(run.output.hasPrefix(command + ": "))
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test(arguments: ["--version", "-v"])
    func `The version is one line`(option: String) async {
        let run = await ToolRun(option)
        #expect(run.output == Version.line + "\n")
        #expect(run.output.hasPrefix("prisml \(Version.number)"))
        #expect(run.code == 0)
    }

    static let variables: [(value: String, line: String, expected: String)] = [
        ("9", "paint cube", "port=9"),
        ("9", "paint cube --port 7", "port=7"),
        ("", "paint cube", "port=8080"),
        ("x", "paint cube --port 7", "port=7"),
    ]

    @Test(arguments: variables)
    func `An environment variable stands in for an option`(value: String, line: String, expected: String) async {
        let run = await ToolRun(
            line.split(separator: " ").map(String.init), variables: ["SAMPLE_PORT": value], root: SampleCommands.root)
        #expect(run.output.contains(expected + " "))
    }

    @Test func `A wrong environment variable is named`() async {
        let run = await ToolRun(["paint", "cube"], variables: ["SAMPLE_PORT": "x"], root: SampleCommands.root)
        #expect(
            run.errors.hasPrefix(
                "error: the environment variable SAMPLE_PORT, which stands in for --port, takes a whole number, not 'x'\n"))
        #expect(run.code == 2)
    }

    @Test func `Reading what is not declared is a defect, not a trap`() async {
        let command = Command("odd", summary: "Read what is not declared") { context in
            _ = try context[SampleCommands.port]
            return .success
        }
        let run = await ToolRun("odd", root: Command(group: "sample", summary: "a sample", subcommands: [command]))
        #expect(run.code == 70)
        #expect(run.errors.contains("the command reads --port but does not declare it"))
    }

    @Test func `An error of an unknown kind is a defect`() async {
        struct Strange: Error {}
        let command = Command("odd", summary: "Throw") { _ in throw Strange() }
        let run = await ToolRun("odd", root: Command(group: "sample", summary: "a sample", subcommands: [command]))
        #expect(run.code == 70)
        #expect(run.errors == "error: a defect of prisml: Strange()\n help: please report it with the command line and '\(Version.line)'\n")
    }

    @Test func `Any words give an answer`() async {
        let words = [
            "", "-", "--", "---", "=", "--=", "-=", "--schema", "--schema=", "paint", "models", "help", "--help", "-h", "-n", "-p", "é",
            "\0",
            "--tag", "\u{1B}[31m", "-1", "--port=1", "sample", String(repeating: "x", count: 10_000),
        ]
        var random = SeededRandom(seed: 7)
        for _ in 0..<3_000 {
            let line = (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in words.randomElement(using: &random) }
            let run = await ToolRun(line, root: SampleCommands.root)
            #expect([0, 2].contains(run.code), "\(line)")
            #expect((run.code == 0) == run.errors.isEmpty, "\(line)")
            #expect(!run.errors.unicodeScalars.contains("\u{1B}"), "\(line)")
        }
    }
}

/// The same numbers in every run (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
