extension Command {
    private static let command = Parameter<[String]>.argument("COMMAND", "The command to explain, such as 'models list'")
    private static let markdown = Parameter.flag("markdown", "Print the help of all commands as one Markdown page")

    static let help = Command(
        "help",
        summary: "Explain a command",
        examples: [Example(line: "prisml help completion", meaning: "Explain 'prisml completion'")],
        parameters: [command, markdown]
    ) { context in
        var path = CommandPath(root: context.root)
        for name in try context[command] { path = try path.subcommand(named: name) }
        if try context[markdown] {
            context.output.send(Help.page(path))
        } else {
            context.output.send(Help(path, width: context.output.width, style: context.output.styled).text)
        }
        return .success
    }
}
