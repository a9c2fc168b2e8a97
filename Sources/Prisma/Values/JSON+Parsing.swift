extension JSON {
    /// Why a text is not JSON, and where.
    public struct ParseError: Error, Hashable, Sendable {
        public var message: String
        /// The offset of the byte that does not fit.
        public var offset: Int
    }

    /// Parses a whole text; nesting deeper than 512 levels is refused.
    public init(parsing text: String) throws(ParseError) {
        var text = text
        let result: Result<JSON, ParseError> = text.withUTF8 { bytes in
            var parser = JSONParser(bytes: bytes)
            do throws(ParseError) {
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }
}

private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    mutating func document() throws(JSON.ParseError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("unexpected text after the value") }
        return value
    }

    private func failure(_ message: String) -> JSON.ParseError {
        JSON.ParseError(message: "\(message) at offset \(position)", offset: position)
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSON.ParseError) -> JSON {
        guard depth < 512 else { throw failure("nesting is too deep") }
        skipSpace()
        guard position < bytes.count else { throw failure("the text ends where a value should be") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.ParseError) -> JSON {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length else { throw failure("unexpected text") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] { throw failure("unexpected text") }
        position += length
        return value
    }

    private mutating func object(depth: Int) throws(JSON.ParseError) -> JSON {
        position += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("expected a key") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("expected ':'") }
            members[key] = try value(depth: depth + 1)
            skipSpace()
        } while take(",")
        guard take("}") else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSON.ParseError) -> JSON {
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw failure("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func number() throws(JSON.ParseError) -> JSON {
        let start = position
        var isWhole = true
        _ = take("-")
        guard digits() else {
            position = start
            throw failure("unexpected character")
        }
        if take(".") {
            isWhole = false
            guard digits() else { throw failure("expected a digit") }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard digits() else { throw failure("expected a digit") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw failure("the number is out of range") }
        return .double(value)
    }

    private mutating func digits() -> Bool {
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
        return position > start
    }

    private mutating func string() throws(JSON.ParseError) -> String {
        position += 1
        var start = position
        var result: [UInt8] = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                result.append(contentsOf: bytes[start..<position])
                guard let text = String(validating: result, as: UTF8.self) else { throw failure("the string is not valid UTF-8") }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                result.append(contentsOf: bytes[start..<position])
                position += 1
                result.append(contentsOf: String(try escape()).utf8)
                start = position
            case 0..<0x20:
                throw failure("a control character in a string")
            default:
                position += 1
            }
        }
        throw failure("the string is not closed")
    }

    private mutating func escape() throws(JSON.ParseError) -> Character {
        guard position < bytes.count else { throw failure("the string is not closed") }
        let character = bytes[position]
        position += 1
        switch character {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try unicodeEscape())
        default: throw failure("unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(JSON.ParseError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A surrogate: its pair must follow.
        guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else { throw failure("a lone surrogate") }
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure("a lone surrogate") }
        return scalar
    }

    private mutating func codeUnit() throws(JSON.ParseError) -> UInt32 {
        guard bytes.count - position >= 4,
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return value
    }
}
