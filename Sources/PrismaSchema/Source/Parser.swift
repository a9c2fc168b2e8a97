/// Builds the tree of one file. A line that cannot be read is reported and skipped, so that one run shows every problem.
struct Parser {
    let file: SourceFile
    let index: Int
    let tokens: [Token]
    var cursor = 0
    var report: Report
    /// Whether a comment was met inside of the brackets that are being read.
    var metInnerComment = false
    /// Whether the block that is being read has a line that could not be.
    var isBlockDamaged = false
    /// Where the last bracket was given up.
    var givenUpAt = -1

    /// Deeper than any real schema nests; the bound keeps the stack safe.
    static let maximumDepth = 32

    /// The tree of a file; what is wrong with it is added to the report.
    static func tree(of file: SourceFile, index: Int, report: inout Report) -> Tree {
        let tokens = Lexer.tokens(of: file, index: index, report: &report)
        var parser = Parser(file: file, index: index, tokens: tokens, report: report)
        let tree = parser.tree()
        report = parser.report
        return tree
    }

    private mutating func tree() -> Tree {
        var tree = Tree(file: index)
        tree.isDamaged = file.bytes.count > SourceFile.maximumSize
        var documentation: [Span] = []
        var isLineEmpty = true
        while current.kind != .end {
            switch current.kind {
            case .newline:
                if isLineEmpty {
                    tree.items.append(.blank)
                    documentation = []
                }
                isLineEmpty = true
                cursor += 1
                continue
            case .comment, .documentation:
                if current.kind == .documentation { documentation.append(current.span) }
                tree.items.append(.comment(current.span))
                cursor += 1
            case .identifier where isBlock:
                if let block = block(documentation) {
                    tree.items.append(.block(block))
                } else {
                    tree.isDamaged = true
                }
                documentation = []
            default:
                tree.isDamaged = true
                error(.unexpectedText, current.span, "expected a block, found \(description(current))", help: Parser.blockHelp)
                skipToBlock()
                documentation = []
            }
            isLineEmpty = false
        }
        return tree
    }

    static let blockHelp = "a schema file holds blocks: datasource, generator, model, view, enum or type, each with a name and braces"

    /// Whether a block begins here, perhaps with a slip in its keyword.
    private var isBlock: Bool {
        switch next.kind {
        case .openBrace: true
        case .identifier, .number: token(after: 2).kind == .openBrace || Block.Kind(rawValue: file.text(current.span)) != nil
        default: false
        }
    }

    // MARK: Tokens

    var current: Token { tokens[cursor] }

    var next: Token { token(after: 1) }

    func token(after distance: Int) -> Token {
        tokens[min(cursor + distance, tokens.count - 1)]
    }

    /// The token before the cursor.
    var previous: Token { tokens[max(0, cursor - 1)] }

    mutating func take(_ kind: Token.Kind) -> Token? {
        guard current.kind == kind else { return nil }
        defer { advance() }
        return current
    }

    mutating func advance() {
        if cursor < tokens.count - 1 { cursor += 1 }
    }

    mutating func error(_ rule: Rule, _ span: Span, _ message: String, help: String? = nil) {
        report.error(rule, Place(file: index, span: span), message, help: help)
    }

    /// A token as a message names it.
    func description(_ token: Token) -> String {
        switch token.kind {
        case .newline: return "the end of the line"
        case .end: return "the end of the file"
        case .comment, .documentation: return "a comment"
        case .string, .unterminatedString: return "the string \(shortened(token.span))"
        case .unknown where token.span.start < file.bytes.count && file.bytes[token.span.start] < ASCII.space:
            return "a control character"
        default: return "'\(shortened(token.span))'"
        }
    }

    private func shortened(_ span: Span) -> String {
        let text = file.text(Span(start: span.start, end: min(span.end, span.start + 60)))
        return span.end - span.start > 60 ? text + "…" : text
    }

    // MARK: Recovery

    mutating func skipLine() {
        while current.kind != .newline, current.kind != .end { cursor += 1 }
    }

    /// Goes on to the next line that begins a block.
    mutating func skipToBlock() {
        repeat {
            skipLine()
            var ahead = cursor
            while tokens[ahead].kind == .newline { ahead += 1 }
            cursor = max(cursor, ahead - 1)
            if current.kind == .newline, startsBlock(at: cursor + 1) { return }
            advance()
        } while current.kind != .end
    }

    /// Whether `model Name {`, or another keyword with a name and a brace, stands there.
    func startsBlock(at position: Int) -> Bool {
        guard position + 2 < tokens.count, tokens[position].kind == .identifier, tokens[position + 1].kind == .identifier,
            tokens[position + 2].kind == .openBrace
        else { return false }
        return Block.Kind(rawValue: file.text(tokens[position].span)) != nil
    }

    /// Goes behind the bracket that closes the one at the cursor, however deep the brackets between are.
    mutating func skipBrackets() {
        var depth = 0
        while current.kind != .end {
            switch current.kind {
            case .openParenthesis, .openBracket: depth += 1
            case .closeParenthesis, .closeBracket: depth -= 1
            case .newline where startsBlock(at: cursor + 1): return
            default: break
            }
            cursor += 1
            if depth <= 0 { return }
        }
    }
}
