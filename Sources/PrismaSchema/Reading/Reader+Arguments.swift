extension Reader {
    /// Binds the arguments of an attribute. The first `positional` parameters may be given without a name.
    mutating func arguments(
        of attribute: AttributeSyntax, prefix: String, parameters: [String], positional: Int = 1
    ) -> Arguments {
        arguments(
            attribute.arguments ?? [], prefix: prefix, name: attribute.name, at: attribute.span, parameters: parameters,
            positional: positional)
    }

    /// What messages call the owner of arguments.
    func owner(of arguments: Arguments) -> String { arguments.prefix + text(arguments.name) + arguments.suffix }

    mutating func arguments(
        _ list: [ArgumentSyntax], prefix: String, name: Span, suffix: String = "", at span: Span, parameters: [String],
        positional: Int
    ) -> Arguments {
        var result = Arguments(prefix: prefix, name: name, suffix: suffix, place: place(span))
        var unnamed = 0
        for argument in list {
            if let nameSpan = argument.name {
                let name = text(nameSpan)
                guard parameters.contains(name) else {
                    let guess = report.closest(to: name, in: parameters)
                    report.error(
                        .unknownArgument, place(nameSpan), "\(owner(of: result)) has no argument '\(name)'\(Suggestion.question(guess))",
                        help: parameters.isEmpty ? "remove it" : "it takes \(parameters.map { $0 + ":" }.joined(separator: ", "))")
                    continue
                }
                bind(name, argument, &result)
            } else if case .missing = argument.value {
                result.isDamaged = true
            } else if unnamed < positional {
                bind(parameters[unnamed], argument, &result)
                unnamed += 1
            } else {
                report.error(
                    .unknownArgument, place(argument.span),
                    positional == 0 && parameters.isEmpty
                        ? "\(owner(of: result)) takes no arguments" : "\(owner(of: result)) has one argument without a name too many",
                    help: parameters.isEmpty
                        ? "remove it" : "name it: \(parameters.dropFirst(positional).map { $0 + ":" }.joined(separator: ", "))")
            }
        }
        return result
    }

    private mutating func bind(_ name: String, _ argument: ArgumentSyntax, _ result: inout Arguments) {
        if case .missing = argument.value {
            result.isDamaged = true
            return
        }
        if !result.bind(name, argument) {
            report.error(
                .duplicateArgument, place(argument.span), "\(owner(of: result)) is given '\(name)' twice", help: "remove one of them")
        }
    }

    mutating func missing(_ name: String, in arguments: Arguments, help: String) {
        if arguments.isDamaged { return }
        report.error(.missingArgument, arguments.place, "\(owner(of: arguments)) needs '\(name)'", help: help)
    }

    // MARK: Values of one kind

    mutating func string(_ name: String, in arguments: Arguments) -> Named? {
        guard let value = arguments[name] else { return nil }
        guard case .string(let span) = value else {
            wrong(value, arguments, name, "a string in double quotes")
            return nil
        }
        return Named(text: stringValue(span), place: place(span))
    }

    mutating func integer(_ name: String, in arguments: Arguments) -> Int? {
        guard let value = arguments[name] else { return nil }
        guard case .number(let span) = value, let number = Int(text(span)) else {
            wrong(value, arguments, name, "a whole number")
            return nil
        }
        return number
    }

    mutating func boolean(_ name: String, in arguments: Arguments) -> Bool? {
        guard let value = arguments[name] else { return nil }
        guard case .word(let span) = value, let flag = Bool(text(span)) else {
            wrong(value, arguments, name, "true or false")
            return nil
        }
        return flag
    }

    /// A word out of a fixed set.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, in arguments: Arguments, _ type: Choice.Type
    ) -> (Choice, Place)? where Choice.RawValue == String {
        guard let value = arguments[name] else { return nil }
        let known = type.allCases.map(\.rawValue)
        guard case .word(let span) = value else {
            wrong(value, arguments, name, "one of \(known.joined(separator: ", "))")
            return nil
        }
        let word = text(span)
        guard let choice = type.init(rawValue: word) else {
            let guess = report.closest(to: word, in: known)
            report.error(
                .argumentType, place(span), "'\(word)' is no value of '\(name)'\(Suggestion.question(guess))",
                help: "it is one of \(known.joined(separator: ", "))")
            return nil
        }
        return (choice, place(span))
    }

    mutating func wrong(_ value: ExpressionSyntax, _ arguments: Arguments, _ name: String, _ expected: String) {
        if case .missing = value { return }
        report.error(
            .argumentType, place(value.span), "'\(name)' of \(owner(of: arguments)) is \(expected), not \(kind(of: value))")
    }

    /// What a value is, for messages.
    func kind(of value: ExpressionSyntax) -> String {
        switch value {
        case .string: "a string"
        case .number: "a number"
        case .word(let span): "the word '\(text(span))'"
        case .call(let name, _, _): "the function '\(text(name))'"
        case .list: "a list"
        case .missing: "nothing"
        }
    }

    // MARK: Attributes as such

    mutating func unknownAttribute(_ attribute: AttributeSyntax, prefix: String, on place: String, known: [String]) {
        let name = text(attribute.name)
        let guess = report.closest(to: name, in: known)
        report.error(
            .unknownAttribute, self.place(attribute.span),
            "unknown attribute \(prefix)\(name)"
                + (guess.map { "; did you mean \(prefix)\($0)?" } ?? ""),
            help: "\(place) may have \(known.map { prefix + $0 }.joined(separator: ", "))")
    }

    mutating func duplicateAttribute(_ attribute: AttributeSyntax, prefix: String) {
        report.error(
            .duplicateAttribute, place(attribute.span), "\(prefix)\(text(attribute.name)) is given twice", help: "remove one of them")
    }

    /// `@map("name")`
    mutating func mapName(_ attribute: AttributeSyntax, prefix: String) -> Named? {
        let arguments = arguments(of: attribute, prefix: prefix, parameters: ["name"])
        if arguments["name"] == nil {
            missing("name", in: arguments, help: "write the name in the database: \(prefix)map(\"name\")")
        }
        guard let name = string("name", in: arguments) else { return nil }
        if name.text.isEmpty {
            report.error(.argumentType, name.place, "the name in the database is empty", help: "write a name, or remove \(prefix)map")
            return nil
        }
        return name
    }

    /// `@@schema("name")`
    mutating func schemaName(_ attribute: AttributeSyntax) -> Named? {
        let arguments = arguments(of: attribute, prefix: "@@", parameters: ["map"])
        if arguments["map"] == nil {
            missing("map", in: arguments, help: "write the schema of the database: @@schema(\"public\")")
        }
        return string("map", in: arguments)
    }
}
