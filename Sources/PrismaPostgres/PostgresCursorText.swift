/// What can be told about a statement from its text.
enum PostgresCursorText {
    /// Whether it is a query that changes nothing, which the server can make a cursor for.
    static func isReadOnly(_ sql: String) -> Bool {
        var words = Words(bytes: Array(sql.utf8))
        switch words.next() {
        case "SELECT", "VALUES", "TABLE":
            return true
        case "WITH":
            // `WITH gone AS (DELETE … RETURNING …) SELECT …`
            while let word = words.next() {
                if ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(word) { return false }
            }
            return true
        default:
            return false
        }
    }

    /// The words of a statement in capitals, without what is quoted or commented out.
    private struct Words {
        let bytes: [UInt8]
        var position = 0

        mutating func next() -> String? {
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuoted(bytes[position])
                case UInt8(ascii: "-") where follows(UInt8(ascii: "-")): skipLine()
                case UInt8(ascii: "/") where follows(UInt8(ascii: "*")): skipComment()
                case let byte where Self.isLetter(byte): return word()
                default: position += 1
                }
            }
            return nil
        }

        private func follows(_ byte: UInt8) -> Bool {
            position + 1 < bytes.count && bytes[position + 1] == byte
        }

        private mutating func skipQuoted(_ mark: UInt8) {
            position += 1
            while position < bytes.count, bytes[position] != mark { position += 1 }
            position += 1
        }

        private mutating func skipLine() {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        }

        private mutating func skipComment() {
            position += 2
            while position < bytes.count, !(bytes[position] == UInt8(ascii: "*") && follows(UInt8(ascii: "/"))) { position += 1 }
            position += 2
        }

        private mutating func word() -> String {
            var word: [UInt8] = []
            while position < bytes.count, Self.isLetter(bytes[position]) || (48...57).contains(bytes[position]) {
                word.append((97...122).contains(bytes[position]) ? bytes[position] - 32 : bytes[position])
                position += 1
            }
            return String(decoding: word, as: UTF8.self)
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_") || byte >= 128
        }
    }
}
