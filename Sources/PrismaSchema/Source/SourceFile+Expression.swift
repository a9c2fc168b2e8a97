extension SourceFile {
    /// A value in its one layout, however it is spaced in the file.
    func text(_ value: ExpressionSyntax) -> String {
        switch value {
        case .string(let span), .number(let span), .word(let span), .missing(let span): text(span)
        case .call(let name, let arguments, _): text(name) + text(arguments)
        case .list(let elements, _): "[" + elements.map(text).joined(separator: ", ") + "]"
        }
    }

    /// Arguments with their parentheses.
    func text(_ arguments: [ArgumentSyntax]) -> String {
        "("
            + arguments.map { argument in (argument.name.map { text($0) + ": " } ?? "") + text(argument.value) }
            .joined(separator: ", ") + ")"
    }
}
