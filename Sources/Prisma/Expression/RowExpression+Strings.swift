extension RowExpression where Value.Unwrapped == String {
    /// The number of Unicode scalars.
    public var length: RowExpression<Value.IntResult> { .init(node: .unary(.length, node)) }

    /// With A to Z as a to z; other letters stay, since the databases disagree about them.
    public var lowercased: Self { .init(node: .unary(.lowercased, node)) }

    /// With a to z as A to Z; other letters stay, since the databases disagree about them.
    public var uppercased: Self { .init(node: .unary(.uppercased, node)) }

    /// Without spaces, tabs and line ends at both ends.
    public var trimmed: Self { .init(node: .unary(.trimmed, node)) }

    /// Whether the text is empty; unknown where it is null.
    public var isEmpty: RowExpression<Bool> { .init(node: .binary(.equal, node, .literal(.text(""), .string))) }

    /// The text with another after it.
    public func appending(_ text: String) -> Self { .init(node: .binary(.concatenate, node, .literal(.text(text), .string))) }

    /// The text with another expression's after it; null where one is null.
    public func appending(_ other: Self) -> Self { .init(node: .binary(.concatenate, node, other.node)) }

    /// The whole number that the text stands for: an optional sign and at most 30 digits; null if it is none or does not fit 64 bits.
    public var int: RowExpression<Int?> { .init(node: .cast(node, .bigInt)) }

    /// The number that the text stands for, such as `-12.5e3`; null if it is none. At most 100 digits before and after the point
    /// and 2 in the exponent.
    public var double: RowExpression<Double?> { .init(node: .cast(node, .double)) }

    /// Whether the text has another in it.
    public func contains(_ text: String, mode: StringMode = .sensitive) -> RowExpression<Bool> { matches(.contains, text, mode) }
    /// Whether the text begins with another.
    public func hasPrefix(_ text: String, mode: StringMode = .sensitive) -> RowExpression<Bool> { matches(.hasPrefix, text, mode) }
    /// Whether the text ends with another.
    public func hasSuffix(_ text: String, mode: StringMode = .sensitive) -> RowExpression<Bool> { matches(.hasSuffix, text, mode) }

    /// Whether the text has another expression's in it.
    public func contains<Other: ColumnValue>(_ text: RowExpression<Other>) -> RowExpression<Bool> where Other.Unwrapped == String {
        .init(node: .binary(.contains, node, text.node))
    }

    /// Whether the text begins with another expression's.
    public func hasPrefix<Other: ColumnValue>(_ text: RowExpression<Other>) -> RowExpression<Bool> where Other.Unwrapped == String {
        .init(node: .binary(.hasPrefix, node, text.node))
    }

    /// Whether the text ends with another expression's.
    public func hasSuffix<Other: ColumnValue>(_ text: RowExpression<Other>) -> RowExpression<Bool> where Other.Unwrapped == String {
        .init(node: .binary(.hasSuffix, node, text.node))
    }

    /// Equality that takes A to Z and a to z for the same.
    public func equals(_ text: String, mode: StringMode) -> RowExpression<Bool> { matches(.equal, text, mode) }

    /// What follows the first occurrence of a separator; null where there is none.
    ///
    /// ```swift
    /// user.email.part(after: "@")   // "example.com"
    /// ```
    public func part(after separator: String) -> RowExpression<String?> { .init(node: .partAfter(node, separator: separator)) }

    private func matches(_ op: BinaryOperator, _ text: String, _ mode: StringMode) -> RowExpression<Bool> {
        let literal = ExpressionNode.literal(.text(text), .string)
        switch mode {
        case .sensitive: return .init(node: .binary(op, node, literal))
        case .insensitive: return .init(node: .binary(op, .unary(.lowercased, node), .unary(.lowercased, literal)))
        }
    }
}

/// Whether upper and lower case (A to Z) count as different.
public enum StringMode: String, Hashable, Sendable {
    case sensitive = "default"
    case insensitive
}
