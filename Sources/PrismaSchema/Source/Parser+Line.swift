extension Parser {
    /// `email String? @unique // …`
    mutating func field(_ documentation: [Span]) -> Block.Member? {
        let name = current
        advance()
        if let colon = take(.colon) {
            error(.legacyType, colon.span, "no ':' stands between a field and its type", help: "remove it")
        }
        let type = type(of: name)
        let attributes = attributes()
        let end = previous.span
        if type == nil {
            isBlockDamaged = true
            skipToLineEnd()
        }
        let comment = lineEnd()
        return .field(
            FieldSyntax(
                name: name.span, type: type, attributes: attributes, documentation: documentation, comment: comment,
                span: name.span.through(end)))
    }

    private mutating func type(of field: Token) -> TypeSyntax? {
        if current.kind == .openBracket, next.kind == .identifier, token(after: 2).kind == .closeBracket {
            let text = file.text(next.span)
            let span = current.span.through(token(after: 2).span)
            error(.legacyType, span, "a list is not written '[\(text)]'", help: "write '\(text)[]'")
            let name = next.span
            cursor += 3
            return TypeSyntax(name: name, unsupported: nil, arity: .list, span: span)
        }
        guard let name = take(.identifier) else {
            error(
                .missingType, field.span, "the field '\(file.text(field.span))' has no type",
                help: "write one behind the name, such as String, Int? or User[]")
            return nil
        }
        var span = name.span
        var unsupported: Span?
        if current.kind == .openParenthesis {
            guard next.kind == .string, token(after: 2).kind == .closeParenthesis else {
                error(
                    .unexpectedText, current.span, "a type has no arguments, except for Unsupported(\"…\")",
                    help: "arguments of a database type belong to its attribute, such as @db.VarChar(255)")
                skipBrackets()
                return nil
            }
            if file.text(name.span) != "Unsupported" {
                error(
                    .unexpectedText, name.span, "a type has no arguments, except for Unsupported(\"…\")",
                    help: "arguments of a database type belong to its attribute, such as @db.VarChar(255)")
                cursor += 3
                return nil
            }
            unsupported = next.span
            span = span.through(token(after: 2).span)
            cursor += 3
        }
        let nameSpan = span
        return TypeSyntax(name: nameSpan, unsupported: unsupported, arity: arity(&span, of: nameSpan), span: span)
    }

    private mutating func arity(_ span: inout Span, of type: Span) -> Arity {
        var arity = Arity.required
        if current.kind == .openBracket, next.kind == .closeBracket {
            span = span.through(next.span)
            cursor += 2
            arity = .list
        }
        if let mark = take(.question) {
            span = span.through(mark.span)
            if arity == .list {
                error(
                    .optionalList, span, "a list cannot be optional", help: "write '\(file.text(type))[]'; a list without elements is empty"
                )
            } else {
                arity = .optional
            }
        } else if let mark = take(.exclamation) {
            span = span.through(mark.span)
            error(.legacyType, mark.span, "a type without '?' is required already", help: "remove the '!'")
        }
        return arity
    }

    /// `ADMIN @map("admin")`
    mutating func value(_ documentation: [Span]) -> Block.Member? {
        let name = current
        advance()
        let attributes = attributes()
        let comment = lineEnd()
        return .value(ValueSyntax(name: name.span, attributes: attributes, documentation: documentation, comment: comment))
    }

    /// `provider = "sqlite"`
    mutating func setting() -> Block.Member? {
        let name = current
        advance()
        guard take(.equals) != nil else {
            error(
                .unexpectedText, current.span, "expected '=' after '\(file.text(name.span))', found \(description(current))",
                help: "a setting is written 'name = value'")
            return nil
        }
        if current.kind == .newline || current.kind == .end || current.kind == .comment || current.kind == .documentation {
            error(.missingValue, name.span, "the setting '\(file.text(name.span))' has no value", help: "write it behind the '='")
            return nil
        }
        metInnerComment = false
        let value = expression(depth: 0)
        let hasInnerComment = metInnerComment
        return .setting(SettingSyntax(name: name.span, value: value, comment: lineEnd(), hasInnerComment: hasInnerComment))
    }

    /// `@@index([a, b])`
    mutating func blockAttribute() -> BlockAttributeSyntax? {
        guard let attribute = attribute() else {
            isBlockDamaged = true
            skipToLineEnd()
            return nil
        }
        return BlockAttributeSyntax(attribute: attribute, comment: lineEnd())
    }

    private mutating func attributes() -> [AttributeSyntax] {
        var attributes: [AttributeSyntax] = []
        while current.kind == .at || current.kind == .doubleAt {
            if current.kind == .doubleAt {
                error(
                    .unexpectedText, current.span, "an attribute of the whole block stands on a line of its own",
                    help: "write a single '@' for this field, or move it to a new line")
            }
            guard let attribute = attribute() else {
                isBlockDamaged = true
                skipToLineEnd()
                break
            }
            attributes.append(attribute)
        }
        return attributes
    }

    /// From `@` on.
    private mutating func attribute() -> AttributeSyntax? {
        let start = current
        advance()
        guard let name = path() else {
            error(.missingName, start.span, "expected the name of an attribute, found \(description(current))")
            return nil
        }
        metInnerComment = false
        let arguments = current.kind == .openParenthesis ? arguments(depth: 0) : nil
        return AttributeSyntax(
            name: name, arguments: arguments, span: start.span.through(previous.span), hasInnerComment: metInnerComment)
    }
}
