/// Something that can be asked of a row: a column, a computation, an aggregate over a relation, a prediction.
///
/// It is a plain value. The same tree becomes SQL, is evaluated in memory, and names the definition of a feature:
///
/// ```swift
/// prisma.user.findMany(where: { $0.lastLoginAt.days(until: .now) > 30 && $0.orders.count == 0 })
/// ```
///
/// A comparison with a value that is null is neither true nor false, as in SQL: a `where` does not match it, and neither
/// does its negation.
public struct RowExpression<Value: ColumnValue>: Sendable, Hashable {
    package var node: ExpressionNode

    /// A tree that is too deep is replaced at once, so that nothing that reads trees can run out of stack.
    package init(node: ExpressionNode) {
        self.node = node.depth > ExpressionNode.depthLimit ? .tooDeep(node.type) : node
    }

    /// A constant.
    public init(_ value: Value) {
        node = .literal(value.sqlValue, Value.valueType)
    }
}

extension RowExpression {
    public var ascending: RowOrder { RowOrder(node, descending: false) }
    public var descending: RowOrder { RowOrder(node, descending: true) }

    /// Whether there is no value.
    public var isNull: RowExpression<Bool> { .init(node: .unary(.isNull, node)) }

    /// Whether there is a value.
    public var isNotNull: RowExpression<Bool> { .init(node: .unary(.not, .unary(.isNull, node))) }

    /// Whether the value is one of these; false for an empty list.
    public func isIn(_ values: [Value.Unwrapped]) -> RowExpression<Bool> {
        .init(node: .membership(node, values.map(\.sqlValue), Value.valueType))
    }

    /// Whether the value is none of these; true for an empty list.
    public func isNotIn(_ values: [Value.Unwrapped]) -> RowExpression<Bool> { !isIn(values) }
}

/// The first value where the condition holds, else the second; a condition that is unknown does not hold.
///
/// ```swift
/// Feature("tier", when(user.visits > 100, then: 2, else: 1))
/// ```
public func when<Value: ColumnValue>(
    _ condition: RowExpression<Bool>, then: RowExpression<Value>, else other: RowExpression<Value>
) -> RowExpression<Value> {
    .init(node: .conditional(condition.node, then: then.node, else: other.node))
}

/// The first constant where the condition holds, else the second.
@_disfavoredOverload
public func when<Value: ColumnValue>(_ condition: RowExpression<Bool>, then: Value, else other: Value) -> RowExpression<Value> {
    when(condition, then: RowExpression(then), else: RowExpression(other))
}

extension RowExpression: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Value.IntegerLiteralType) {
        self.init(Value(integerLiteral: value))
    }
}

extension RowExpression: ExpressibleByFloatLiteral where Value: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Value.FloatLiteralType) {
        self.init(Value(floatLiteral: value))
    }
}

/// The row that a closure's columns belong to; generated `Columns` are made from one.
public struct RowScope: Sendable, Hashable {
    package var depth: Int
    package var model: String

    package init(model: String, depth: Int = 0) {
        self.model = model
        self.depth = depth
    }

    /// A column of the row; called by generated code.
    public func column<Value: ColumnValue>(_ field: String) -> RowExpression<Value> {
        .init(node: .column(ColumnReference(depth: depth, model: model, field: field, type: Value.valueType)))
    }

    /// A relation to many rows; called by generated code.
    public func toMany<Target: Record>(_ field: String) -> ToMany<Target> {
        ToMany(scope: self, field: field)
    }

    /// A relation to one row; called by generated code.
    public func toOne<Target: Record>(_ field: String) -> ToOne<Target> {
        ToOne(scope: self, field: field)
    }

    /// A relation to one row or none; called by generated code.
    public func toOptional<Target: Record>(_ field: String) -> ToOptional<Target> {
        ToOptional(scope: self, field: field)
    }
}

/// A model's columns and relations in one scope; generated for each model.
public protocol ModelColumns: Sendable {
    /// The row that the columns belong to.
    var rowScope: RowScope { get }

    init(scope: RowScope)
}
