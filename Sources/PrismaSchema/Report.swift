/// Collects what is wrong while a schema is read.
struct Report {
    private(set) var problems: [Problem] = []
    /// How many errors there were, those that were dropped included.
    private(set) var errorCount = 0

    var hasErrors: Bool { errorCount > 0 }

    /// More than anyone reads; the rest is dropped so that a file of garbage stays cheap.
    static let limit = 1000

    struct Problem {
        let rule: Rule
        let severity: Diagnostic.Severity
        let place: Place
        let message: String
        let help: String?
    }

    mutating func error(_ rule: Rule, _ place: Place, _ message: String, help: String? = nil) {
        errorCount += 1
        add(rule, .error, place, message, help)
    }

    mutating func warning(_ rule: Rule, _ place: Place, _ message: String, help: String? = nil) {
        add(rule, .warning, place, message, help)
    }

    private mutating func add(
        _ rule: Rule, _ severity: Diagnostic.Severity, _ place: Place, _ message: String, _ help: String?
    ) {
        if isFull { return }
        problems.append(Problem(rule: rule, severity: severity, place: place, message: message, help: help))
    }

    var isFull: Bool { problems.count >= Report.limit }

    /// The known name that is nearest to what was written; nothing when nobody would read it.
    func closest(to text: String, in candidates: some Sequence<String>) -> String? {
        isFull ? nil : Suggestion.closest(to: text, in: candidates)
    }

    /// Whether the last problem begins at that place, so that one slip is not reported twice.
    func endsAt(_ place: Place) -> Bool {
        problems.last.map { $0.place.file == place.file && $0.place.span.start == place.span.start } ?? false
    }

    /// The problems as diagnostics, ordered by file and position.
    func diagnostics(in files: [SourceFile]) -> [Diagnostic] {
        let ordered = problems.enumerated().sorted { left, right in
            let (a, b) = (left.element.place, right.element.place)
            return (a.file, a.span.start, left.offset) < (b.file, b.span.start, right.offset)
        }
        var locator = Locator(files: files)
        return ordered.map { locator.diagnostic($0.element) }
    }
}
