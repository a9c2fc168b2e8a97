// Each operator has three forms: two expressions, an expression and a value, a value and an expression. Optionality is carried
// by `Unwrapped`, which keeps the number of overloads, and with it the time to type-check, small.

extension RowExpression {
    public static func == <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.equal, left.node, right.node))
    }

    /// Equality with a value; with nil it asks whether there is none.
    public static func == (left: Self, right: Value.Unwrapped?) -> RowExpression<Bool> {
        guard let right else { return left.isNull }
        return .init(node: .binary(.equal, left.node, .literal(right.sqlValue, Value.valueType)))
    }

    public static func != <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.notEqual, left.node, right.node))
    }

    /// Inequality with a value; with nil it asks whether there is one.
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

    public static func < (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.less, right) }
    public static func < (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.greater, left) }

    public static func <= <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.lessOrEqual, right.node)
    }

    public static func <= (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.lessOrEqual, right) }
    public static func <= (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.greaterOrEqual, left) }

    public static func > <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.greater, right.node)
    }

    public static func > (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.greater, right) }
    public static func > (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.less, left) }

    public static func >= <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Bool>
    where Other.Unwrapped == Value.Unwrapped {
        left.compared(.greaterOrEqual, right.node)
    }

    public static func >= (left: Self, right: Value.Unwrapped) -> RowExpression<Bool> { left.compared(.greaterOrEqual, right) }
    public static func >= (left: Value.Unwrapped, right: Self) -> RowExpression<Bool> { right.compared(.lessOrEqual, left) }
}

// MARK: - Logic and nulls

extension RowExpression where Value == Bool {
    public static func && (left: Self, right: Self) -> Self { .init(node: .binary(.and, left.node, right.node)) }
    public static func || (left: Self, right: Self) -> Self { .init(node: .binary(.or, left.node, right.node)) }
    public static prefix func ! (operand: Self) -> Self { .init(node: .unary(.not, operand.node)) }
}

extension RowExpression {
    /// The value, or another where it is null.
    public static func ?? (left: Self, right: Value.Unwrapped) -> RowExpression<Value.Unwrapped> {
        .init(node: .binary(.coalesce, left.node, .literal(right.sqlValue, Value.valueType)))
    }

    /// The value, or another expression's where it is null.
    public static func ?? <Other: ColumnValue>(left: Self, right: RowExpression<Other>) -> RowExpression<Other>
    where Other.Unwrapped == Value.Unwrapped {
        .init(node: .binary(.coalesce, left.node, right.node))
    }
}
