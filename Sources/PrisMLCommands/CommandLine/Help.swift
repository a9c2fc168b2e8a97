/// What `--help` shows of a command.
struct Help {
    let path: CommandPath
    let width: Int
    let style: (String, Style) -> String

    init(_ path: CommandPath, width: Int, style: @escaping (String, Style) -> String = { text, _ in text }) {
        self.path = path
        // Longer lines are harder to read, however wide the terminal is.
        self.width = min(max(width, 40), 100)
        self.style = style
    }

    private var command: Command { path.command }

    var text: String {
        var sections = [
            [style(path.line, .bold) + ": " + command.summary],
            section("Usage", [path.usage]),
        ]
        if !command.discussion.isEmpty { sections.append(TextLayout.wrapped(command.discussion, to: width)) }
        if !command.subcommands.isEmpty {
            sections.append(list("Commands", command.subcommands.map { (term: $0.name, meaning: $0.summary) }))
        }
        if !command.positionals.isEmpty {
            sections.append(list("Arguments", command.positionals.map { (term: $0.term, meaning: $0.explanation) }))
        }
        sections.append(list("Options", path.documentedOptions))
        if !command.examples.isEmpty {
            let examples = command.examples.map { style("  " + $0.line, .code) + "\n      " + $0.meaning }
            sections.append([style("Examples", .bold)] + examples)
        }
        if path.names.count == 1 {
            sections.append(list("Exit codes", ExitCode.meanings.map { (term: "\($0.code.rawValue)", meaning: $0.meaning) }))
            sections.append(["'\(path.line) help COMMAND' says more about a command."])
        }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        [style(title, .bold)] + lines.map { "  " + $0 }
    }

    /// Terms on the left, their meaning wrapped on the right; a long term gets a line of its own.
    private func list(_ title: String, _ items: [(term: String, meaning: String)]) -> [String] {
        let column = min(items.map { TextLayout.width(of: $0.term) }.max() ?? 0, 24) + 4
        var lines = [style(title, .bold)]
        for item in items {
            let meaning = TextLayout.wrapped(item.meaning, to: width - column)
            let indent = String(repeating: " ", count: column)
            if TextLayout.width(of: item.term) + 4 > column {
                lines.append("  " + style(item.term, .code))
                lines += meaning.map { indent + $0 }
            } else {
                let padding = String(repeating: " ", count: column - 2 - TextLayout.width(of: item.term))
                lines.append("  " + style(item.term, .code) + padding + (meaning.first ?? ""))
                lines += meaning.dropFirst().map { indent + $0 }
            }
        }
        return lines
    }
}

extension CommandPath {
    /// `prisml format [OPTIONS] [FILE]...`
    var usage: String {
        guard command.run != nil else { return line + " COMMAND" }
        var words = [line]
        for option in command.options where option.count == .required { words.append("\(option.label) \(option.valueName)") }
        if command.options.contains(where: { $0.count != .required }) { words.append("[OPTIONS]") }
        return (words + command.positionals.map(\.term)).joined(separator: " ")
    }

    /// The options with what they do, the ones that every command has included.
    var documentedOptions: [(term: String, meaning: String)] {
        var items = command.options.map { (term: $0.term, meaning: $0.explanation) }
        items.append((term: "-h, --help", meaning: "Show this help"))
        if names.count == 1 { items.append((term: "-v, --version", meaning: "Show the version")) }
        return items
    }
}

extension ParameterDeclaration {
    /// `-o, --output FILE`, or for a positional `FILE`, `[FILE]`, `[FILE]...`
    var term: String {
        switch kind {
        case .positional:
            switch count {
            case .required: name
            case .optional: "[\(name)]"
            case .repeated: "[\(name)]..."
            }
        case .flag, .option:
            (short.map { "-\($0), " } ?? "") + label + (valueName.isEmpty ? "" : " " + valueName)
        }
    }

    /// The help, and in brackets what stands in for a value that is not given.
    var explanation: String {
        var notes: [String] = []
        if !choices.isEmpty { notes.append("one of " + choices.joined(separator: ", ")) }
        if kind == .option, count == .repeated { notes.append("may be repeated") }
        if let environment { notes.append("or \(environment) in the environment") }
        if let defaultText { notes.append("default: \(defaultText)") }
        return help + (notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")")
    }
}
