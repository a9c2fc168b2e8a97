extension Completion {
    /// Kept to what bash 3.2 understands, which macOS still brings.
    var bash: String {
        """
        # bash completion for \(root.name); made by '\(root.name) completion bash'.
        _\(root.name)() {
            local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at="" words="" files="" i
            # bash takes '--option=value' apart at the '='.
            if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                case "$at ${COMP_WORDS[i]}" in
                    \(pattern(steps.map { " " + $0 }))) at="$at ${COMP_WORDS[i]}" ;;
                esac
            done
            case "$at:$previous" in
        \(valueCases)
                *)
                    case "$at" in
        \(commandCases)
                    esac
                    ;;
            esac
            COMPREPLY=()
            while IFS= read -r i; do COMPREPLY+=("$i"); done < <(
                [ -z "$words" ] || compgen -W "$words" -- "$current"
                [ -z "$files" ] || compgen "$files" -- "$current"
            )
        }
        complete -o filenames -o bashdefault -F _\(root.name) \(root.name)

        """
    }

    private func pattern(_ texts: [String]) -> String {
        texts.map(Self.quoted).joined(separator: "|")
    }

    private func prefix(_ node: Node) -> String { node.at.isEmpty ? "" : " " + node.at }

    /// What follows an option that takes a value.
    private var valueCases: String {
        nodes.flatMap { node in
            node.options.filter { $0.kind == .option }.map { option in
                let patterns = pattern(option.spellings.map { "\(prefix(node)):\($0)" })
                return "        \(patterns)) \(assignment(option, words: option.choices)) ;;"
            }
        }.joined(separator: "\n")
    }

    /// What may stand anywhere else: subcommands, options, and the values of positionals.
    private var commandCases: String {
        nodes.map { node in
            let words = node.subcommands.map(\.name) + node.positionals.flatMap(\.choices) + node.options.flatMap(\.spellings)
            let files = node.positionals.first { $0.completion != .nothing }
            return "                \(pattern([prefix(node)]))) \(assignment(files, words: words)) ;;"
        }.joined(separator: "\n")
    }

    private func assignment(_ declaration: ParameterDeclaration?, words: [String]) -> String {
        let files =
            switch declaration?.completion ?? .nothing {
            case .nothing: ""
            case .files: "-f"
            case .folders: "-d"
            }
        return "words=\(Self.quoted(words.joined(separator: " "))) files=\(files)"
    }
}
