/// A word of the schema language.
struct Token {
    let kind: Kind
    let span: Span

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
