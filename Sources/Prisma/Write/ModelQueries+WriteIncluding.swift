// Writes that give more than the row: what `findMany` includes or selects, read in the transaction of the write.

extension ModelQueries {
    /// Inserts a row and gives it with things beside it.
    ///
    /// ```swift
    /// let (user, orders) = try await prisma.user.create(
    ///     .init(email: "ann@example.com", orders: .create(.init(total: 100, user: .parent))), include: { $0.orders })
    /// ```
    public func create<each Item: Includable>(
        _ data: Model.Create, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded) {
        let items = items(Model.columns)
        let plan = data.plan(Model.modelName)
        return try await including(repeat each items) { engine in
            try await engine.create(plan, engine.rowReader(engine.plan(Model.modelName)))
        }
    }

    /// Inserts a row and gives some of its values.
    public func create<each Value: ColumnValue>(
        _ data: Model.Create, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value) {
        let values = values(Model.columns)
        let plan = data.plan(Model.modelName)
        return try await selecting(repeat each values) { engine in
            try await engine.create(plan, engine.rowReader(engine.plan(Model.modelName)))
        }
    }

    /// Changes the row with a unique key and gives it with things beside it; `P2025` where there is none.
    public func update<each Item: Includable>(
        where condition: Condition, include items: (Model.Columns) -> (repeat each Item), _ change: (inout Changes<Model>) -> Void
    ) async throws -> (Model, repeat (each Item).Loaded) {
        let items = items(Model.columns)
        let filter = try uniqueRequest(condition).filter
        let plan = Changes.plan(change)
        return try await including(repeat each items) { engine in
            try await engine.update(filter, plan, engine.rowReader(engine.plan(Model.modelName)))
        }
    }

    /// Changes the row with a unique key and gives some of its values; `P2025` where there is none.
    public func update<each Value: ColumnValue>(
        where condition: Condition, select values: (Model.Columns) -> (repeat RowExpression<each Value>),
        _ change: (inout Changes<Model>) -> Void
    ) async throws -> (repeat each Value) {
        let values = values(Model.columns)
        let filter = try uniqueRequest(condition).filter
        let plan = Changes.plan(change)
        return try await selecting(repeat each values) { engine in
            try await engine.update(filter, plan, engine.rowReader(engine.plan(Model.modelName)))
        }
    }

    /// Changes the row with a unique key, or inserts one where there is none, and gives it with things beside it.
    public func upsert<each Item: Includable>(
        where condition: Condition, create data: Model.Create, include items: (Model.Columns) -> (repeat each Item),
        update change: (inout Changes<Model>) -> Void
    ) async throws -> (Model, repeat (each Item).Loaded) {
        let items = items(Model.columns)
        let filter = try uniqueRequest(condition).filter
        let plans = (data.plan(Model.modelName), Changes.plan(change))
        return try await including(repeat each items) { engine in
            try await engine.upsert(filter, plans.0, plans.1, engine.rowReader(engine.plan(Model.modelName)))
        }
    }

    /// Changes the row with a unique key, or inserts one where there is none, and gives some of its values.
    public func upsert<each Value: ColumnValue>(
        where condition: Condition, create data: Model.Create, select values: (Model.Columns) -> (repeat RowExpression<each Value>),
        update change: (inout Changes<Model>) -> Void
    ) async throws -> (repeat each Value) {
        let values = values(Model.columns)
        let filter = try uniqueRequest(condition).filter
        let plans = (data.plan(Model.modelName), Changes.plan(change))
        return try await selecting(repeat each values) { engine in
            try await engine.upsert(filter, plans.0, plans.1, engine.rowReader(engine.plan(Model.modelName)))
        }
    }

    /// Removes the row with a unique key and gives it, with things beside it, as it was; `P2025` where there is none.
    public func delete<each Item: Includable>(
        where condition: Condition, include items: (Model.Columns) -> (repeat each Item)
    ) async throws -> (Model, repeat (each Item).Loaded) {
        let items = items(Model.columns)
        let request = try uniqueRequest(condition)
        return try await engine.transaction { engine in
            guard let found = try await ModelQueries(engine).including(request, repeat each items).first else { throw Self.notFound }
            _ = try await engine.remove(Model.modelName, where: request.filter, returning: .nothing) { _ in }
            return found
        }
    }

    /// Removes the row with a unique key and gives some of its values; `P2025` where there is none.
    public func delete<each Value: ColumnValue>(
        where condition: Condition, select values: (Model.Columns) -> (repeat RowExpression<each Value>)
    ) async throws -> (repeat each Value) {
        let values = (repeat each values(Model.columns))
        let request = try uniqueRequest(condition)
        return try await engine.transaction { engine in
            guard let found = try await ModelQueries(engine).selecting(request, repeat each values).first else { throw Self.notFound }
            _ = try await engine.remove(Model.modelName, where: request.filter, returning: .nothing) { _ in }
            return found
        }
    }

    private func including<each Item: Includable>(
        _ items: repeat each Item, after write: @escaping @Sendable (PrismaEngine) async throws -> WrittenRow?
    ) async throws -> (Model, repeat (each Item).Loaded) {
        try await engine.transaction { engine in
            let queries = ModelQueries(engine)
            guard let request = try await queries.request(for: write(engine)),
                let found = try await queries.including(request, repeat each items).first
            else { throw Self.notFound }
            return found
        }
    }

    private func selecting<each Value: ColumnValue>(
        _ values: repeat RowExpression<each Value>, after write: @escaping @Sendable (PrismaEngine) async throws -> WrittenRow?
    ) async throws -> (repeat each Value) {
        try await engine.transaction { engine in
            let queries = ModelQueries(engine)
            guard let request = try await queries.request(for: write(engine)),
                let found = try await queries.selecting(request, repeat each values).first
            else { throw Self.notFound }
            return found
        }
    }

    private func request(for row: WrittenRow?) throws -> FindRequest? {
        guard let row else { return nil }
        var request = FindRequest(model: Model.modelName)
        request.filter = try engine.plan(Model.modelName).identity(of: row)
        request.isUnique = true
        return request
    }
}
