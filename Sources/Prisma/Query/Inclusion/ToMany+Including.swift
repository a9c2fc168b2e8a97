extension ToMany: Includable {
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<[Target]> {
        try await related(in: engine).inclusion(of: RelatedContent(Target.init(row:))) { rows in rows }
    }

    /// The rows of the relation with more beside each of them.
    ///
    /// ```swift
    /// prisma.user.findMany(include: { $0.orders.include { $0.items } })   // [(User, [(Order, [Item])])]
    /// ```
    public func include<each Item: Includable>(
        _ items: (Target.Columns) -> (repeat each Item)
    ) -> RelationInclusion<[(Target, repeat (each Item).Loaded)]> {
        let items = (repeat each items(Target.columns))
        return RelationInclusion { engine in
            let inclusions = (repeat try await (each items).inclusion(in: engine))
            let content = RelatedContent(Target.init(row:), including: repeat each inclusions)
            return try await related(in: engine).inclusion(of: content) { rows in rows }
        }
    }

    /// Only some values of each row of the relation.
    ///
    /// ```swift
    /// prisma.user.findMany(include: { $0.orders.select { ($0.id, $0.total) } })   // [(User, [(Int, Double)])]
    /// ```
    public func select<each Value: ColumnValue>(
        _ values: (Target.Columns) -> (repeat RowExpression<each Value>)
    ) -> RelationInclusion<[(repeat each Value)]> {
        let columns = nodes(repeat each values(Target.columns))
        return RelationInclusion { engine in
            let content = RelatedContent(columns: columns) { (row: inout SQLRow) throws(PrismaError) in (repeat try (each Value)(row: &row))
            }
            return try await related(in: engine).inclusion(of: content) { rows in rows }
        }
    }

    /// The conditions were written for rows in the inner scope of a subquery; in a query of their own they move out.
    private func related(in engine: PrismaEngine) throws(PrismaError) -> RelatedRows {
        let filter = filter?.movedOut(by: 1)
        guard cursor != nil || !distinct.isEmpty else {
            return try RelatedRows(engine: engine, model: scope.model, field: field, filter: filter, order: order, take: take, skip: skip)
        }
        // A page of rows needs an order that is total.
        let plan = try engine.plan(Target.modelName)
        try RowPage.check(take: take, skip: skip, of: Target.modelName)
        let total = try order + plan.keyColumns().map { RowOrder($0, descending: false) }
        var related = try RelatedRows(engine: engine, model: scope.model, field: field, filter: filter, order: total)
        related.window = RelationWindow(distinctColumns: distinct.count, hasCursor: cursor != nil, take: take, skip: skip)
        related.windowNodes = distinct + [cursor].compactMap(\.self)
        return related
    }

    /// The relation's rows in an order.
    public func orderBy(@RowOrderBuilder _ order: (Target.Columns) -> [RowOrder]) -> Self {
        var copy = self
        copy.order += order(Target.columns)
        return copy
    }

    /// At most so many rows for each row above; negative takes from the end of the order.
    public func take(_ count: Int) -> Self {
        var copy = self
        copy.take = count
        return copy
    }

    /// Without the first rows of each row above.
    public func skip(_ count: Int) -> Self {
        var copy = self
        copy.skip = count
        return copy
    }

    /// From the row that the condition names on, in the order.
    public func cursor(_ condition: (Target.Columns) -> RowExpression<Bool>) -> Self {
        var copy = self
        copy.cursor = condition(Target.columns).node
        return copy
    }

    /// Only the first row, in the order, of those that agree in some columns.
    public func distinct<each Value: ColumnValue>(_ columns: (Target.Columns) -> (repeat RowExpression<each Value>)) -> Self {
        var copy = self
        copy.distinct = nodes(repeat each columns(Target.columns))
        return copy
    }
}

/// A relation with more beside its rows, or with only some of their values.
public struct RelationInclusion<Loaded: Sendable>: Includable {
    let make: @Sendable (PrismaEngine) async throws -> Inclusion<Loaded>

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Loaded> { try await make(engine) }
}

/// The trees of several expressions.
func nodes<each Value: ColumnValue>(_ values: repeat RowExpression<each Value>) -> [ExpressionNode] {
    var nodes: [ExpressionNode] = []
    for value in repeat each values { nodes.append(value.node) }
    return nodes
}
