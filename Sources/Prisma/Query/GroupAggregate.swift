// Aggregates over the rows of a query or of its groups, as Prisma's `_count`, `_sum`, `_avg`, `_min` and `_max`.

extension RowExpression {
    /// How many rows have a value here; of a required column, how many rows there are.
    public var count: RowExpression<Int> { grouped(.count) }

    private func grouped<Result: ColumnValue>(_ kind: RelationAggregate.Kind) -> RowExpression<Result> {
        let model = node.outermostModel ?? ""
        // An aggregate over no relation is over the rows of the query itself.
        return RowExpression<Result>(
            node: .aggregate(RelationAggregate(kind: kind, depth: 0, model: model, field: "", target: model, value: node)))
    }
}

extension RowExpression where Value.Unwrapped: NumericColumnValue {
    /// The sum of the values; null where there is none.
    public var sum: RowExpression<Value.Unwrapped?> { grouped(.sum) }
}

extension RowExpression where Value.Unwrapped: CastableToDouble {
    /// The mean of the values; null where there is none.
    public var average: RowExpression<Double?> { grouped(.average) }
}

extension RowExpression where Value.Unwrapped: OrderedColumnValue {
    /// The least value; null where there is none.
    public var minimum: RowExpression<Value.Unwrapped?> { grouped(.minimum) }

    /// The greatest value; null where there is none.
    public var maximum: RowExpression<Value.Unwrapped?> { grouped(.maximum) }
}

extension ExpressionNode {
    /// The model of the row that the expression is about.
    var outermostModel: String? {
        switch self {
        case .column(let column) where column.depth == 0: column.model
        case .aggregate(let aggregate) where aggregate.depth == 0: aggregate.model
        default: children.lazy.compactMap(\.outermostModel).first
        }
    }
}

extension SQLWriter {
    /// An aggregate over the rows of the query or group.
    mutating func groupAggregate(_ aggregate: RelationAggregate) throws(PrismaError) {
        guard let value = aggregate.value else { return write("COUNT(*)") }
        let piece = try piece { (writer) throws(PrismaError) in try writer.value(value) }
        write(call(aggregate, piece))
    }
}
