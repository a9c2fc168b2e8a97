import PrismaSchema
import Testing

/// How a problem reads, on a terminal and for a program.
@Suite struct DiagnosticTests {
    private func first(_ text: String) throws -> Diagnostic {
        try #require(Schema.diagnostics(in: [SourceFile(path: "prisma/schema.prisma", text: text)]).first { $0.severity == .error })
    }

    @Test func rendersTheLineTheCaretAndTheNextStep() throws {
        let text = "// 1\n// 2\n// 3\n// 4\n// 5\n// 6\n// 7\n// 8\nmodel User {\n  id Strng @id\n}"
        #expect(
            try first(text).rendered() == """
                prisma/schema.prisma:10:6: error: unknown type 'Strng'; did you mean 'String'?
                 10 |   id Strng @id
                    |      ^^^^^
                    = help: write one of the types String, Int, Boolean, Float, DateTime, Json, BigInt, Decimal and Bytes, or add a model or enum named 'Strng'
                """)
        #expect(try first(text).description == "prisma/schema.prisma:10:6: error: unknown type 'Strng'; did you mean 'String'?")
    }

    @Test func colorsAreForTerminals() throws {
        let diagnostic = try first("model A {\n  id Int! @id\n}")
        #expect(!diagnostic.rendered().contains("\u{1B}"))
        #expect(diagnostic.rendered(inColor: true).contains("\u{1B}[1;31merror:\u{1B}[0m"))
    }

    @Test func theCaretIsUnderItsTextBehindTabsAndWideLetters() throws {
        let rendered = try first("model A {\n\tid\tInt @id @map(\"ä😀\") x\n}").rendered()
        #expect(rendered.contains("\n 2 | \tid\tInt @id @map(\"ä😀\") x\n   | \t  \t                   ^"))
    }

    @Test func aLongLineIsCutAroundTheProblem() throws {
        let diagnostic = try first(
            "model A {\n  id Int @id @map(\"\(String(repeating: "ä", count: 300))\") x // \(String(repeating: "b", count: 500))\n}")
        #expect(diagnostic.column == 323)
        #expect(diagnostic.excerpt.text.hasPrefix("…ä") && diagnostic.excerpt.text.hasSuffix("b…"))
        #expect(Array(diagnostic.excerpt.text)[diagnostic.excerpt.offset] == "x")
    }

    @Test func programsReadJSON() throws {
        #expect(Diagnostic.json([]) == "[]\n")
        #expect(
            Diagnostic.json([try first("generator g {\n  a = \"x\\\"\n}")])
                == #"""
                [
                  {"path": "prisma/schema.prisma", "line": 2, "column": 7, "length": 4, "severity": "error", "code": "P1012", "rule": "unterminated-string", "message": "the string is not closed on its line", "help": "end it with '\"'; a line break inside of a string is written \\n"}
                ]

                """#)
    }

    @Test func allProblemsAreInOneRunAndInOrder() {
        let files = [
            SourceFile(path: "b.prisma", text: "model B {\n  id Int @id\n  x Strng\n  = \n}\nmodel C {\n  y Nit\n}"),
            SourceFile(path: "a.prisma", text: "datasource db {\n  provider = \"sqllite\"\n}\nmodel B {\n}\n"),
        ]
        #expect(
            Schema.diagnostics(in: files).map { "\($0.path):\($0.line) \($0.rule)" } == [
                "b.prisma:3 unknown-type", "b.prisma:4 unexpected-text", "b.prisma:6 missing-key", "b.prisma:7 unknown-type",
                "a.prisma:2 unknown-provider", "a.prisma:4 duplicate-name",
            ])
    }

    @Test func warningsDoNotStopASchema() throws {
        let schema = try Schema(parsing: "model A {\n  id Int @id\n}")
        #expect(schema.warnings.map(\.rule) == ["missing-datasource"])
        #expect(schema.provider == .postgresql)
        #expect(schema.datasource == nil)
    }

    /// A slip in one line must not make good lines look wrong.
    @Test(arguments: [
        (
            "model A {\n  id Int @id\n  b B @relation(feilds: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}",
            ["unknown-argument"]
        ),
        ("modle A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n  a A?\n}", ["unknown-block"]),
        ("model A {\n  id Int @id\n  name\n  @@index([name])\n}", ["missing-type"]),
        ("model A {\n  id = Int @id\n}\nmodel B {\n  id Int @id\n  a A @relation(fields: [id], references: [id])\n}", ["missing-type"]),
        ("enum A {\n  = B\n}\nmodel C {\n  id Int @id\n  a A @default(B)\n}", ["unexpected-text"]),
        (
            "model A {\n  id Int @id\n  b B @relation(\"x, fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}",
            ["unterminated-string"]
        ),
        ("model A {\n  id Int @id\n  @@unique([id\n}", ["unclosed-bracket"]),
        (
            "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  aId Int\n  a Aa @relation(fields: [aId], references: [id])\n}",
            ["unknown-type"]
        ),
        ("model A {\n  id Int @id\n  a Int\n  b Int\n  @@index([a, b])\n  @@index([a, x])\n  @@index([a])\n}", ["unknown-field"]),
        ("model A {\n  id Int @id @default(autoincrement(\n  b Int\n}\nmodel B {\n  id Int @id\n}", ["unclosed-bracket"]),
    ])
    func oneSlipIsOneProblem(_ text: String, _ rules: [String]) {
        let found = Schema.diagnostics(in: [SourceFile(path: "a", text: "datasource db {\n  provider = \"postgresql\"\n}\n" + text)])
        #expect(found.map(\.rule) == rules, Comment(rawValue: found.map { $0.rendered() }.joined(separator: "\n")))
    }
}
