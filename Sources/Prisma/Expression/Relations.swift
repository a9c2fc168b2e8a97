/// A relation to many rows, as a query sees it: something to count, to ask about, to include.
public struct ToMany<Target: Record>: Sendable {
    package var scope: RowScope
    package var field: String
    package var filter: ExpressionNode?
    package var order: [RowOrder] = []
    package var take: Int?
    package var skip: Int?
    package var cursor: ExpressionNode?
    package var distinct: [ExpressionNode] = []

    package init(scope: RowScope, field: String) {
        self.scope = scope
        self.field = field
    }

    private var targetColumns: Target.Columns { Target.Columns(scope: RowScope(model: Target.modelName, depth: scope.depth + 1)) }

    private func aggregate(
        _ kind: RelationAggregate.Kind, filter extra: ExpressionNode? = nil, value: ExpressionNode? = nil, order: [RowOrder] = []
    ) -> ExpressionNode {
        .aggregate(
            RelationAggregate(
                kind: kind, depth: scope.depth, model: scope.model, field: field, target: Target.modelName,
                filter: ExpressionNode.conjunction(filter, extra), value: value, order: order))
    }

    /// The rows of the relation for which the condition holds; several conditions add up.
    public func `where`(_ condition: (Target.Columns) -> RowExpression<Bool>) -> Self {
        var copy = self
        copy.filter = ExpressionNode.conjunction(filter, condition(targetColumns).node)
        return copy
    }

    /// How many rows there are.
    public var count: RowExpression<Int> { .init(node: aggregate(.count)) }

    /// How many different values the rows have; nulls do not count.
    public func countDistinct<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Int> {
        .init(node: aggregate(.countDistinct, value: value(targetColumns).node))
    }

    /// Whether there is a row.
    public func some() -> RowExpression<Bool> { .init(node: aggregate(.some)) }

    /// Whether there is no row.
    public func none() -> RowExpression<Bool> { .init(node: aggregate(.none)) }

    /// Whether there is a row for which the condition holds.
    public func some(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        .init(node: aggregate(.some, filter: condition(targetColumns).node))
    }

    /// Whether the condition is false for no row; true where there is no row.
    public func every(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        .init(node: aggregate(.every, value: condition(targetColumns).node))
    }

    /// Whether there is no row for which the condition holds.
    public func none(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        .init(node: aggregate(.none, filter: condition(targetColumns).node))
    }

    /// Whether there is no row.
    public var isEmpty: RowExpression<Bool> { .init(node: aggregate(.none)) }

    /// The sum over the rows that have a value; 0 where none has. A sum of integers that does not fit 64 bits has no value.
    public func sum<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Value.Unwrapped>
    where Value.Unwrapped: NumericColumnValue {
        .init(node: aggregate(.sum, value: value(targetColumns).node))
    }

    /// The mean over the rows that have a value; null where none has.
    public func average<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Double?>
    where Value.Unwrapped: CastableToDouble {
        .init(node: aggregate(.average, value: value(targetColumns).node))
    }

    /// The least value; null where no row has one.
    public func min<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Value.Unwrapped?>
    where Value.Unwrapped: OrderedColumnValue {
        .init(node: aggregate(.minimum, value: value(targetColumns).node))
    }

    /// The greatest value; null where no row has one.
    public func max<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Value.Unwrapped?>
    where Value.Unwrapped: OrderedColumnValue {
        .init(node: aggregate(.maximum, value: value(targetColumns).node))
    }

    /// A value of the first row in an order; null where there is no row. Nulls in the order come last.
    ///
    /// ```swift
    /// Feature("lastTotal", user.orders.first(by: { $0.createdAt.descending }) { $0.total })
    /// ```
    public func first<Value: ColumnValue>(
        by order: (Target.Columns) -> RowOrder, _ value: (Target.Columns) -> RowExpression<Value>
    ) -> RowExpression<Value.Unwrapped?> {
        let columns = targetColumns
        return .init(node: aggregate(.first, value: value(columns).node, order: [order(columns)]))
    }
}

/// A relation to one row. Its columns are read through it: `order.user.email`.
@dynamicMemberLookup
public struct ToOne<Target: Record>: Sendable {
    package var scope: RowScope
    package var field: String

    public subscript<Value: ColumnValue>(dynamicMember column: KeyPath<Target.Columns, RowExpression<Value>>) -> RowExpression<Value> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.first, value: relation.columns[keyPath: column].node))
    }

    /// What is computed of the related row, its own relations included.
    ///
    /// ```swift
    /// Feature("others", payment.card.map { $0.payments.count })
    /// ```
    public func map<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Value> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.first, value: value(relation.columns).node))
    }

    /// Whether the condition holds for the related row.
    public func `is`(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.some, filter: condition(relation.columns).node))
    }

    /// Whether the condition does not hold for the related row.
    public func isNot(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.none, filter: condition(relation.columns).node))
    }
}

/// A relation to one row or none. Its columns are read through it, and are null where there is no row.
@dynamicMemberLookup
public struct ToOptional<Target: Record>: Sendable {
    package var scope: RowScope
    package var field: String

    public subscript<Value: ColumnValue>(
        dynamicMember column: KeyPath<Target.Columns, RowExpression<Value>>
    ) -> RowExpression<Value.Unwrapped?> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.first, value: relation.columns[keyPath: column].node))
    }

    /// What is computed of the related row, its own relations included; null where there is no row.
    public func map<Value: ColumnValue>(_ value: (Target.Columns) -> RowExpression<Value>) -> RowExpression<Value.Unwrapped?> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.first, value: value(relation.columns).node))
    }

    /// Whether there is a related row for which the condition holds.
    public func `is`(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.some, filter: condition(relation.columns).node))
    }

    /// Whether there is no related row for which the condition holds.
    public func isNot(_ condition: (Target.Columns) -> RowExpression<Bool>) -> RowExpression<Bool> {
        let relation = RelatedRow<Target>(scope: scope, field: field)
        return .init(node: relation.aggregate(.none, filter: condition(relation.columns).node))
    }

    /// Whether there is no related row.
    public var isNull: RowExpression<Bool> {
        .init(node: RelatedRow<Target>(scope: scope, field: field).aggregate(.none))
    }
}

/// What relations to one row share.
private struct RelatedRow<Target: Record> {
    let scope: RowScope
    let field: String

    var columns: Target.Columns { Target.Columns(scope: RowScope(model: Target.modelName, depth: scope.depth + 1)) }

    func aggregate(_ kind: RelationAggregate.Kind, filter: ExpressionNode? = nil, value: ExpressionNode? = nil) -> ExpressionNode {
        .aggregate(
            RelationAggregate(
                kind: kind, depth: scope.depth, model: scope.model, field: field, target: Target.modelName, filter: filter, value: value))
    }
}

extension ExpressionNode {
    package static func conjunction(_ left: ExpressionNode?, _ right: ExpressionNode?) -> ExpressionNode? {
        switch (left, right) {
        case (let left?, let right?): .binary(.and, left, right)
        case (let left?, nil): left
        case (nil, let right): right
        }
    }
}
