import PrismaSchema
import Testing

/// What a text becomes. Rows without a second text are in their proper layout already.
struct FormatRow: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let expected: String

    init(_ name: String, _ text: String, _ expected: String? = nil) {
        self.name = name
        self.text = text
        self.expected = expected ?? text
    }

    var testDescription: String { name }
}

@Suite struct FormatTests {
    @Test(arguments: FormatRow.layout)
    func laysOut(_ row: FormatRow) throws {
        let formatted = try SchemaFormatter.format(row.text)
        #expect(formatted == row.expected)
        #expect(try SchemaFormatter.format(formatted) == formatted)
    }

    @Test(arguments: FormatRow.additions)
    func addsWhatRelationsMiss(_ row: FormatRow) throws {
        let formatted = try SchemaFormatter.format(row.text)
        #expect(formatted == row.expected)
        #expect(try SchemaFormatter.format(formatted) == formatted)
        #expect(throws: Never.self) { try Schema(parsing: "datasource db {\n  provider = \"postgresql\"\n}\n" + formatted) }
    }

    @Test(arguments: FormatRow.untouched)
    func addsNothingThatWouldBeAGuess(_ row: FormatRow) throws {
        #expect(try SchemaFormatter.format(row.text) == row.expected)
    }

    @Test func textThatDoesNotParseIsNotTouched() {
        let error = #expect(throws: SchemaError.self) { try SchemaFormatter.format("model A {\n  id: Int @id\n") }
        #expect(error?.diagnostics.map(\.rule) == ["unclosed-block", "legacy-type"])
    }

    @Test func addsToTheFileOfTheOtherModel() throws {
        let files = [
            SourceFile(
                path: "post.prisma", text: "model Post {\n  id Int @id\n  author User @relation(fields: [id], references: [id])\n}\n"),
            SourceFile(path: "user.prisma", text: "model User {\n  id Int @id\n}\n"),
        ]
        let formatted = try SchemaFormatter.format(files)
        #expect(formatted.map(\.path) == ["post.prisma", "user.prisma"])
        #expect(formatted[1].text == "model User {\n  id   Int   @id\n  post Post?\n}\n")
    }
}
