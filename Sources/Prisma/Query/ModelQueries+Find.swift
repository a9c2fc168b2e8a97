extension ModelQueries {
    /// All rows that match, in an order, from a position.
    ///
    /// ```swift
    /// let pros = try await prisma.user.findMany(where: { $0.plan == .pro }, orderBy: { $0.email.ascending }, take: 20)
    /// ```
    public func findMany(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, distinct: Distinction? = nil
    ) async throws -> [Model] {
        try await records(request(condition, orderBy, take, skip, cursor, distinct))
    }

    /// The rows with one thing beside each of them: a relation's rows or a prediction.
    ///
    /// ```swift
    /// for (user, risk) in try await prisma.user.findMany(include: churn) { print(user.email, risk.probability) }
    /// ```
    @inlinable
    public func findMany<Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, distinct: Distinction? = nil, include item: Item
    ) async throws -> [(Model, Item.Loaded)] {
        let (rows, loaded, order) = try await beside(condition, orderBy, take, skip, cursor, distinct, item)
        // Other modules can see this, and know the types: pairs of types that are known only at run time are slow to make.
        var pairs: [(Model, Item.Loaded)] = []
        pairs.reserveCapacity(order.count)
        for index in order { pairs.append((rows[index], loaded[index])) }
        return pairs
    }

    @usableFromInline
    func beside<Item: Includable>(
        _ condition: Condition?, _ order: Ordering, _ take: Int?, _ skip: Int?, _ cursor: Condition?, _ distinct: Distinction?, _ item: Item
    ) async throws -> (rows: [Model], loaded: [Item.Loaded], order: [Int]) {
        try await gathered(request(condition, order, take, skip, cursor, distinct), item)
    }

    /// The rows with several things beside each of them, as a tuple.
    ///
    /// ```swift
    /// let rows = try await prisma.user.findMany(include: { ($0.orders, churn) })   // [(User, [Order], Prediction<Bool>)]
    /// ```
    public func findMany<each Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, distinct: Distinction? = nil, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> [(Model, repeat (each Item).Loaded)] {
        try await including(request(condition, orderBy, take, skip, cursor, distinct), repeat each items(Model.columns))
    }

    /// Only some values of each row.
    ///
    /// ```swift
    /// let names = try await prisma.user.findMany(select: { ($0.id, $0.email.lowercased) })   // [(Int, String)]
    /// ```
    public func findMany<each Value: ColumnValue>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, distinct: Distinction? = nil, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> [(repeat each Value)] {
        try await selecting(request(condition, orderBy, take, skip, cursor, distinct), repeat each values(Model.columns))
    }

    /// How many rows match; with `take`, `skip` or `cursor`, how many `findMany` would give.
    public func count(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil
    ) async throws -> Int {
        var request = try request(condition, orderBy, take, skip, cursor, nil)
        if take == nil, skip == nil, cursor == nil {
            request.order = []
            return try await engine.count(request)
        }
        request.isAggregate = true
        let all = RelationAggregate(kind: .count, depth: 0, model: Model.modelName, field: "", target: Model.modelName)
        return try await selecting(request, RowExpression<Int>(node: .aggregate(all))).first ?? 0
    }
}

extension ModelQueries {
    func request(
        _ condition: Condition?, _ order: Ordering, _ take: Int?, _ skip: Int?, _ cursor: Condition?, _ distinct: Distinction?
    ) throws(PrismaError) -> FindRequest {
        try request(
            where: condition?(Model.columns), orderBy: order(Model.columns), take: take, skip: skip, cursor: cursor?(Model.columns),
            distinct: distinct?(Model.columns) ?? [])
    }

    /// Runs a request for some values of each row.
    func selecting<each Value: ColumnValue>(
        _ request: FindRequest, _ values: repeat RowExpression<each Value>
    ) async throws -> [(repeat each Value)] {
        var request = request
        request.selectsRecord = false
        request.selections = nodes(repeat each values)
        return try await fetch(request, columns: names(request.selections)) { row in (repeat try (each Value)(row: &row)) }
    }

    /// The names of selected values, for errors.
    func names(_ selections: [ExpressionNode]) -> [String] {
        selections.enumerated().map { index, node in
            if case .column(let column) = node { column.field } else { "selected value \(index + 1)" }
        }
    }

    func including<each Item: Includable>(
        _ request: FindRequest, _ items: repeat each Item
    ) async throws -> [(Model, repeat (each Item).Loaded)] {
        let (rows, loaded, order) = try await gathered(request, repeat each items)
        return order.map { (rows[$0], repeat (each loaded)[$0]) }
    }

    /// Runs a request and loads what is included: rows and inclusions side by side, and the order in which they are wanted.
    package func gathered<each Item: Includable>(
        _ request: FindRequest, _ items: repeat each Item
    ) async throws -> (rows: [Model], loaded: (repeat [(each Item).Loaded]), order: [Int]) {
        let engine = engine.forOneQuery
        let inclusions = (repeat try await (each items).inclusion(in: engine))
        var request = request
        // What is computed in this process is asked for by key, in a statement that has no place for joins.
        let reader = InclusionReader(repeat each inclusions, rows: request.rowLimit, canJoin: !request.nodes.contains(where: \.hasFunction))
        request.selections += reader.selections
        request.joins = reader.joins
        return try await engine.withConnection(for: .read, preparing: request.nodes) { [request] engine, connection in
            let start = (rows: [Model](), reader: reader)
            let ((rows, read), order) = try await engine.read(request, on: connection, into: start) { state, row in
                row.beginRecord(Model.self)
                try Model.read(&row, into: &state.rows)
                try state.reader.collect(&row)
            }
            var loader = read.loader(in: QueryContext(engine: engine, connection: connection))
            let loaded = (repeat try await loader.next(each inclusions))
            return (rows, loaded, order ?? Array(rows.indices))
        }
    }
}

extension FindRequest {
    func countStatement(in engine: PrismaEngine) throws(PrismaError) -> SQLStatement {
        var writer = engine.writer(now: now)
        writer.scoreTables = scoreTables
        let plan = try engine.plan(model)
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("SELECT COUNT(*) FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias)")
        if let filter {
            writer.write(" WHERE ")
            try writer.expression(filter)
        }
        return writer.statement
    }
}
