/// What went wrong in a run of `prisml`, and the next thing to try.
struct CommandError: Error, Hashable, Sendable {
    /// The kind of problem; open, so that a new kind breaks nobody.
    struct Code: RawRepresentable, Hashable, Sendable {
        let rawValue: String

        static let unknownCommand = Code(rawValue: "unknown-command")
        static let missingCommand = Code(rawValue: "missing-command")
        static let unknownOption = Code(rawValue: "unknown-option")
        static let unexpectedValue = Code(rawValue: "unexpected-value")
        static let missingValue = Code(rawValue: "missing-value")
        static let invalidValue = Code(rawValue: "invalid-value")
        static let repeatedOption = Code(rawValue: "repeated-option")
        static let missingArgument = Code(rawValue: "missing-argument")
        static let unexpectedArgument = Code(rawValue: "unexpected-argument")
        static let conflictingOptions = Code(rawValue: "conflicting-options")
        static let file = Code(rawValue: "file")
        static let unknownPredictor = Code(rawValue: "unknown-predictor")
        static let project = Code(rawValue: "project")
        static let database = Code(rawValue: "database")
        static let defect = Code(rawValue: "defect")
    }

    let code: Code
    let message: String
    /// What to do about it: a sentence or a command line.
    let next: String?

    init(_ code: Code, _ message: String, next: String? = nil) {
        self.code = code
        self.message = message
        self.next = next
    }

    var exitCode: ExitCode {
        switch code {
        case .file, .database, .project, .unknownPredictor: .input
        case .defect: .defect
        default: .usage
        }
    }
}
