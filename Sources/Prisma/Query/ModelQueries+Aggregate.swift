extension ModelQueries {
    /// Aggregates over all rows that match; with `take`, `skip` or `cursor`, over those that `findMany` would give.
    ///
    /// ```swift
    /// let (orders, revenue) = try await prisma.order.aggregate { ($0.id.count, $0.total.sum) }   // (Int, Double?)
    /// ```
    public func aggregate<each Value: ColumnValue>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, _ values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value) {
        var request = try request(condition, orderBy, take, skip, cursor, nil)
        request.isAggregate = true
        guard let row = try await selecting(request, repeat each values(Model.columns)).first else { throw Self.notFound }
        return row
    }

    /// Aggregates over groups of rows that agree in some values.
    ///
    /// ```swift
    /// for (plan, (users, visits)) in try await prisma.user.groupBy({ $0.plan }, having: { $0.id.count > 10 }) { ($0.id.count, $0.visits.sum) } {
    ///     print(plan, users, visits ?? 0)
    /// }
    /// ```
    public func groupBy<each Key: ColumnValue, each Value: ColumnValue>(
        _ keys: (Model.Columns) -> (repeat RowExpression<each Key>), where condition: Condition? = nil, having: Condition? = nil,
        @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        _ values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> [(key: (repeat each Key), values: (repeat each Value))] {
        var request = try request(where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip)
        request.selectsRecord = false
        for key in repeat each keys(Model.columns) { request.groups.append(key.node) }
        request.having = having?(Model.columns).node
        request.selections = request.groups
        for value in repeat each values(Model.columns) { request.selections.append(value.node) }
        // A page of groups needs an order of groups.
        if request.order.isEmpty, take != nil || skip != nil {
            request.order = request.groups.map { RowOrder($0, descending: false) }
        }
        return try await fetch(request, columns: names(request.selections)) { row in
            let key = (repeat try (each Key)(row: &row))
            return (key, (repeat try (each Value)(row: &row)))
        }
    }
}
