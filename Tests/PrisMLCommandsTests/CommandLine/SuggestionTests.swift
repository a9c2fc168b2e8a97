import PrismaSchema
import Testing

@testable import PrisMLCommands

@Suite struct SuggestionTests {
    static let known = ["validate", "format", "help", "completion", "migrate", "generate"]

    static let cases: [(typed: String, meant: String?)] = [
        ("validte", "validate"), ("vlaidate", "validate"), ("VALIDATE", "validate"), ("fromat", "format"), ("formatt", "format"),
        ("hlp", "help"), ("comp", "completion"), ("mig", "migrate"), ("generat", "generate"),
        ("", nil), ("x", nil), ("zebra", nil), ("h", nil), ("deploy", nil), (String(repeating: "format", count: 1_000), nil),
    ]

    @Test(arguments: cases)
    func `The nearest word is suggested if it is near`(typed: String, meant: String?) {
        #expect(Suggestion.nearest(to: typed, in: Self.known) == meant)
    }

    @Test func `Nothing is nearest to nothing`() {
        #expect(Suggestion.nearest(to: "format", in: []) == nil)
    }
}
