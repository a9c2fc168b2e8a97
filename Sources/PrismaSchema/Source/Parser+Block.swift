extension Parser {
    /// `keyword Name { … }`; nil when the keyword is not one.
    mutating func block(_ documentation: [Span]) -> Block? {
        let keyword = current
        advance()
        let name = (take(.identifier) ?? take(.number))?.span ?? Span(start: keyword.span.end, end: keyword.span.end)
        guard let kind = Block.Kind(rawValue: file.text(keyword.span)) else {
            unknownBlock(keyword)
            return nil
        }
        let block = Block(kind: kind, keyword: keyword.span, name: name, documentation: documentation, span: keyword.span)
        if name.isEmpty {
            error(
                .missingName, keyword.span, "the \(kind.rawValue) has no name",
                help: "write '\(kind.rawValue) Name {'")
        }
        if current.kind == .newline, next.kind == .openBrace {
            error(
                .missingBrace, next.span, "'{' stands on a line of its own",
                help: "put it behind the name: '\(kind.rawValue) \(file.text(name)) {'")
            advance()
        }
        guard let brace = take(.openBrace) else {
            block.isDamaged = true
            if kind == .type, current.kind == .equals {
                error(
                    .typeAlias, keyword.span.through(current.span), "type aliases are not part of the language any more",
                    help: "write the type and its attributes at each field")
                skipToBlock()
                return nil
            } else {
                error(
                    .missingBrace, current.span, "expected '{' after '\(kind.rawValue) \(file.text(name))', found \(description(current))")
            }
            skipToBlock()
            return block
        }
        isBlockDamaged = false
        if current.kind == .comment || current.kind == .documentation {
            block.openingComment = current.span
            advance()
        }
        if current.kind != .newline, current.kind != .end {
            error(
                .missingLineBreak, current.span, "expected a line break after '{', found \(description(current))",
                help: "put each line of the block on a line of its own")
        }
        members(of: block, brace: brace)
        block.isDamaged = isBlockDamaged
        block.span = keyword.span.through(previous.span)
        if current.kind == .comment || current.kind == .documentation {
            block.closingComment = current.span
            advance()
        }
        return block
    }

    private mutating func unknownBlock(_ keyword: Token) {
        let text = file.text(keyword.span)
        let guess = Suggestion.closest(to: text, in: Block.Kind.allCases.map(\.rawValue))
        error(
            .unknownBlock, keyword.span, "unknown kind of block '\(text)'\(Suggestion.question(guess))", help: Parser.blockHelp)
        while current.kind != .openBrace, current.kind != .newline, current.kind != .end { cursor += 1 }
        guard current.kind == .openBrace else { return }
        var depth = 0
        while current.kind != .end {
            if current.kind == .newline, startsBlock(at: cursor + 1) { return }
            if current.kind == .openBrace { depth += 1 }
            if current.kind == .closeBrace { depth -= 1 }
            cursor += 1
            if depth == 0 { return }
        }
    }

    /// The lines up to and with `}`.
    private mutating func members(of block: Block, brace: Token) {
        var documentation: [Span] = []
        var isLineEmpty = false
        while true {
            switch current.kind {
            case .closeBrace:
                advance()
                return
            case .end:
                return unclosed(block, brace)
            case .newline:
                if isLineEmpty {
                    block.members.append(.blank)
                    documentation = []
                }
                isLineEmpty = true
                cursor += 1
                continue
            case .comment, .documentation:
                if current.kind == .documentation { documentation.append(current.span) }
                block.members.append(.comment(current.span))
                cursor += 1
            case .doubleAt:
                if let member = blockAttribute() { block.members.append(.attribute(member)) }
                documentation = []
            case .identifier, .number:
                if isLineEmpty, startsBlock(at: cursor) { return unclosed(block, brace) }
                if let member = member(of: block.kind, documentation) {
                    block.members.append(member)
                } else {
                    isBlockDamaged = true
                    skipToLineEnd()
                }
                documentation = []
            default:
                isBlockDamaged = true
                error(
                    .unexpectedText, current.span, "expected \(expectation(in: block.kind)), found \(description(current))")
                skipToLineEnd()
                documentation = []
            }
            isLineEmpty = false
        }
    }

    private mutating func unclosed(_ block: Block, _ brace: Token) {
        isBlockDamaged = true
        error(
            .unclosedBlock, block.name.isEmpty ? brace.span : block.keyword.through(brace.span),
            "the \(block.kind.rawValue) '\(file.text(block.name))' is never closed", help: "end it with '}' on a line of its own")
    }

    private func expectation(in kind: Block.Kind) -> String {
        switch kind {
        case .datasource, .generator: "a setting such as 'provider = …'"
        case .enum: "a value, an attribute or '}'"
        case .model, .view, .type: "a field, an attribute or '}'"
        }
    }

    /// Like `skipLine`, but a closing brace at the end of the line still closes the block.
    mutating func skipToLineEnd() {
        while current.kind != .newline, current.kind != .end {
            if current.kind == .closeBrace, token(after: 1).kind == .newline || token(after: 1).kind == .end { return }
            cursor += 1
        }
    }

    private mutating func member(of kind: Block.Kind, _ documentation: [Span]) -> Block.Member? {
        switch kind {
        case .datasource, .generator: setting()
        case .enum: value(documentation)
        case .model, .view, .type: field(documentation)
        }
    }

    /// A comment at the end of a line, then the end of the line.
    mutating func lineEnd() -> Span? {
        var comment: Span?
        while current.kind == .comment || current.kind == .documentation {
            comment = comment?.through(current.span) ?? current.span
            advance()
        }
        if current.kind != .newline, current.kind != .end {
            isBlockDamaged = true
            let help = current.kind == .closeBrace ? "put '}' on a line of its own" : nil
            error(.unexpectedText, current.span, "expected the end of the line, found \(description(current))", help: help)
            skipToLineEnd()
        }
        return comment
    }
}
