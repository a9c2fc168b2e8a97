/// Reads the text of strings.
enum StringLiteral {
    /// The content of a string token, its escapes resolved as in JSON. A wrong escape is reported.
    static func value(_ span: Span, in file: SourceFile, index: Int, report: inout Report) -> String {
        let end = span.end - span.start > 1 && file.bytes[span.end - 1] == ASCII.quote ? span.end - 1 : span.end
        let inner = Span(start: span.start + 1, end: end)
        let bytes = file.bytes
        guard bytes[min(inner.start, end)..<end].contains(ASCII.backslash) else { return file.text(inner) }
        var result: [UInt8] = []
        var offset = inner.start
        while offset < end {
            let byte = bytes[offset]
            guard byte == ASCII.backslash else {
                result.append(byte)
                offset += 1
                continue
            }
            let escape = self.escape(bytes, offset, end)
            if let scalar = escape.scalar {
                result.append(contentsOf: Array(String(scalar).utf8))
            } else {
                report.error(
                    .invalidEscape, Place(file: index, span: Span(start: offset, end: min(end, offset + escape.length))),
                    "unknown escape '\(file.text(Span(start: offset, end: min(end, offset + escape.length))))'",
                    help: "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits")
            }
            offset += escape.length
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func escape(_ bytes: [UInt8], _ offset: Int, _ end: Int) -> (scalar: Unicode.Scalar?, length: Int) {
        guard offset + 1 < end else { return (nil, 1) }
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""): return ("\"", 2)
        case UInt8(ascii: "\\"): return ("\\", 2)
        case UInt8(ascii: "/"): return ("/", 2)
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "u"): return unicode(bytes, offset, end)
        default: return (nil, 1 + max(1, UTF8Scalar.length(in: bytes, at: offset + 1)))
        }
    }

    /// `\u00E9`, or two of them for a character beyond the first 65,536.
    private static func unicode(_ bytes: [UInt8], _ offset: Int, _ end: Int) -> (scalar: Unicode.Scalar?, length: Int) {
        guard let high = hexadecimal(bytes, offset + 2, end) else { return (nil, 2) }
        if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
        guard high < 0xDC00, offset + 7 < end, bytes[offset + 6] == ASCII.backslash, bytes[offset + 7] == UInt8(ascii: "u"),
            let low = hexadecimal(bytes, offset + 8, end), (0xDC00...0xDFFF).contains(low)
        else { return (nil, 6) }
        return (Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)), 12)
    }

    private static func hexadecimal(_ bytes: [UInt8], _ offset: Int, _ end: Int) -> UInt32? {
        guard offset + 4 <= end else { return nil }
        var value: UInt32 = 0
        for byte in bytes[offset..<offset + 4] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
