extension Help {
    /// The help of every command as one page; docs/commands.md is made with it.
    static func page(_ root: CommandPath) -> String {
        var sections = [
            "# Commands",
            "This page is `\(root.line) help --markdown`. \(root.command.discussion)",
        ]
        for path in root.all.dropFirst() { sections.append(chapter(path)) }
        sections.append("## Exit codes")
        sections.append(
            list(ExitCode.meanings.map { (term: "\($0.code.rawValue)", meaning: $0.meaning) }))
        return sections.joined(separator: "\n\n") + "\n"
    }

    private static func chapter(_ path: CommandPath) -> String {
        let command = path.command
        var sections = ["## \(path.line)", command.summary + ".", "```console\n$ \(path.usage)\n```"]
        if !command.discussion.isEmpty { sections.append(command.discussion) }
        let arguments = command.positionals.map { (term: $0.term, meaning: $0.explanation) }
        sections.append(list(arguments + path.documentedOptions))
        if !command.examples.isEmpty {
            let examples = command.examples.map { "$ \($0.line)\n    \($0.meaning)" }
            sections.append("```console\n" + examples.joined(separator: "\n") + "\n```")
        }
        return sections.joined(separator: "\n\n")
    }

    private static func list(_ items: [(term: String, meaning: String)]) -> String {
        items.map { "- `\($0.term)`: \($0.meaning)" }.joined(separator: "\n")
    }
}
