import PrismaSchema

/// A node of the command tree: a command that runs, or a group of them.
///
/// Adding a command is one file with one `static let` and one line in `Command.prisml`.
struct Command: Sendable {
    struct Example: Sendable {
        let line: String
        let meaning: String
    }

    let name: String
    /// One line without a full stop.
    let summary: String
    /// What `--help` says beyond the summary; paragraphs are separated by an empty line.
    let discussion: String
    let examples: [Example]
    let parameters: [any AnyParameter]
    let subcommands: [Command]
    let run: (@Sendable (CommandContext) async throws -> ExitCode)?

    /// A command that runs.
    init(
        _ name: String, summary: String, discussion: String = "", examples: [Example] = [], parameters: [any AnyParameter] = [],
        run: @escaping @Sendable (CommandContext) async throws -> ExitCode
    ) {
        self.init(
            name: name, summary: summary, discussion: discussion, examples: examples, parameters: parameters, subcommands: [], run: run)
    }

    /// A group of commands, such as `prisml models`.
    init(group name: String, summary: String, discussion: String = "", examples: [Example] = [], subcommands: [Command]) {
        self.init(
            name: name, summary: summary, discussion: discussion, examples: examples, parameters: [], subcommands: subcommands, run: nil)
    }

    private init(
        name: String, summary: String, discussion: String, examples: [Example], parameters: [any AnyParameter],
        subcommands: [Command], run: (@Sendable (CommandContext) async throws -> ExitCode)?
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.parameters = parameters
        self.subcommands = subcommands
        self.run = run
    }

    var declarations: [ParameterDeclaration] { parameters.map(\.declaration) }
    var options: [ParameterDeclaration] { declarations.filter { $0.kind != .positional } }
    var positionals: [ParameterDeclaration] { declarations.filter { $0.kind == .positional } }

    func subcommand(named name: String) -> Command? {
        subcommands.first { $0.name == name }
    }
}

/// A command and how it is reached: `prisml models list`.
struct CommandPath: Sendable {
    let names: [String]
    let command: Command

    init(root: Command) {
        self.init(names: [root.name], command: root)
    }

    private init(names: [String], command: Command) {
        self.names = names
        self.command = command
    }

    /// What a person types to reach it.
    var line: String { names.joined(separator: " ") }

    func appending(_ subcommand: Command) -> CommandPath {
        CommandPath(names: names + [subcommand.name], command: subcommand)
    }

    /// The subcommand of that name, or the error that teaches.
    func subcommand(named name: String) throws(CommandError) -> CommandPath {
        if let found = command.subcommand(named: name) { return appending(found) }
        guard !command.subcommands.isEmpty else {
            throw CommandError(
                .unknownCommand, "'\(line)' has no commands of its own, so no '\(name)'", next: "'\(line) --help' explains it")
        }
        var message = "'\(line)' has no command '\(name)'"
        if let suggestion = Suggestion.nearest(to: name, in: command.subcommands.map(\.name)) {
            message += "; did you mean '\(suggestion)'?"
        }
        throw CommandError(.unknownCommand, message, next: "'\(line) --help' lists the commands")
    }

    /// This command and all below it, in the order of the tree.
    var all: [CommandPath] {
        [self] + command.subcommands.flatMap { appending($0).all }
    }
}
