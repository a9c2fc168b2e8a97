/// One thing that is wrong with a schema, or worth knowing about it: what, where, and what to do next.
public struct Diagnostic: Sendable, Hashable {
    /// The stable code that Prisma gives this class of problem, such as `P1012`.
    public let code: String
    /// The short, stable name of the rule that was broken, such as `unknown-type`.
    public let rule: String
    /// Whether the schema can be used all the same.
    public let severity: Severity
    /// What is wrong.
    public let message: String
    /// What to do next.
    public let help: String?
    /// The file, as it was named by the caller.
    public let path: String
    /// The line, from 1.
    public let line: Int
    /// The column in characters (Unicode scalars), from 1.
    public let column: Int
    /// How many characters of the line the problem covers, at least 1.
    public let length: Int
    /// The line it stands on, for display; a part of it when the line is very long.
    public let excerpt: Excerpt

    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        case error
        case warning
    }

    /// What is shown of a source line.
    public struct Excerpt: Sendable, Hashable {
        /// The text, without its line break.
        public let text: String
        /// Where in `text` the problem begins, in characters from 0.
        public let offset: Int
    }
}

/// A schema that cannot be used, with everything that is wrong with it.
public struct SchemaError: Error, Sendable, Hashable {
    /// All errors and warnings, ordered by file and position; at least one is an error.
    public let diagnostics: [Diagnostic]

    /// The errors alone.
    public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
}

extension SchemaError: CustomStringConvertible {
    /// All diagnostics as a terminal shows them.
    public var description: String {
        diagnostics.map { $0.rendered() }.joined(separator: "\n\n")
    }
}
