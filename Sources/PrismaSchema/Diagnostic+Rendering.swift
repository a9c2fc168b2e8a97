extension Diagnostic: CustomStringConvertible {
    /// `path:line:column: error: message`
    public var description: String {
        "\(path):\(line):\(column): \(severity.rawValue): \(message)"
    }

    /// The diagnostic with its source line, a caret under it and the next step:
    ///
    /// ```
    /// schema.prisma:14:9: error: unknown type 'Strng'; did you mean 'String'?
    ///  14 |   email Strng @unique
    ///     |         ^^^^^
    ///   help: write 'String', or add a model or enum named 'Strng'
    /// ```
    public func rendered(inColor: Bool = false) -> String {
        let paint = Paint(isOn: inColor)
        let number = String(line)
        let margin = String(repeating: " ", count: number.count + 1)
        var text = "\(paint.bold("\(path):\(line):\(column):")) \(paint.severity(severity)) \(paint.bold(message))"
        text += "\n \(number) | \(excerpt.text)"
        text += "\n\(margin) | \(caretIndent)\(paint.caret(String(repeating: "^", count: caretLength), severity))"
        if let help { text += "\n\(margin) = \(paint.bold("help:")) \(help)" }
        return text
    }

    /// What stands before the caret: tabs stay tabs, so that the caret is under its text in every terminal.
    private var caretIndent: String {
        String(String.UnicodeScalarView(excerpt.text.unicodeScalars.prefix(excerpt.offset).map { $0 == "\t" ? "\t" : " " }))
    }

    private var caretLength: Int {
        max(1, min(length, excerpt.text.unicodeScalars.count - excerpt.offset))
    }
}

/// The colors of a terminal, or none of them.
private struct Paint {
    let isOn: Bool

    func bold(_ text: String) -> String { wrap(text, "1") }

    func severity(_ severity: Diagnostic.Severity) -> String {
        wrap("\(severity.rawValue):", severity == .error ? "1;31" : "1;33")
    }

    func caret(_ text: String, _ severity: Diagnostic.Severity) -> String {
        wrap(text, severity == .error ? "31" : "33")
    }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
