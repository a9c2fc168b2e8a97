// Each operator has three forms: two expressions, an expression and a value, a value and an expression. Optionality is carried
// by `Unwrapped`, which keeps the number of overloads, and with it the time to type-check, small.
//
// Forms that take a value are disfavored: `createdAt < .now` must mean the query's now, and not `Date.now`, the moment at which
// the expression is built.

extension RowExpression {
    public static func == <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.equal, left.node, right.node))
    }

    /// Equality with a value; with nil it asks whether there is none.
    @_disfavoredOverload
    public static func == (left: Self, right: Value.Unwrapped?) -> RowExpression<Bool> {
        guard let right else { return left.isNull }
        return .init(node: .binary(.equal, left.node, .literal(right.sqlValue, Value.valueType)))
    }

    public static func != <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.notEqual, left.node, right.node))
    }

    /// Inequality with a value; with nil it asks whether there is one.
    @_disfavoredOverload
    public static func != (left: Self, right: Value.Unwrapped?) -> RowExpression<Bool> {
        guard let right else { return left.isNotNull }
        return .init(node: .binary(.notEqual, left.node, .literal(right.sqlValue, Value.valueType)))
    }
}

extension RowExpression where Value.Unwrapped: OrderedColumnValue {
    private func compared(_ op: BinaryOperator, _ other: ExpressionNode) -> RowExpression<Bool> {
        .init(node: .binary(op, node, other))
    }

    private func compared(_ op: BinaryOperator, _ value: Value.Unwrapped) -> RowExpression<Bool> {
        .init(node: .binary(op, node, .literal(value.sqlValue, Value.valueType)))
    }

    public static func < <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.less, right.node)
    }

    @_disfavoredOverload
    public static func < (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.less, right) }
    @_disfavoredOverload
    public static func < (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.greater, left) }

    public static func <= <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.lessOrEqual, right.node)
    }

    @_disfavoredOverload
    public static func <= (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.lessOrEqual, right) }
    @_disfavoredOverload
    public static func <= (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.greaterOrEqual, left) }

    public static func > <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.greater, right.node)
    }

    @_disfavoredOverload
    public static func > (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.greater, right) }
    @_disfavoredOverload
    public static func > (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.less, left) }

    public static func >= <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.greaterOrEqual, right.node)
    }

    @_disfavoredOverload
    public static func >= (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.greaterOrEqual, right) }
    @_disfavoredOverload
    public static func >= (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.lessOrEqual, left) }
}

extension RowExpression {
    /// Whether two values differ, where null is a value like others: true if just one is null, false if both are, never unknown.
    ///
    /// ```swift
    /// prisma.user.findMany(where: { $0.name.isDistinct(from: "Ann") })   // also those without a name, unlike `!=`
    /// ```
    @_disfavoredOverload
    public func isDistinct(from other: Value.Unwrapped?) -> RowExpression<Bool> {
        .init(node: .binary(.distinct, node, .literal(other.sqlValue, Value.valueType)))
    }

    /// Whether two expressions' values differ, where null is a value like others.
    public func isDistinct<Other: ColumnValue>(from other: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.distinct, node, other.node))
    }
}

extension RowExpression where Value.Unwrapped: OrderedColumnValue & Comparable {
    /// Whether the value lies in a range, ends included.
    public func isIn(_ range: ClosedRange<Value.Unwrapped>) -> RowExpression<Bool> {
        self >= range.lowerBound && self <= range.upperBound
    }

    /// Whether the value lies in a range, its upper end excluded.
    public func isIn(_ range: Range<Value.Unwrapped>) -> RowExpression<Bool> {
        self >= range.lowerBound && self < range.upperBound
    }

    /// The value, or the end of the range that it lies beyond.
    public func clamped(to range: ClosedRange<Value.Unwrapped>) -> Self {
        let atLeast = ExpressionNode.binary(.greatest, node, .literal(range.lowerBound.sqlValue, Value.valueType))
        return .init(node: .binary(.least, atLeast, .literal(range.upperBound.sqlValue, Value.valueType)))
    }
}

/// The smaller of two values; null where one is null.
public func least<Value: ColumnValue>(_ first: RowExpression<Value>, _ second: RowExpression<Value>) -> RowExpression<Value>
where Value.Unwrapped: OrderedColumnValue {
    .init(node: .binary(.least, first.node, second.node))
}

/// The greater of two values; null where one is null.
public func greatest<Value: ColumnValue>(_ first: RowExpression<Value>, _ second: RowExpression<Value>) -> RowExpression<Value>
where Value.Unwrapped: OrderedColumnValue {
    .init(node: .binary(.greatest, first.node, second.node))
}

// MARK: - Logic and nulls

extension RowExpression where Value == Bool {
    public static func && (left: Self, right: Self) -> Self { .init(node: .binary(.and, left.node, right.node)) }
    public static func || (left: Self, right: Self) -> Self { .init(node: .binary(.or, left.node, right.node)) }
    public static prefix func ! (operand: Self) -> Self { .init(node: .unary(.not, operand.node)) }
}

/// Whether all conditions hold; true if there is none. Any number of them, while `&&` can be repeated some 200 times.
public func all(of conditions: [RowExpression<Bool>]) -> RowExpression<Bool> {
    .init(node: ExpressionNode.balanced(.and, conditions.map(\.node)[...]) ?? .literal(.bool(true), .bool))
}

/// Whether one of the conditions holds; false if there is none.
public func any(of conditions: [RowExpression<Bool>]) -> RowExpression<Bool> {
    .init(node: ExpressionNode.balanced(.or, conditions.map(\.node)[...]) ?? .literal(.bool(false), .bool))
}

extension ExpressionNode {
    /// The operands joined in a tree that is as shallow as can be.
    fileprivate static func balanced(_ op: BinaryOperator, _ operands: ArraySlice<ExpressionNode>) -> ExpressionNode? {
        if operands.count < 2 { return operands.first }
        let middle = operands.startIndex + operands.count / 2
        guard let left = balanced(op, operands[..<middle]), let right = balanced(op, operands[middle...]) else { return nil }
        return .binary(op, left, right)
    }
}

extension RowExpression {
    /// The value, or another where it is null.
    @_disfavoredOverload
    public static func ?? (left: Self, right: Value.Unwrapped) -> RowExpression<Value.Unwrapped> {
        .init(node: .binary(.coalesce, left.node, .literal(right.sqlValue, Value.valueType)))
    }

    /// The value, or another expression's where it is null.
    public static func ?? <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Other>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.coalesce, left.node, right.node))
    }
}
