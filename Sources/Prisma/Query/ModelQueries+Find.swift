internal import PrismaSchema

extension ModelQueries {
    /// All rows that match, in an order, from a position.
    ///
    /// ```swift
    /// let pros = try await prisma.user.findMany(where: { $0.plan == .pro }, orderBy: { $0.email.ascending }, take: 20)
    /// ```
    public func findMany(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, distinct: ((Model.Columns) -> [AnyColumn])? = nil
    ) async throws -> [Model] {
        try await records(
            request(
                where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip,
                cursor: cursor?(Model.columns), distinct: distinct?(Model.columns) ?? []))
    }

    /// The rows with one thing beside each of them: a relation's rows or a prediction.
    ///
    /// ```swift
    /// for (user, risk) in try await prisma.user.findMany(include: churn) { print(user.email, risk.probability) }
    /// ```
    public func findMany<Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, include item: Item
    ) async throws -> [(Model, Item.Loaded)] {
        try await including(
            request(
                where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip,
                cursor: cursor?(Model.columns)), item)
    }

    /// The rows with several things beside each of them, as a tuple.
    ///
    /// ```swift
    /// let rows = try await prisma.user.findMany(include: { ($0.orders, churn) })   // [(User, [Order], Prediction<Bool>)]
    /// ```
    public func findMany<each Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> [(Model, repeat (each Item).Loaded)] {
        try await including(
            request(
                where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip,
                cursor: cursor?(Model.columns)), repeat each items(Model.columns))
    }

    /// Only some values of each row.
    ///
    /// ```swift
    /// let names = try await prisma.user.findMany(select: { ($0.id, $0.email.lowercased) })   // [(Int, String)]
    /// ```
    public func findMany<each Value: ColumnValue>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: Condition? = nil, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> [(repeat each Value)] {
        var request = try request(
            where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip,
            cursor: cursor?(Model.columns))
        var names: [String] = []
        for value in repeat each values(Model.columns) {
            request.selections.append(value.node)
            names.append(value.column.field.isEmpty ? "selected value \(names.count + 1)" : value.column.field)
        }
        request.selectsRecord = false
        return try await fetch(request, columns: names) { row in (repeat try (each Value)(row: &row)) }
    }

    /// The first row that matches; nil where none does.
    public func findFirst(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil,
        cursor: Condition? = nil, distinct: ((Model.Columns) -> [AnyColumn])? = nil
    ) async throws -> Model? {
        try await findMany(where: condition, orderBy: orderBy, take: 1, skip: skip, cursor: cursor, distinct: distinct).first
    }

    public func findFirst<Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, include item: Item
    ) async throws -> (Model, Item.Loaded)? {
        try await findMany(where: condition, orderBy: orderBy, take: 1, skip: skip, include: item).first
    }

    public func findFirst<each Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil,
        include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded)? {
        try await findMany(where: condition, orderBy: orderBy, take: 1, skip: skip, include: items).first
    }

    /// The first row that matches; `P2025` where none does.
    public func findFirstOrThrow(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil
    ) async throws -> Model {
        guard let row = try await findFirst(where: condition, orderBy: orderBy, skip: skip) else { throw Self.notFound }
        return row
    }

    /// The row with a unique key; nil where there is none.
    ///
    /// The condition must give each field of the primary key, or of a unique constraint, a value; it may ask for more.
    public func findUnique(where condition: Condition) async throws -> Model? {
        try await records(uniqueRequest(condition)).first
    }

    public func findUnique<Item: Includable>(
        where condition: Condition, include item: Item
    ) async throws -> (Model, Item.Loaded)? {
        try await including(try uniqueRequest(condition), item).first
    }

    public func findUnique<each Item: Includable>(
        where condition: Condition, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded)? {
        try await including(try uniqueRequest(condition), repeat each items(Model.columns)).first
    }

    /// The row with a unique key; `P2025` where there is none.
    public func findUniqueOrThrow(where condition: Condition) async throws -> Model {
        guard let row = try await findUnique(where: condition) else { throw Self.notFound }
        return row
    }

    /// How many rows match.
    public func count(where condition: Condition? = nil) async throws -> Int {
        try await engine.count(request(where: condition?(Model.columns)))
    }

    static var notFound: PrismaError {
        PrismaError(
            .recordNotFound, "No row of \(Model.modelName) matches.", model: Model.modelName,
            help: "Use the form without `OrThrow` if that is to be expected.")
    }
}

extension ModelQueries {
    package func uniqueRequest(_ condition: Condition) throws(PrismaError) -> FindRequest {
        let request = try request(where: condition(Model.columns))
        try engine.checkUnique(request.filter, of: engine.plan(Model.modelName))
        return request
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
        let inclusions = (repeat try await (each items).inclusion(in: engine))
        var request = request
        var makers: [@Sendable () -> any InclusionCollector] = []
        for inclusion in repeat each inclusions {
            request.selections += inclusion.selections
            makers.append(inclusion.makeCollector)
        }
        return try await engine.withConnection(for: .read) { [request, makers] connection in
            let start = (rows: [Model](), collectors: makers.map { $0() })
            let ((rows, collectors), order) = try await engine.read(request, on: connection, into: start) { state, row in
                state.rows.append(try Model(row: &row))
                for index in state.collectors.indices { try state.collectors[index].collect(&row) }
            }
            var loader = InclusionLoader(
                collectors: collectors, isReversed: false, context: QueryContext(engine: engine, connection: connection))
            let loaded = (repeat try await loader.next(each inclusions))
            return (rows, loaded, order ?? Array(rows.indices))
        }
    }
}

extension ExpressionNode {
    /// The fields of the outermost row that must equal a value for the condition to hold.
    package var fieldsFixedByEquality: Set<String> {
        switch self {
        case .binary(.and, let left, let right): left.fieldsFixedByEquality.union(right.fieldsFixedByEquality)
        case .binary(.equal, .column(let column), .literal), .binary(.equal, .literal, .column(let column)):
            column.depth == 0 ? [column.field] : []
        default: []
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
