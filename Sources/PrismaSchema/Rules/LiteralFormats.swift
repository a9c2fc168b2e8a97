/// The forms of text that defaults of some types have.
enum RFC3339 {
    /// Whether the text is a date and time with a zone: `2024-02-29T12:00:00.5Z`, `2024-02-29T12:00:00+01:00`.
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let year = digits(bytes, 0, 4), bytes[4] == ASCII.minus, let month = digits(bytes, 5, 2),
            bytes[7] == ASCII.minus, let day = digits(bytes, 8, 2),
            [UInt8(ascii: "T"), UInt8(ascii: "t"), ASCII.space].contains(bytes[10]),
            let hour = digits(bytes, 11, 2), bytes[13] == ASCII.colon, let minute = digits(bytes, 14, 2), bytes[16] == ASCII.colon,
            let second = digits(bytes, 17, 2)
        else { return false }
        guard (1...12).contains(month), day >= 1, day <= days(month, year), hour < 24, minute < 60, second <= 60 else { return false }
        var offset = 19
        if bytes[offset] == ASCII.dot {
            let start = offset + 1
            offset = start
            while offset < bytes.count, ASCII.isDigit(bytes[offset]) { offset += 1 }
            if offset == start { return false }
        }
        return zone(Array(bytes[offset...]))
    }

    private static func zone(_ bytes: [UInt8]) -> Bool {
        if bytes.count == 1 { return bytes[0] | 0x20 == UInt8(ascii: "z") }
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == ASCII.minus, bytes[3] == ASCII.colon,
            let hours = digits(bytes, 1, 2), let minutes = digits(bytes, 4, 2)
        else { return false }
        return hours < 24 && minutes < 60
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
        guard start + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[start..<start + count] {
            guard ASCII.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}

enum Base64Check {
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let padding = bytes.suffix(2).reversed().prefix { $0 == ASCII.equals }.count
        return bytes.count % 4 == 0
            && bytes.dropLast(padding).allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "+") || $0 == ASCII.slash
            }
    }
}

/// Whether a text is one JSON value, decided without a tree and without recursion.
struct JSONCheck {
    private let bytes: [UInt8]
    private var offset = 0
    /// The brackets that are open, each by its closing byte.
    private var open: [UInt8] = []

    static func isValid(_ text: String) -> Bool {
        var check = JSONCheck(bytes: Array(text.utf8))
        return check.run()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func run() -> Bool {
        repeat {
            guard value() else { return false }
            while true {
                skipSpace()
                guard let closing = open.last else { return offset == bytes.count }
                if current == closing {
                    offset += 1
                    open.removeLast()
                    continue
                }
                guard current == ASCII.comma else { return false }
                offset += 1
                if closing == ASCII.closeBrace, !key() { return false }
                break
            }
        } while true
    }

    /// A scalar, or the opening of a list or an object up to its first value.
    private mutating func value() -> Bool {
        while true {
            skipSpace()
            switch current {
            case ASCII.quote: return string()
            case ASCII.openBracket:
                offset += 1
                skipSpace()
                open.append(ASCII.closeBracket)
                if current == ASCII.closeBracket { return true }
            case ASCII.openBrace:
                offset += 1
                skipSpace()
                open.append(ASCII.closeBrace)
                if current == ASCII.closeBrace { return true }
                if !key() { return false }
            case let byte? where byte == ASCII.minus || ASCII.isDigit(byte): return number()
            default: return word("true") || word("false") || word("null")
            }
        }
    }

    private mutating func key() -> Bool {
        skipSpace()
        guard string() else { return false }
        skipSpace()
        guard current == ASCII.colon else { return false }
        offset += 1
        return true
    }

    private mutating func string() -> Bool {
        guard current == ASCII.quote else { return false }
        offset += 1
        while let byte = current {
            offset += 1
            if byte == ASCII.quote { return true }
            if byte < ASCII.space { return false }
            if byte == ASCII.backslash {
                guard let escape = current, "\"\\/bfnrtu".utf8.contains(escape) else { return false }
                offset += 1
                if escape == UInt8(ascii: "u"), !hexadecimal() { return false }
            }
        }
        return false
    }

    private mutating func hexadecimal() -> Bool {
        for _ in 0..<4 {
            guard let byte = current, ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 6 else { return false }
            offset += 1
        }
        return true
    }

    private mutating func number() -> Bool {
        if current == ASCII.minus { offset += 1 }
        let start = offset
        guard digits() else { return false }
        if bytes[start] == UInt8(ascii: "0"), offset - start > 1 { return false }
        if current == ASCII.dot {
            offset += 1
            if !digits() { return false }
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if current == UInt8(ascii: "+") || current == ASCII.minus { offset += 1 }
            if !digits() { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = offset
        while let byte = current, ASCII.isDigit(byte) { offset += 1 }
        return offset > start
    }

    private mutating func word(_ text: StaticString) -> Bool {
        let word = Array(String(describing: text).utf8)
        guard bytes[offset...].starts(with: word) else { return false }
        offset += word.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == ASCII.space || byte == ASCII.tab || byte == ASCII.newline || byte == ASCII.carriageReturn {
            offset += 1
        }
    }
}
