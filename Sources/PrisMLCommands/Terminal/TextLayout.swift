/// Text measured and cut as a terminal shows it.
enum TextLayout {
    /// The number of columns a text takes: wide East Asian characters and emoji take two, escape sequences and combining marks none.
    static func width(of text: String) -> Int {
        var width = 0
        var inEscape = false
        for character in text {
            if inEscape {
                if character.isLetter { inEscape = false }
            } else if character == "\u{1B}" {
                inEscape = true
            } else {
                width += columns(of: character)
            }
        }
        return width
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x300..<0x370, 0x200B...0x200F: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The text, filled up with spaces to a width.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - Self.width(of: text)))
    }

    /// The text, cut with an ellipsis where it does not fit.
    static func truncated(_ text: String, to width: Int) -> String {
        guard Self.width(of: text) > width, width > 0 else { return text }
        var kept = ""
        var used = 1
        for character in text {
            used += columns(of: character)
            if used > width { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// Lines of at most a width, broken at spaces; a longer word stays whole. Line breaks of the text are kept, and lines that begin
    /// with a space are left as they are.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            guard !line.hasPrefix(" ") else { return [String(line)] }
            var lines: [String] = []
            var current = ""
            for word in line.split(separator: " ") {
                if !current.isEmpty, Self.width(of: current) + 1 + Self.width(of: String(word)) > width {
                    lines.append(current)
                    current = ""
                }
                current += current.isEmpty ? String(word) : " " + word
            }
            return lines + [current]
        }
    }

    /// The text with control characters made visible, so that a file's content cannot drive the reader's terminal.
    static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += scalar.value < 0x20 ? String(Character(Unicode.Scalar(0x2400 + scalar.value) ?? "?")) : "\u{FFFD}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\t": false
        default: scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        }
    }
}
