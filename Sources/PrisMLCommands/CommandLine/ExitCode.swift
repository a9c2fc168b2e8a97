/// How a run of `prisml` ended, as the shell sees it.
struct ExitCode: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    static let success = ExitCode(rawValue: 0)
    /// What the user gave is wrong: a schema, a file, a database; or a check did not hold: a gate, a predictor that is stale.
    static let input = ExitCode(rawValue: 1)
    /// The command line itself is wrong.
    static let usage = ExitCode(rawValue: 2)
    /// A defect of PrisML (`EX_SOFTWARE` of sysexits.h).
    static let defect = ExitCode(rawValue: 70)
    /// Interrupted from the keyboard, as shells count it: 128 + SIGINT.
    static let interrupted = ExitCode(rawValue: 130)
    /// Cut short because nobody reads the output any more: 128 + SIGPIPE.
    static let outputClosed = ExitCode(rawValue: 141)

    /// What `--help` and docs/commands.md say about each code.
    static let meanings: [(code: ExitCode, meaning: String)] = [
        (.success, "all is well"),
        (.input, "what you gave is wrong (a schema, a file, a database), or a check failed (a gate, a stale predictor)"),
        (.usage, "the command line is wrong"),
        (.defect, "a defect of PrisML; please report it"),
        (.interrupted, "interrupted with Ctrl-C; 143 when another program ended it"),
        (.outputClosed, "cut short because the reader of its output left"),
    ]
}
