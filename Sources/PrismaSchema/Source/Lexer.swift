/// Cuts the bytes of a file into tokens, in one pass, whatever the bytes are.
///
/// Spaces are left out; line breaks and comments are tokens, since the language and the formatter need them.
struct Lexer {
    private let bytes: [UInt8]
    private let file: Int
    private var offset = 0
    private var tokens: [Token] = []
    private var report: Report

    /// The tokens of a file, the last of them `.end`.
    static func tokens(of file: SourceFile, index: Int, report: inout Report) -> [Token] {
        guard file.bytes.count <= SourceFile.maximumSize else {
            report.error(
                .fileTooLarge, Place(file: index, span: Span(start: 0, end: 0)), "the file is larger than 64 megabytes",
                help: "a schema is text of a few megabytes at most; is this the right file?")
            return [Token(kind: .end, span: Span(start: 0, end: 0))]
        }
        if let offset = file.firstInvalidByte {
            report.error(
                .notUTF8, Place(file: index, span: Span(start: offset, end: offset + 1)), "the file is not UTF-8 text from here on",
                help: "save it with the encoding UTF-8")
        }
        var lexer = Lexer(bytes: file.bytes, file: index, report: report)
        lexer.run()
        report = lexer.report
        return lexer.tokens
    }

    private init(bytes: [UInt8], file: Int, report: Report) {
        self.bytes = bytes
        self.file = file
        self.report = report
        tokens.reserveCapacity(bytes.count / 5 + 1)
    }

    private mutating func run() {
        while offset < bytes.count {
            let start = offset
            let byte = bytes[offset]
            switch byte {
            case ASCII.space, ASCII.tab: offset += 1
            case ASCII.newline: emit(.newline, length: 1)
            case ASCII.carriageReturn: emit(.newline, length: peek(1) == ASCII.newline ? 2 : 1)
            case ASCII.openBrace: emit(.openBrace, length: 1)
            case ASCII.closeBrace: emit(.closeBrace, length: 1)
            case ASCII.openParenthesis: emit(.openParenthesis, length: 1)
            case ASCII.closeParenthesis: emit(.closeParenthesis, length: 1)
            case ASCII.openBracket: emit(.openBracket, length: 1)
            case ASCII.closeBracket: emit(.closeBracket, length: 1)
            case ASCII.comma: emit(.comma, length: 1)
            case ASCII.colon: emit(.colon, length: 1)
            case ASCII.equals: emit(.equals, length: 1)
            case ASCII.dot: emit(.dot, length: 1)
            case ASCII.question: emit(.question, length: 1)
            case ASCII.exclamation: emit(.exclamation, length: 1)
            case ASCII.at: emit(peek(1) == ASCII.at ? .doubleAt : .at, length: peek(1) == ASCII.at ? 2 : 1)
            case ASCII.quote: string()
            case ASCII.slash where peek(1) == ASCII.slash: lineComment()
            case ASCII.slash where peek(1) == ASCII.asterisk: blockComment()
            case ASCII.minus where ASCII.isDigit(peek(1)): number()
            case _ where ASCII.isDigit(byte): number()
            case _ where ASCII.isName(byte): name()
            default:
                let length = max(1, UTF8Scalar.length(in: bytes, at: offset))
                if isUnicodeSpace(length: length) {
                    offset += length
                } else if length > 1 {
                    name()
                } else {
                    emit(.unknown, length: 1)
                }
            }
            assert(offset > start)
        }
        emit(.end, length: 0)
    }

    private func peek(_ distance: Int) -> UInt8 {
        offset + distance < bytes.count ? bytes[offset + distance] : 0
    }

    private mutating func emit(_ kind: Token.Kind, length: Int) {
        tokens.append(Token(kind: kind, span: Span(start: offset, end: offset + length)))
        offset += length
    }

    private mutating func emit(_ kind: Token.Kind, from start: Int) {
        tokens.append(Token(kind: kind, span: Span(start: start, end: offset)))
    }

    /// A name; letters outside of ASCII are taken in, so that one message names the whole word.
    private mutating func name() {
        let start = offset
        skipName()
        emit(.identifier, from: start)
    }

    private mutating func skipName() {
        while offset < bytes.count {
            if ASCII.isNamePart(bytes[offset]) {
                offset += 1
                continue
            }
            let length = UTF8Scalar.length(in: bytes, at: offset)
            if length < 2 || isUnicodeSpace(length: length) { return }
            offset += length
        }
    }

    /// `-1`, `2.5`; digits that run on into letters are a name, which the parser then refuses.
    private mutating func number() {
        let start = offset
        if bytes[offset] == ASCII.minus { offset += 1 }
        skipDigits()
        if peek(0) == ASCII.dot, ASCII.isDigit(peek(1)) {
            offset += 1
            skipDigits()
        }
        if offset < bytes.count, ASCII.isNamePart(bytes[offset]) {
            skipName()
            emit(.identifier, from: start)
        } else {
            emit(.number, from: start)
        }
    }

    private mutating func skipDigits() {
        while ASCII.isDigit(peek(0)) { offset += 1 }
    }

    /// A string ends on its line; one that does not is reported and ends where the line ends.
    private mutating func string() {
        let start = offset
        offset += 1
        var reportedControl = false
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case ASCII.quote:
                offset += 1
                return emit(.string, from: start)
            case ASCII.newline, ASCII.carriageReturn:
                return unterminated(from: start)
            case ASCII.backslash:
                let next = peek(1)
                offset += next == ASCII.newline || next == ASCII.carriageReturn || offset + 1 >= bytes.count ? 1 : 2
            case _ where byte < ASCII.space:
                if !reportedControl {
                    report.error(
                        .controlCharacter, Place(file: file, span: Span(start: offset, end: offset + 1)),
                        "a control character stands in a string", help: "write it as an escape, such as \\t or \\u0007")
                    reportedControl = true
                }
                offset += 1
            default: offset += 1
            }
        }
        unterminated(from: start)
    }

    private mutating func unterminated(from start: Int) {
        report.error(
            .unterminatedString, Place(file: file, span: Span(start: start, end: offset)), "the string is not closed on its line",
            help: "end it with '\"'; a line break inside of a string is written \\n")
        emit(.unterminatedString, from: start)
    }

    private mutating func lineComment() {
        let start = offset
        let isDocumentation = peek(2) == ASCII.slash
        while offset < bytes.count, bytes[offset] != ASCII.newline, bytes[offset] != ASCII.carriageReturn { offset += 1 }
        emit(isDocumentation ? .documentation : .comment, from: start)
    }

    private mutating func blockComment() {
        let start = offset
        offset += 2
        while offset < bytes.count {
            if bytes[offset] == ASCII.asterisk, peek(1) == ASCII.slash {
                offset += 2
                return emit(.comment, from: start)
            }
            offset += 1
        }
        report.error(
            .unterminatedComment, Place(file: file, span: Span(start: start, end: start + 2)), "the comment is never closed",
            help: "end it with '*/'")
        emit(.comment, from: start)
    }

    /// Whether the scalar at the offset is one of Unicode's space separators.
    private func isUnicodeSpace(length: Int) -> Bool {
        guard length == 2 || length == 3 else { return false }
        switch (bytes[offset], bytes[offset + 1], length == 3 ? bytes[offset + 2] : 0) {
        case (0xC2, 0xA0, 0), (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return true
        default: return false
        }
    }
}
