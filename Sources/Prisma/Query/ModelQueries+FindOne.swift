extension ModelQueries {
    /// The first row that matches; nil where none does.
    public func findFirst(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil
    ) async throws -> Model? {
        try await records(request(condition, orderBy, 1, skip, cursor, distinct)).first
    }

    public func findFirst<Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil, include item: Item
    ) async throws -> (Model, Item.Loaded)? {
        try await including(request(condition, orderBy, 1, skip, cursor, distinct), item).first
    }

    public func findFirst<each Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded)? {
        try await including(request(condition, orderBy, 1, skip, cursor, distinct), repeat each items(Model.columns)).first
    }

    public func findFirst<each Value: ColumnValue>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value)? {
        try await selecting(request(condition, orderBy, 1, skip, cursor, distinct), repeat each values(Model.columns)).first
    }

    /// The first row that matches; `P2025` where none does.
    public func findFirstOrThrow(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil
    ) async throws -> Model {
        try found(await findFirst(where: condition, orderBy: orderBy, skip: skip, cursor: cursor, distinct: distinct))
    }

    public func findFirstOrThrow<Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil, include item: Item
    ) async throws -> (Model, Item.Loaded) {
        try found(await findFirst(where: condition, orderBy: orderBy, skip: skip, cursor: cursor, distinct: distinct, include: item))
    }

    public func findFirstOrThrow<each Item: Includable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded) {
        try found(await findFirst(where: condition, orderBy: orderBy, skip: skip, cursor: cursor, distinct: distinct, include: items))
    }

    public func findFirstOrThrow<each Value: ColumnValue>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, skip: Int? = nil, cursor: Condition? = nil,
        distinct: Distinction? = nil, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value) {
        try found(await findFirst(where: condition, orderBy: orderBy, skip: skip, cursor: cursor, distinct: distinct, select: values))
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
        try await including(uniqueRequest(condition), item).first
    }

    public func findUnique<each Item: Includable>(
        where condition: Condition, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded)? {
        try await including(uniqueRequest(condition), repeat each items(Model.columns)).first
    }

    public func findUnique<each Value: ColumnValue>(
        where condition: Condition, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value)? {
        try await selecting(uniqueRequest(condition), repeat each values(Model.columns)).first
    }

    /// The row with a unique key; `P2025` where there is none.
    public func findUniqueOrThrow(where condition: Condition) async throws -> Model {
        try found(await findUnique(where: condition))
    }

    public func findUniqueOrThrow<Item: Includable>(
        where condition: Condition, include item: Item
    ) async throws -> (Model, Item.Loaded) {
        try found(await findUnique(where: condition, include: item))
    }

    public func findUniqueOrThrow<each Item: Includable>(
        where condition: Condition, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded) {
        try found(await findUnique(where: condition, include: items))
    }

    public func findUniqueOrThrow<each Value: ColumnValue>(
        where condition: Condition, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value) {
        try found(await findUnique(where: condition, select: values))
    }
}

extension ModelQueries {
    package func uniqueRequest(_ condition: Condition) throws(PrismaError) -> FindRequest {
        var request = try request(where: condition(Model.columns))
        try engine.checkUnique(request.filter, of: engine.plan(Model.modelName))
        request.isUnique = true
        return request
    }

    private func found<Row>(_ row: Row?) throws(PrismaError) -> Row {
        guard let row else { throw Self.notFound }
        return row
    }

    static var notFound: PrismaError {
        PrismaError(
            .recordNotFound, "No row of \(Model.modelName) matches.", model: Model.modelName,
            help: "Use the form without `OrThrow` if that is to be expected.")
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
