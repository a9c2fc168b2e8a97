/// A shell that completion scripts are written for.
enum Shell: String, CaseIterable, ArgumentValue {
    case bash, zsh, fish
}

/// Completion scripts, made from the tree of commands.
///
/// Each script first walks the words before the cursor to see which command they name; then a table, made from the tree, says what
/// may follow. `at` is the command's path without the program's name, such as `models list`.
struct Completion {
    let root: Command

    func script(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// One command as the scripts see it.
    struct Node {
        /// The path without the program's name, empty for the root.
        let at: String
        let subcommands: [Command]
        let options: [ParameterDeclaration]
        let positionals: [ParameterDeclaration]
    }

    var nodes: [Node] {
        let path = CommandPath(root: root)
        return path.all.map { path in
            var options = path.command.options
            options.append(ParameterDeclaration(kind: .flag, name: "help", short: "h", help: "Show help"))
            if path.names.count == 1 {
                options.append(ParameterDeclaration(kind: .flag, name: "version", short: "v", help: "Show the version"))
            }
            // What follows 'help' is a command.
            let subcommands = path.names == [root.name, "help"] ? root.subcommands : path.command.subcommands
            return Node(
                at: path.names.dropFirst().joined(separator: " "), subcommands: subcommands, options: options,
                positionals: path.command.positionals)
        }
    }

    /// The paths that a word leads on to: from `models` and `list` to `models list`.
    var steps: [String] {
        CommandPath(root: root).all.dropFirst().map { $0.names.dropFirst().joined(separator: " ") }
    }

    /// Text between single quotes, for bash and zsh.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension ParameterDeclaration {
    /// `--schema` and, where there is one, `-s`.
    var spellings: [String] {
        [label] + (short.map { ["-\($0)"] } ?? [])
    }
}
