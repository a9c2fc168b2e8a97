import Testing

@testable import PrismaSchema

/// A schema that breaks one rule, what is said about it, and the same schema put right.
///
/// `«…»` in the bad schema marks what each diagnostic underlines. Without a datasource, one for `provider` is put in front.
struct RuleRow: Sendable, CustomTestStringConvertible {
    let rule: Rule
    let bad: String
    let message: String
    let good: String
    let provider: Provider

    init(_ rule: Rule, _ bad: String, _ message: String, good: String) {
        self.init(rule, .postgresql, bad, message, good: good)
    }

    init(_ rule: Rule, _ provider: Provider, _ bad: String, _ message: String, good: String) {
        self.rule = rule
        self.bad = bad
        self.message = message
        self.good = good
        self.provider = provider
    }

    var testDescription: String { "\(rule.rawValue): \(message)" }

    /// The bad schema without marks, and the lines, columns and lengths of the marks.
    var marked: (text: String, marks: [Mark]) {
        var text = ""
        var marks: [Mark] = []
        var (line, column) = (1, 1)
        var start: (Int, Int)?
        for scalar in (header(bad) + bad).unicodeScalars {
            switch scalar {
            case "«": start = (line, column)
            case "»":
                if let (line, first) = start { marks.append(Mark(line: line, column: first, length: max(1, column - first))) }
                start = nil
            default:
                text.unicodeScalars.append(scalar)
                if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
            }
        }
        return (text, marks)
    }

    var goodText: String { header(good) + good }

    private func header(_ text: String) -> String {
        text.contains("datasource") ? "" : "datasource db {\n  provider = \"\(provider.rawValue)\"\n}\n\n"
    }

    struct Mark: Equatable, Comparable {
        let line: Int
        let column: Int
        let length: Int

        static func < (left: Mark, right: Mark) -> Bool { (left.line, left.column) < (right.line, right.column) }
    }
}
