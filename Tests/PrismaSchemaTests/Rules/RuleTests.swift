import Foundation
import Testing

@testable import PrismaSchema

@Suite struct RuleTests {
    static let rows =
        RuleRow.text + RuleRow.configuration + RuleRow.names + RuleRow.attributes + RuleRow.fields + RuleRow.keys + RuleRow.relations

    @Test(arguments: rows)
    func saysWhatIsWrongAndWhere(_ row: RuleRow) {
        let (text, marks) = row.marked
        let found = Schema.diagnostics(in: [SourceFile(path: "a.prisma", text: text)])
        let list = Comment(rawValue: found.map { $0.rendered() }.joined(separator: "\n"))
        #expect(found.map { RuleRow.Mark(line: $0.line, column: $0.column, length: $0.length) } == marks, list)
        #expect(found.allSatisfy { $0.rule == row.rule.rawValue }, list)
        #expect(found.first?.message == row.message, list)
    }

    @Test(arguments: rows)
    func acceptsWhatIsRight(_ row: RuleRow) {
        let found = Schema.diagnostics(in: [SourceFile(path: "a.prisma", text: row.goodText)])
        #expect(found.isEmpty, Comment(rawValue: found.map { $0.rendered() }.joined(separator: "\n")))
    }

    /// Files that are not text, or too large, cannot stand in a table of text.
    @Test func everyRuleHasARow() {
        let missing = Set(Rule.allCases).subtracting(RuleTests.rows.map(\.rule)).subtracting([.notUTF8, .fileTooLarge])
        #expect(missing.isEmpty)
    }
}

/// The page about the language names every rule.
@Suite struct DocumentationTests {
    @Test func namesEveryRule() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let page = try String(contentsOfFile: root + "/docs/schema.md", encoding: .utf8)
        let missing = Rule.allCases.map(\.rawValue).filter { !page.contains("`\($0)`") }
        #expect(missing.isEmpty)
    }
}
