extension RowExpression where Value.Unwrapped == String {
    /// The number of Unicode scalars.
    public var length: RowExpression<Value.IntResult> { .init(node: .unary(.length, node)) }

    /// With A to Z as a to z; other letters stay, since the databases disagree about them.
    public var lowercased: Self { .init(node: .unary(.lowercased, node)) }

    /// With a to z as A to Z; other letters stay, since the databases disagree about them.
    public var uppercased: Self { .init(node: .unary(.uppercased, node)) }

    public func contains(_ text: String, mode: StringMode = .sensitive) -> RowExpression<Bool> { matches(.contains, text, mode) }
    public func hasPrefix(_ text: String, mode: StringMode = .sensitive) -> RowExpression<Bool> { matches(.hasPrefix, text, mode) }
    public func hasSuffix(_ text: String, mode: StringMode = .sensitive) -> RowExpression<Bool> { matches(.hasSuffix, text, mode) }

    public func contains<Other: ColumnValue>(_ text: RowExpression<Other>) -> RowExpression<Bool> where Other.Unwrapped == String {
        .init(node: .binary(.contains, node, text.node))
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
