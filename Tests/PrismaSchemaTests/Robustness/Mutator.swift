/// Makes damaged schemas, the same ones for the same seed.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
        // Mixed, since neighbouring states give the same numbers one step apart.
        state = random() ^ (seed << 48)
    }

    /// A schema of the list with one to three changes.
    mutating func next() -> [UInt8] {
        var bytes = Mutator.seeds[below(Mutator.seeds.count)]
        for _ in 0...min(below(3), below(3)) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let start = below(bytes.count + 1)
        let end = min(bytes.count, start + 1 + below(12))
        switch below(9) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: below(bytes.count + 1))
        case 2: bytes.insert(contentsOf: Mutator.words[below(Mutator.words.count)], at: start)
        case 3: bytes.replaceSubrange(start..<end, with: Mutator.words[below(Mutator.words.count)])
        case 4: if start < bytes.count { bytes[start] = UInt8(truncatingIfNeeded: random()) }
        case 5: changeLine(&bytes) { lines, index, _ in lines.remove(at: index) }
        case 6: changeLine(&bytes) { lines, index, other in lines.insert(lines[index], at: other) }
        case 7: changeLine(&bytes) { lines, index, other in lines.swapAt(index, other) }
        default:
            let other = Mutator.seeds[below(Mutator.seeds.count)]
            let cut = below(other.count + 1)
            bytes.insert(contentsOf: other[cut..<min(other.count, cut + 40)], at: start)
        }
    }

    private mutating func changeLine(_ bytes: inout [UInt8], _ change: (inout [ArraySlice<UInt8>], Int, Int) -> Void) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        change(&lines, below(lines.count), below(lines.count))
        bytes = Array(lines.joined(separator: [0x0A]))
    }

    private mutating func below(_ limit: Int) -> Int { Int(random() % UInt64(max(1, limit))) }

    /// SplitMix64
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A failing input in a form that can be pasted into a test.
    static func display(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).debugDescription + " from the bytes \(bytes)"
    }

    private static let words: [[UInt8]] =
        [
            "@", "@@", "{", "}", "(", ")", "[", "]", "\"", "\\", "//", "///", "/*", "*/", "\n", "\r\n", "\r", "\t", ",", ":", "=", ".", "?",
            "!", "-", "_", "0", "9", "ö", "\u{FEFF}", "\u{A0}", "\u{0}", "model", "enum", "view", "type", " A", " B", " C", "id", "String",
            "[]", "?\n", " @id", " @unique", "@@id([a, b])", "@@index([id])", "@@map(\"x\")", "// c\n", "/// d\n", "/* e */", "fields:",
            "references: [id]", "@relation(", "@default(", "map: \"y\"", "\n}\n", "\n\n", "{\n", "\u{301}", "@db.Text",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    private static let seeds: [[UInt8]] =
        [
            "datasource db {\n  provider = \"sqlite\"\n}\nmodel A {\n  id Int @id\n  b B[] // one\n}\nmodel B {\n  id Int @id\n  a A[]\n}\n",
            """
            /// doc
            model A {
              id Int @id @default(autoincrement())
              up Int? // c

              a A? @relation("t", fields: [up], references: [id], onDelete: Cascade)
              b A[] @relation("t")
              /// d
              @@index([up(sort: Desc), id], map: "i")
            }
            """,
            """
            enum B { // c
              X @map("x")
              Y

              @@map("b")
            } // d
            model A {
              a Int
              b B @default(X)
              @@id([a, b])
            }
            """,
            """
            generator g {
              provider = "x"
              l = ["a", env("B"), 1]
            }
            view V {
              id Int @unique
              s String[] @default(["a\\"b"]) @db.VarChar(3)
            }
            """,
            """
            model A {
              id Int @id
              b B @relation(fields: [id], references: [id])
            }
            model B {
              id Int @id
              a A?
              u Unsupported("x")?
              // e
              @@map("t")
              @@ignore
            }
            """,
        ].map { Array($0.utf8) }
}
