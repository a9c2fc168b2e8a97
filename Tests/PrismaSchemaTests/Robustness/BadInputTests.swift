import Testing

@testable import PrismaSchema

extension Robustness {
    /// Files that nobody would write, but that may arrive all the same.
    @Suite struct BadInputTests {
        /// The rules that a file breaks, in order, none of them twice.
        private func rules(_ bytes: [UInt8]) -> [String] {
            var rules: [String] = []
            for diagnostic in Schema.diagnostics(in: [SourceFile(path: "a.prisma", bytes: bytes)]) where !rules.contains(diagnostic.rule) {
                rules.append(diagnostic.rule)
            }
            return rules
        }

        private func rules(_ text: String) -> [String] { rules(Array(text.utf8)) }

        static let header = "datasource db {\n  provider = \"postgresql\"\n}\n"

        @Test func bytesThatAreNotUTF8() throws {
            let bytes = Array((BadInputTests.header + "model A {\n  id Int @id // ").utf8) + [0xC3, 0x28] + Array("\n}".utf8)
            let error = #expect(throws: SchemaError.self) { try Schema(files: [SourceFile(path: "a.prisma", bytes: bytes)]) }
            #expect(
                error?.description == """
                    a.prisma:5:17: error: the file is not UTF-8 text from here on
                     5 |   id Int @id // \u{FFFD}(
                       |                 ^
                       = help: save it with the encoding UTF-8
                    """)
            #expect(throws: SchemaError.self) { try SchemaFormatter.format([SourceFile(path: "a.prisma", bytes: bytes)]) }
        }

        @Test(
            arguments: [
                [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80], [0xFF, 0xFE],
            ] as [[UInt8]])
        func formsThatUTF8Forbids(_ bytes: [UInt8]) {
            #expect(SourceFile(path: "a", bytes: [0x61] + bytes).firstInvalidByte == 1)
        }

        @Test(arguments: ["", "a", "é", "€", "😀", "\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\u{D7FF}\u{E000}"])
        func formsThatUTF8Has(_ text: String) {
            #expect(SourceFile(path: "a", text: text).firstInvalidByte == nil)
        }

        @Test func aByteOrderMarkIsNoText() throws {
            let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array((BadInputTests.header + "model A {\n  id Int @id\n}").utf8)
            #expect(try Schema(files: [SourceFile(path: "a", bytes: bytes)]).models.count == 1)
        }

        @Test(arguments: ["\r\n", "\r", "\n"])
        func everyLineBreakCounts(_ lineBreak: String) {
            let text = "// a\nmodel A {\n  id Int @id\n  b Strng\n}\n".replacing("\n", with: lineBreak)
            let found = Schema.diagnostics(in: [SourceFile(path: "a", text: text)]).filter { $0.severity == .error }
            #expect(found.map(\.line) == [4])
            #expect(found.map(\.column) == [5])
            #expect(found.map(\.excerpt.text) == ["  b Strng"])
        }

        @Test func aNULByte() {
            #expect(rules(BadInputTests.header + "model A {\n  id Int @id\n\u{0}\n}") == ["unexpected-text"])
            #expect(rules("\u{0}") == ["unexpected-text"])
            #expect(rules(BadInputTests.header + "model A {\n  id String @id @default(\"\u{0}\")\n}") == ["control-character"])
        }

        @Test(arguments: ["(", "[", "{", "@x(", "f(", "[[", "(["])
        func brackets(_ bracket: String) {
            let many = String(repeating: bracket, count: 10_000)
            for text in [many, "model A {\n  id Int @id @default(\(many))\n}", "generator g {\n  a = \(many)\n}", "model A \(many)"] {
                let found = rules(BadInputTests.header + text)
                #expect(!found.isEmpty && !found.contains("unknown-type"))
            }
        }

