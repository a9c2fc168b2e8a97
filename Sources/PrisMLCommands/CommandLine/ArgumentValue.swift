/// A type that a value on the command line can be read as.
protocol ArgumentValue: Sendable {
    /// Completes the sentence "'--port' takes …".
    static var expectation: String { get }
    /// Every text that is accepted, where that is a short list.
    static var choices: [String] { get }
    init?(argument: String)
}

extension ArgumentValue {
    static var choices: [String] { [] }
}

extension String: ArgumentValue {
    static var expectation: String { "a text" }
    init?(argument: String) { self = argument }
}

extension Int: ArgumentValue {
    static var expectation: String { "a whole number" }
    init?(argument: String) { self.init(argument) }
}

extension Double: ArgumentValue {
    static var expectation: String { "a number" }
    init?(argument: String) {
        guard let number = Double(argument), number.isFinite else { return nil }
        self = number
    }
}

/// A choice is an enum of strings: `enum Shell: String, CaseIterable, ArgumentValue { case bash, zsh, fish }`.
extension ArgumentValue where Self: RawRepresentable<String> & CaseIterable {
    static var choices: [String] { allCases.map(\.rawValue) }
    static var expectation: String { "one of " + choices.joined(separator: ", ") }
    init?(argument: String) { self.init(rawValue: argument) }
}
