extension Completion {
    var fish: String {
        """
        # fish completion for \(root.name); made by '\(root.name) completion fish'.
        function __\(root.name)_at
            set -l at ''
            for word in (commandline -opc)[2..]
                switch "$at $word"
                    case \(steps.map { quotedForFish(" " + $0) }.joined(separator: " "))
                        set at "$at $word"
                end
            end
            test "$at" = "$argv[1]"
        end
        complete -c \(root.name) -f

        """ + nodes.map(lines).joined()
    }

    private func lines(_ node: Node) -> String {
        let condition = "__\(root.name)_at \(quotedForFish(node.at.isEmpty ? "" : " " + node.at))"
        let start = "complete -c \(root.name) -n \(quotedForFish(condition))"
        var lines = node.subcommands.map { "\(start) -a \(quotedForFish($0.name)) -d \(quotedForFish($0.summary))" }
        for option in node.options {
            var line = "\(start) -l \(option.name)"
            if let short = option.short { line += " -s \(short)" }
            if option.kind == .option { line += (option.completion == .nothing ? " -x" : " -r") + values(option) }
            lines.append(line + " -d \(quotedForFish(option.help))")
        }
        for positional in node.positionals {
            let values = values(positional)
            if !values.isEmpty { lines.append(start + values) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func values(_ declaration: ParameterDeclaration) -> String {
        if !declaration.choices.isEmpty { return " -a \(quotedForFish(declaration.choices.joined(separator: " ")))" }
        return switch declaration.completion {
        case .nothing: ""
        case .files: " -F"
        case .folders: " -a '(__fish_complete_directories)'"
        }
    }

    /// Text between single quotes, in which fish reads backslashes.
    private func quotedForFish(_ text: String) -> String {
        var quoted = ""
        for character in text {
            if character == "'" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return "'" + quoted + "'"
    }
}
