extension Parser {
    /// `a`, or `a.b.c`.
    mutating func path() -> Span? {
        guard let first = take(.identifier) else { return nil }
        var span = first.span
        while current.kind == .dot, next.kind == .identifier, current.span.start == span.end {
            span = span.through(next.span)
            cursor += 2
        }
        return span
    }

    /// A value. Line breaks and comments may stand between its parts.
    mutating func expression(depth: Int) -> ExpressionSyntax {
        skipInnerSpace()
        switch current.kind {
        case .string:
            advance()
            return .string(previous.span)
        case .unterminatedString:
            isBlockDamaged = true
            advance()
            return .missing(previous.span)
        case .number:
            advance()
            return .number(previous.span)
        case .identifier:
            guard let name = path() else { return .missing(current.span) }
            guard current.kind == .openParenthesis else { return .word(name) }
            if depth >= Parser.maximumDepth { return tooDeep() }
            let arguments = arguments(depth: depth + 1)
            return .call(name: name, arguments: arguments, span: name.through(previous.span))
        case .openBracket:
            if depth >= Parser.maximumDepth { return tooDeep() }
            return list(depth: depth + 1)
        default:
            isBlockDamaged = true
            error(.missingValue, current.span, "expected a value, found \(description(current))")
            return .missing(current.span)
        }
    }

    private mutating func tooDeep() -> ExpressionSyntax {
        let start = current.span
        isBlockDamaged = true
        error(
            .nestedTooDeeply, start, "brackets are nested more than \(Parser.maximumDepth) deep",
            help: "no attribute or setting needs that; look for a bracket that is not closed")
        skipBrackets()
        return .missing(start.through(previous.span))
    }

    private mutating func list(depth: Int) -> ExpressionSyntax {
        let open = current.span
        advance()
        var elements: [ExpressionSyntax] = []
        while true {
            skipInnerSpace()
            if current.kind == .closeBracket { break }
            let element = expression(depth: depth)
            elements.append(element)
            if case .missing(let span) = element, span.start == current.span.start { break }
            guard separator(.closeBracket) else { break }
        }
        if !close(.closeBracket, "]") { elements.append(.missing(current.span)) }
        return .list(elements, span: open.through(previous.span))
    }

    /// From `(` to `)`.
    mutating func arguments(depth: Int) -> [ArgumentSyntax] {
        advance()
        var arguments: [ArgumentSyntax] = []
        while true {
            skipInnerSpace()
            if current.kind == .closeParenthesis { break }
            let argument = argument(depth: depth)
            arguments.append(argument)
            if case .missing(let span) = argument.value, span.start == current.span.start { break }
            guard separator(.closeParenthesis) else { break }
        }
        if !close(.closeParenthesis, ")") {
            arguments.append(ArgumentSyntax(name: nil, value: .missing(current.span), span: current.span))
        }
        return arguments
    }

    private mutating func argument(depth: Int) -> ArgumentSyntax {
        var name: Span?
        let start = current.span
        if current.kind == .identifier, next.kind == .colon {
            name = start
            cursor += 2
            skipInnerSpace()
            if current.kind == .comma || current.kind == .closeParenthesis {
                isBlockDamaged = true
                error(
                    .missingValue, start, "the argument '\(file.text(start))' has no value", help: "write it behind the ':'")
                return ArgumentSyntax(name: name, value: .missing(start), span: start)
            }
        }
        let value = expression(depth: depth)
        return ArgumentSyntax(name: name, value: value, span: start.through(previous.span))
    }

    /// Takes a comma; false when the brackets end here, rightly or not.
    private mutating func separator(_ closing: Token.Kind) -> Bool {
        let position = cursor
        skipInnerSpace()
        if take(.comma) != nil { return true }
        if current.kind != closing { cursor = position }
        return false
    }

    /// Takes the closing bracket. A missing one is reported at the end of the last line that can belong to the brackets.
    private mutating func close(_ kind: Token.Kind, _ text: String) -> Bool {
        if take(kind) != nil { return true }
        isBlockDamaged = true
        // The brackets around these are not closed for the same reason.
        if cursor == givenUpAt || previous.kind == .unterminatedString { return false }
        let last = previous.span
        let place = current.kind == .newline || current.kind == .end ? Span(start: last.end, end: last.end + 1) : current.span
        if !report.endsAt(Place(file: index, span: current.span)) {
            error(.unclosedBracket, place, "expected ',' or '\(text)', found \(description(current))")
        }
        skipToLineEnd()
        givenUpAt = cursor
        return false
    }

    private mutating func skipInnerSpace() {
        while true {
            switch current.kind {
            case .newline where !startsBlock(at: cursor + 1): cursor += 1
            case .comment, .documentation:
                metInnerComment = true
                cursor += 1
            default: return
            }
        }
    }
}
