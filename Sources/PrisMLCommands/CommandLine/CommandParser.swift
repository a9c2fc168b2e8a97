import PrismaSchema

/// What a command line asks for.
enum Invocation: Sendable {
    case help(CommandPath)
    case version
    case run(CommandPath, Arguments)
}

/// Reads a command line against the tree of commands.
struct CommandParser {
    let root: Command
    let variables: [String: String]

    /// Reads the words after the program's name.
    func parse(_ words: [String]) throws(CommandError) -> Invocation {
        var path = CommandPath(root: root)
        var rest = words[...]
        while path.command.run == nil {
            guard let word = rest.popFirst() else {
                if path.names.count == 1 { return .help(path) }
                throw CommandError(
                    .missingCommand, "'\(path.line)' needs to know which of its commands",
                    next: "one of: " + path.command.subcommands.map(\.name).joined(separator: ", "))
            }
            switch word {
            case "-h", "--help": return .help(path)
            case "-v" where path.names.count == 1, "--version" where path.names.count == 1: return .version
            case let option where option.hasPrefix("-"): throw Self.optionBeforeCommand(option, path)
            default: path = try path.subcommand(named: word)
            }
        }
        let asksForHelp = rest.prefix { $0 != "--" }.contains { $0 == "-h" || $0 == "--help" }
        if asksForHelp { return .help(path) }

        var reading = Reading(path: path)
        try reading.read(rest)
        return .run(path, try arguments(reading))
    }

    /// Fills in environment variables and checks each value against its type.
    private func arguments(_ reading: Reading) throws(CommandError) -> Arguments {
        var given: [String: Given] = [:]
        for parameter in reading.path.command.parameters {
            let declaration = parameter.declaration
            var value = Given(texts: reading.texts[declaration.label] ?? [], source: declaration.label)
            if value.texts.isEmpty, let variable = declaration.environment, let text = variables[variable], !text.isEmpty {
                value = Given(texts: [text], source: "the environment variable \(variable), which stands in for \(declaration.label),")
            }
            do {
                try parameter.check(value)
            } catch {
                throw error.next == nil ? error.pointing(to: reading.path) : error
            }
            given[declaration.label] = value
        }
        return Arguments(given: given)
    }

    private static func optionBeforeCommand(_ option: String, _ path: CommandPath) -> CommandError {
        let known = path.names.count == 1 ? ["help", "version"] : ["help"]
        let message = "'\(path.line)' has no option '\(option)'"
        if let suggestion = Suggestion.nearest(to: String(option.drop { $0 == "-" }), in: known) {
            return CommandError(.unknownOption, message + "; did you mean '--\(suggestion)'?")
        }
        return CommandError(.unknownOption, message, next: "options come after the command: '\(path.line) COMMAND \(option)'")
    }
}

/// The words of one command, sorted to its parameters.
private struct Reading {
    let path: CommandPath
    /// By label.
    var texts: [String: [String]] = [:]

    mutating func read(_ words: ArraySlice<String>) throws(CommandError) {
        var rest = words
        var positionals = path.command.positionals[...]
        var onlyPositionals = false
        while let word = rest.popFirst() {
            if onlyPositionals || word == "-" || !word.hasPrefix("-") || word.isNegativeNumber {
                try take(word, from: &positionals)
            } else if word == "--" {
                onlyPositionals = true
            } else {
                try readOption(word, &rest)
            }
        }
    }

    private mutating func take(_ word: String, from positionals: inout ArraySlice<ParameterDeclaration>) throws(CommandError) {
        guard let positional = positionals.first else {
            let command = path.command
            let what = command.positionals.isEmpty ? "takes no arguments" : "takes no more arguments"
            throw CommandError(.unexpectedArgument, "'\(path.line)' \(what), but got '\(word)'").pointing(to: path)
        }
        texts[positional.label, default: []].append(word)
        if positional.count != .repeated { positionals.removeFirst() }
    }

    private mutating func readOption(_ word: String, _ rest: inout ArraySlice<String>) throws(CommandError) {
        let pieces = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let typed = pieces.first.map(String.init) ?? word
        let attached = pieces.count == 2 ? pieces.last.map(String.init) : nil
        let option = try declaration(of: typed)

        switch option.kind {
        case .flag, .positional:
            if let attached {
                throw CommandError(.unexpectedValue, "\(option.label) takes no value, but got '\(attached)'").pointing(to: path)
            }
            texts[option.label] = ["true"]
        case .option:
            var value = attached
            if value == nil, let next = rest.first, next == "-" || !next.hasPrefix("-") || next.isNegativeNumber {
                value = rest.removeFirst()
            }
            guard let value else {
                var next = "write it as '\(option.label) \(option.valueName)'"
                if let dashed = rest.first { next = "a value that begins with '-' is written '\(option.label)=\(dashed)'" }
                throw CommandError(.missingValue, "\(option.label) needs a value", next: next)
            }
            if option.count != .repeated, texts[option.label] != nil {
                throw CommandError(.repeatedOption, "\(option.label) is given twice; it takes one value").pointing(to: path)
            }
            texts[option.label, default: []].append(value)
        }
    }

    private func declaration(of typed: String) throws(CommandError) -> ParameterDeclaration {
        let options = path.command.options
        let found = options.first { option in
            typed == option.label || option.short.map { typed == "-\($0)" } ?? false
        }
        if let found { return found }
        var message = "'\(path.line)' has no option '\(typed)'"
        // Names are compared without their dashes: '-schema' is '--schema' with one too few.
        if let suggestion = Suggestion.nearest(to: String(typed.drop { $0 == "-" }), in: options.map(\.name) + ["help"]) {
            message += "; did you mean '--\(suggestion)'?"
        }
        throw CommandError(.unknownOption, message).pointing(to: path)
    }
}

extension CommandError {
    /// The same error with the help of that command as the next thing to read.
    func pointing(to path: CommandPath) -> CommandError {
        CommandError(code, message, next: "'\(path.line) --help' shows what it takes")
    }
}

extension String {
    fileprivate var isNegativeNumber: Bool { hasPrefix("-") && Double(self) != nil && dropFirst().first?.isNumber == true }
}
