/// A word of the schema language.
struct Token {
    let kind: Kind
    /// Offsets fit into 32 bits, since larger files are refused; a file can have as many tokens as bytes.
    private let start: UInt32
    private let end: UInt32

    init(kind: Kind, span: Span) {
        self.kind = kind
        start = UInt32(truncatingIfNeeded: span.start)
        end = UInt32(truncatingIfNeeded: span.end)
    }

    var span: Span { Span(start: Int(start), end: Int(end)) }

    enum Kind: UInt8 {
        case identifier
        case number
        case string
        /// One that is not closed on its line, which has been reported.
        case unterminatedString
        case openBrace
        case closeBrace
        case openParenthesis
        case closeParenthesis
        case openBracket
        case closeBracket
        case comma
        case colon
        case equals
        case dot
        case question
        case exclamation
        case at
        case doubleAt
        case newline
        /// `// …` or `/* … */`
        case comment
        /// `/// …`
        case documentation
        /// A character that has no meaning in the language.
        case unknown
        case end
    }
}
