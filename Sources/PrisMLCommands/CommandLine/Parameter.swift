import PrismaSchema

/// One thing that a command takes, with the type that its text is read as.
///
/// The type of the value says how often it may be given: `Parameter<Int>` has a default or is required, `Parameter<Int?>` may be
/// left out, `Parameter<[Int]>` may be repeated.
struct Parameter<Value: Sendable>: Sendable {
    let declaration: ParameterDeclaration
    let read: @Sendable (Given) throws(CommandError) -> Value
}

/// The texts that a parameter was given, and what to call their source in an error.
struct Given: Sendable {
    let texts: [String]
    let source: String

    func value<Element: ArgumentValue>(_ text: String, as: Element.Type) throws(CommandError) -> Element {
        if let value = Element(argument: text) { return value }
        var message = "\(source) takes \(Element.expectation), not '\(text)'"
        if let suggestion = Suggestion.nearest(to: text, in: Element.choices) { message += "; did you mean '\(suggestion)'?" }
        throw CommandError(.invalidValue, message)
    }

    func single<Element: ArgumentValue>(as type: Element.Type) throws(CommandError) -> Element? {
        guard let text = texts.last else { return nil }
        return try value(text, as: type)
    }
}

/// What help, completion and parsing need to know of a parameter.
struct ParameterDeclaration: Sendable {
    enum Kind: Sendable { case flag, option, positional }
    enum Count: Sendable { case optional, required, repeated }
    /// What a shell offers for the value.
    enum Completion: Sendable { case nothing, files, folders }

    let kind: Kind
    /// `schema` for `--schema`; the value's name for a positional.
    let name: String
    var short: Character? = nil
    var valueName = ""
    let help: String
    var count = Count.optional
    var choices: [String] = []
    var defaultText: String? = nil
    /// The environment variable that stands in when the option is not given.
    var environment: String? = nil
    var completion = Completion.nothing

    /// How errors and help call it: `--schema` or `FILE`.
    var label: String { kind == .positional ? name : "--" + name }
}

/// A parameter whose value's type does not matter.
protocol AnyParameter: Sendable {
    var declaration: ParameterDeclaration { get }
    /// Throws if the texts cannot be read as its value.
    func check(_ given: Given) throws(CommandError)
}

extension Parameter: AnyParameter {
    func check(_ given: Given) throws(CommandError) { _ = try read(given) }
}

extension Parameter where Value == Bool {
    /// `--name`, true when it is given.
    static func flag(_ name: String, short: Character? = nil, _ help: String) -> Self {
        Parameter(declaration: ParameterDeclaration(kind: .flag, name: name, short: short, help: help)) { !$0.texts.isEmpty }
    }
}

extension Parameter where Value: ArgumentValue {
    /// `--name VALUE`, with a value that stands in when it is not given.
    static func option(
        _ name: String, short: Character? = nil, value: String, default fallback: Value, shownAs defaultText: String? = nil,
        environment: String? = nil, completion: ParameterDeclaration.Completion = .nothing, _ help: String
    ) -> Self {
        let declaration = ParameterDeclaration(
            kind: .option, name: name, short: short, valueName: value, help: help, choices: Value.choices,
            defaultText: defaultText ?? Self.text(of: fallback), environment: environment, completion: completion)
        return Parameter(declaration: declaration) { (given) throws(CommandError) in try given.single(as: Value.self) ?? fallback }
    }

    /// `--name VALUE` that has to be given.
    static func requiredOption(
        _ name: String, short: Character? = nil, value: String, environment: String? = nil,
        completion: ParameterDeclaration.Completion = .nothing, _ help: String
    ) -> Self {
        required(
            ParameterDeclaration(
                kind: .option, name: name, short: short, valueName: value, help: help, count: .required, choices: Value.choices,
                environment: environment, completion: completion))
    }

    /// A positional argument that has to be given.
    static func argument(_ name: String, completion: ParameterDeclaration.Completion = .nothing, _ help: String) -> Self {
        required(
            ParameterDeclaration(
                kind: .positional, name: name, help: help, count: .required, choices: Value.choices, completion: completion))
    }

    private static func required(_ declaration: ParameterDeclaration) -> Self {
        Parameter(declaration: declaration) { (given) throws(CommandError) in
            guard let value = try given.single(as: Value.self) else {
                throw CommandError(.missingArgument, "\(declaration.label) is missing")
            }
            return value
        }
    }

    private static func text(of value: Value) -> String {
        if let choice = value as? any RawRepresentable<String> { return choice.rawValue }
        return "\(value)"
    }
}

extension Parameter {
    /// `--name VALUE`, nil when it is not given.
    static func option<Element: ArgumentValue>(
        _ name: String, short: Character? = nil, value: String, shownAs defaultText: String? = nil, environment: String? = nil,
        completion: ParameterDeclaration.Completion = .nothing, _ help: String
    ) -> Self where Value == Element? {
        let declaration = ParameterDeclaration(
            kind: .option, name: name, short: short, valueName: value, help: help, choices: Element.choices,
            defaultText: defaultText, environment: environment, completion: completion)
        return Parameter(declaration: declaration) { (given) throws(CommandError) in try given.single(as: Element.self) }
    }

    /// `--name VALUE`, as often as wanted.
    static func option<Element: ArgumentValue>(
        _ name: String, short: Character? = nil, value: String, completion: ParameterDeclaration.Completion = .nothing, _ help: String
    ) -> Self where Value == [Element] {
        list(
            of: Element.self,
            ParameterDeclaration(
                kind: .option, name: name, short: short, valueName: value, help: help, count: .repeated, choices: Element.choices,
                completion: completion))
    }

    /// A positional argument, nil when it is not given.
    static func argument<Element: ArgumentValue>(
        _ name: String, completion: ParameterDeclaration.Completion = .nothing, _ help: String
    ) -> Self where Value == Element? {
        let declaration = ParameterDeclaration(
            kind: .positional, name: name, help: help, choices: Element.choices, completion: completion)
        return Parameter(declaration: declaration) { (given) throws(CommandError) in try given.single(as: Element.self) }
    }

    /// All positional arguments that are left.
    static func argument<Element: ArgumentValue>(
        _ name: String, completion: ParameterDeclaration.Completion = .nothing, _ help: String
    ) -> Self where Value == [Element] {
        list(
            of: Element.self,
            ParameterDeclaration(
                kind: .positional, name: name, help: help, count: .repeated, choices: Element.choices, completion: completion))
    }

    private static func list<Element: ArgumentValue>(
        of: Element.Type, _ declaration: ParameterDeclaration
    ) -> Self where Value == [Element] {
        Parameter(declaration: declaration) { (given) throws(CommandError) in
            var values: [Element] = []
            for text in given.texts { values.append(try given.value(text, as: Element.self)) }
            return values
        }
    }
}