        @Test func bracketsThatAreClosed() {
            let value = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
            #expect(
                rules(BadInputTests.header + "model A {\n  id Int @id\n  b Int[] @default(\(value))\n  c Strng\n}") == [
                    "nested-too-deeply", "unknown-type",
                ])
        }

        @Test func anUnterminatedString() {
            #expect(
                rules(BadInputTests.header + "generator g {\n  a = \"\(String(repeating: "x", count: 100_000))") == [
                    "unclosed-block", "unterminated-string",
                ])
        }

        @Test func aFileThatIsTooLarge() {
            #expect(rules([UInt8](repeating: 0x20, count: SourceFile.maximumSize + 1)) == ["file-too-large"])
        }

        /// A line of 20 MB has a column for each problem, and an excerpt of a size that can be read.
        @Test(arguments: [
            ("x", 20_000_000), ("\"", 2_000_000), ("@", 500_000), ("(", 500_000), ("{}", 500_000), ("é", 500_000), ("model A {", 500_000),
            ("/*", 500_000), ("\u{0}", 500_000), ("a.b", 500_000), ("\\", 500_000), ("}", 500_000), ("// ", 20_000_000),
        ])
        func aLineOfManyMegabytes(_ part: String, _ size: Int) {
            let text = String(repeating: part, count: size / part.utf8.count)
            let found = Schema.diagnostics(in: [SourceFile(path: "a", text: text)])
            #expect(!found.isEmpty && found.count <= Report.limit)
            #expect(found.allSatisfy { $0.excerpt.text.utf8.count < 1000 && $0.message.utf8.count < 1000 && $0.line == 1 })
        }

        @Test func aLongLineInsideOfABlock() {
            let names = repeatElement("id", count: 200_000).joined(separator: ", ")
            #expect(rules(BadInputTests.header + "model A {\n  id Int @id\n  @@index([\(names)])\n}") == ["repeated-field"])
        }

        @Test func everythingTwice() {
            let block = """
                generator g {
                  provider = "x"
                  provider = "x"
                }
                enum E {
                  A
                  A
                  @@map("e")
                  @@map("e")
                }
                model M {
                  id Int @id @id
                  id Int @id
                  e  E @default(A) @default(A)
                  @@map("m")
                  @@map("m")
                  @@unique([id, id], map: "u", map: "u")
                }
                """
            #expect(
                rules(BadInputTests.header + BadInputTests.header + block + "\n" + block).sorted() == [
                    "duplicate-argument", "duplicate-attribute", "duplicate-datasource", "duplicate-field", "duplicate-name",
                    "duplicate-setting",
                    "duplicate-value", "repeated-field",
                ])
        }

        /// Each kind of trouble, 10,000 times: the work must stay in proportion, which the time limit of a test run would notice.
        @Test(arguments: [
            "model M# {\n  id Int @id\n}\n", "model M {\n  id Int @id\n}\n", "enum E# {\n  A\n}\n", "model M# {\n  a Strng#\n}\n",
            "model M# {\n  id Int @id\n  o M0\n}\n", "model M# {\n  id Int @id\n  x M0[]\n  y M0[]\n}\n",
            "generator g# {\n  provider = \"x\"\n}\n",
            "garbage #\n", "type T# {\n  x T0\n}\n", "model M# {\n  id Int @id\n  @@map(\"x\")\n}\n", "model M# {\n",
        ])
        func tenThousandOf(_ block: String) {
            var text = BadInputTests.header
            for index in 0..<10_000 { text += block.replacing("#", with: String(index)) }
            let found = Schema.diagnostics(in: [SourceFile(path: "a", text: text)])
            #expect(found.count <= Report.limit)
        }

        @Test func aModelWithTenThousandFieldsAndKeys() throws {
            var text = BadInputTests.header + "model M {\n  id Int @id\n"
            for index in 0..<10_000 { text += "  f\(index) String @unique @default(\"x\")\n" }
            for index in 0..<10_000 { text += "  @@index([f\(index), id])\n" }
            let schema = try Schema(parsing: text + "}\n")
            #expect(schema.models[0].uniques.count == 10_000)
            #expect(try Schema(parsing: SchemaFormatter.format(text + "}\n")) == schema)
        }
    }
}
