/// One file of a generated client.
public struct GeneratedFile: Hashable, Sendable {
    public var name: String
    public var contents: String
}

/// A schema for which no client can be written.
public struct GeneratorError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var help: String

    public var description: String { "\(message)\n  try: \(help)" }
}
