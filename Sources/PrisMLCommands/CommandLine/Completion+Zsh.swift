extension Completion {
    var zsh: String {
        """
        #compdef \(root.name)
        # zsh completion for \(root.name); made by '\(root.name) completion zsh'.
        _\(root.name)() {
            local at="" previous=${words[CURRENT-1]} i
            local -a commands options values
            for ((i = 2; i < CURRENT; i++)); do
                case "$at ${words[i]}" in
                    (\(steps.map { Self.quoted(" " + $0) }.joined(separator: "|"))) at="$at ${words[i]}" ;;
                esac
            done
            # '--option=value' is one word here.
            if [[ ${words[CURRENT]} == --*=* ]]; then
                previous=${words[CURRENT]%%=*}
                compset -P '*='
            fi
            case "$at:$previous" in
        \(valueCases)
            esac
            case "$at" in
        \(commandCases)
            esac
            (( ! $#commands )) || _describe -t commands command commands
            (( ! $#values )) || _describe -t values value values
            [[ ${words[CURRENT]} != -* ]] || _describe -t options option options
        }
        # Sourced, it registers itself; from a folder of fpath, zsh has called it to complete.
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
            _\(root.name) "$@"
        else
            compdef _\(root.name) \(root.name)
        fi

        """
    }

    private func prefix(_ node: Node) -> String { node.at.isEmpty ? "" : " " + node.at }

    private var valueCases: String {
        nodes.flatMap { node in
            node.options.filter { $0.kind == .option }.map { option in
                let patterns = option.spellings.map { Self.quoted("\(prefix(node)):\($0)") }.joined(separator: "|")
                return "        (\(patterns)) \(values(option)); return ;;"
            }
        }.joined(separator: "\n")
    }

    private var commandCases: String {
        nodes.map { node in
            var lines = ["        (\(Self.quoted(prefix(node))))"]
            if !node.subcommands.isEmpty {
                lines.append("            commands=(\(node.subcommands.map { described($0.name, $0.summary) }.joined(separator: " ")))")
            }
            let choices = node.positionals.flatMap(\.choices)
            if !choices.isEmpty { lines.append("            values=(\(choices.map(Self.quoted).joined(separator: " ")))") }
            let options = node.options.flatMap { option in option.spellings.map { described($0, option.help) } }
            lines.append("            options=(\(options.joined(separator: " ")))")
            if let positional = node.positionals.first(where: { $0.completion != .nothing }) {
                lines.append("            [[ ${words[CURRENT]} == -* ]] || \(values(positional))")
            }
            return lines.joined(separator: "\n") + "\n            ;;"
        }.joined(separator: "\n")
    }

    private func values(_ declaration: ParameterDeclaration) -> String {
        if !declaration.choices.isEmpty {
            return "compadd -- \(declaration.choices.map(Self.quoted).joined(separator: " "))"
        }
        return switch declaration.completion {
        case .nothing: "_message \(Self.quoted(declaration.valueName))"
        case .files: "_files"
        case .folders: "_files -/"
        }
    }

    /// `name:what it is`, as `_describe` reads it.
    private func described(_ name: String, _ meaning: String) -> String {
        func escaped(_ text: String) -> String {
            text.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
        }
        return Self.quoted(escaped(name) + ":" + escaped(meaning))
    }
}
