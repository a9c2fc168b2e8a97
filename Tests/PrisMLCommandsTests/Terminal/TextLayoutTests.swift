import Testing

@testable import PrisMLCommands

@Suite struct TextLayoutTests {
    static let widths: [(text: String, width: Int)] = [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("👍", 2), ("👩‍👩‍👧", 2), ("❤️", 2), ("✓", 1),
        ("\u{1B}[31mred\u{1B}[0m", 3),
        ("a\u{200B}b", 2),
    ]

    @Test(arguments: widths)
    func `Text is measured as a terminal shows it`(text: String, width: Int) {
        #expect(TextLayout.width(of: text) == width)
    }

    static let cuts: [(text: String, width: Int, cut: String)] = [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("abc", 1, "…"), ("", 1, ""),
    ]

    @Test(arguments: cuts)
    func `Text that does not fit is cut`(text: String, width: Int, cut: String) {
        #expect(TextLayout.truncated(text, to: width) == cut)
    }

    static let wraps: [(text: String, width: Int, lines: [String])] = [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 100, ["one two three"]),
        ("a\n\nb c", 1, ["a", "", "b", "c"]),
        ("extraordinary word", 5, ["extraordinary", "word"]),
        ("  kept   as it is", 5, ["  kept   as it is"]),
        ("", 10, [""]),
    ]

    @Test(arguments: wraps)
    func `Text is wrapped at spaces`(text: String, width: Int, lines: [String]) {
        #expect(TextLayout.wrapped(text, to: width) == lines)
    }

    static let table: Table = {
        var table = Table([.left("model"), .right("rows"), .left("state")])
        table.add(["User", "1200", "active"])
        table.add(["日本", "7", "stale since the schema changed"])
        table.add(["Short"])
        return table
    }()

    @Test func `Columns are aligned`() {
        #expect(
            Self.table.lines(width: nil) == [
                "model  rows  state",
                "User   1200  active",
                "日本      7  stale since the schema changed",
                "Short",
            ])
    }

    @Test func `The last column gives way on a narrow terminal`() {
        #expect(Self.table.lines(width: 20)[2] == "日本      7  stale …")
    }
}
