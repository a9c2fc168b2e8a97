extension ModelQueries {
    /// Inserts a row and gives it as the database has it; rows of relations are made or connected in the same transaction.
    @discardableResult
    public func create(_ data: Model.Create) async throws -> Model {
        try await engine.create(data.plan(Model.modelName)) { row in try Model(row: &row) }
    }

    /// Inserts rows and gives their number; with `skipDuplicates` those that break a unique constraint are left out.
    @discardableResult
    public func createMany(_ data: [Model.Create], skipDuplicates: Bool = false) async throws -> Int {
        try await insert(data, skipDuplicates: skipDuplicates, returning: .nothing).count
    }

    /// Inserts rows and gives those that were inserted.
    public func createManyAndReturn(_ data: [Model.Create], skipDuplicates: Bool = false) async throws -> [Model] {
        try await insert(data, skipDuplicates: skipDuplicates, returning: .record).rows
    }

    /// Changes the row with a unique key and gives it as it is afterwards; `P2025` where there is none.
    ///
    /// ```swift
    /// try await prisma.user.update(where: { $0.id == 7 }) {
    ///     $0.visits += 1
    ///     $0.orders.create(.init(total: 100, user: .parent))
    /// }
    /// ```
    @discardableResult
    public func update(where condition: Condition, _ change: (inout Changes<Model>) -> Void) async throws -> Model {
        let filter = try uniqueRequest(condition).filter
        guard let row = try await engine.update(filter, Changes.plan(change), { row in try Model(row: &row) }) else { throw Self.notFound }
        return row
    }

    /// Changes all rows that match, or the first `limit` of them in the order of their keys, and gives their number.
    @discardableResult
    public func updateMany(
        where condition: Condition? = nil, limit: Int? = nil, _ change: (inout Changes<Model>) -> Void
    ) async throws -> Int {
        try await self.change(condition?(Model.columns).node, limit, try Self.columnsOnly(change), returning: .nothing).count
    }

    /// Changes all rows that match, or the first `limit` of them, and gives them as they are afterwards.
    public func updateManyAndReturn(
        where condition: Condition? = nil, limit: Int? = nil, _ change: (inout Changes<Model>) -> Void
    ) async throws -> [Model] {
        try await self.change(condition?(Model.columns).node, limit, try Self.columnsOnly(change), returning: .record).rows
    }

    /// Changes the row with a unique key, or inserts one where there is none.
    @discardableResult
    public func upsert(
        where condition: Condition, create data: Model.Create, update change: (inout Changes<Model>) -> Void
    ) async throws -> Model {
        let filter = try uniqueRequest(condition).filter
        return try await engine.upsert(filter, data.plan(Model.modelName), Changes.plan(change)) { row in try Model(row: &row) }
    }

    /// Removes the row with a unique key and gives it as it was; `P2025` where there is none.
    @discardableResult
    public func delete(where condition: Condition) async throws -> Model {
        let request = try uniqueRequest(condition)
        let removed = try await engine.remove(Model.modelName, where: request.filter, returning: .record) { row in try Model(row: &row) }
        guard let row = removed.rows.first else { throw Self.notFound }
        return row
    }

    /// Removes all rows that match, or the first `limit` of them in the order of their keys, and gives their number.
    @discardableResult
    public func deleteMany(where condition: Condition? = nil, limit: Int? = nil) async throws -> Int {
        try await engine.remove(Model.modelName, where: condition?(Model.columns).node, limit: limit, returning: .nothing) { row in
            try Model(row: &row)
        }.count
    }
}

extension ModelQueries {
    private func insert(
        _ data: [Model.Create], skipDuplicates: Bool, returning: PrismaEngine.Returning
    ) async throws -> (count: Int, rows: [Model]) {
        try await engine.insert(
            data.count, into: Model.modelName, skipDuplicates: skipDuplicates, returning: returning, { row in try Model(row: &row) }
        ) { index, row throws(PrismaError) in
            data[index].write(to: &row)
            guard let nested = row.relations.first else { return }
            throw PrismaError(
                .validationFailed, "Rows that are made together have no relations of their own.", model: Model.modelName,
                fields: [nested.field], help: "Use `create` for each.")
        }
    }

    private func change(
        _ filter: ExpressionNode?, _ limit: Int?, _ assignments: [FieldAssignment], returning: PrismaEngine.Returning
    ) async throws -> (count: Int, rows: [Model]) {
        try await engine.change(Model.modelName, where: filter, limit: limit, assignments, returning: returning) { row in
            try Model(row: &row)
        }
    }

    private static func columnsOnly(_ change: (inout Changes<Model>) -> Void) throws(PrismaError) -> [FieldAssignment] {
        let plan = Changes.plan(change)
        if let nested = plan.relations.first {
            throw PrismaError(
                .validationFailed, "Many rows are changed at once only in their columns.", model: Model.modelName,
                fields: [nested.field], help: "Use `update` for each row.")
        }
        return plan.assignments
    }
}
