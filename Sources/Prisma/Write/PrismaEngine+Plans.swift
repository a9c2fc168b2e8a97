// One row made or changed with what goes with it. A plan without relations is one statement, any other one transaction.

extension PrismaEngine {
    package func create<Row: Sendable>(_ plan: CreatePlan, _ read: @escaping RowReader<Row>) async throws -> Row {
        if plan.relations.isEmpty {
            guard let row = try await insert([plan.values], into: plan.model, returning: .record, read).rows.first else {
                throw rowGone(plan.model)
            }
            return row
        }
        return try await transaction { engine in
            let row = try await NestedWriter(engine).create(plan)
            return try await engine.row(of: plan.model, row, read)
        }
    }

    /// Nil if no row matches.
    package func update<Row: Sendable>(
        _ filter: ExpressionNode?, _ plan: UpdatePlan, _ read: @escaping RowReader<Row>
    ) async throws -> Row? {
        if plan.relations.isEmpty {
            return try await change(plan.model, where: filter, plan.assignments, returning: .record, read).rows.first
        }
        return try await transaction { engine in
            let writer = NestedWriter(engine)
            guard let row = try await engine.rows(of: engine.plan(plan.model), where: filter).first else { return nil }
            return try await engine.row(of: plan.model, try await writer.update(row, plan), read)
        }
    }

    package func upsert<Row: Sendable>(
        _ filter: ExpressionNode?, _ create: CreatePlan, _ update: UpdatePlan, _ read: @escaping RowReader<Row>
    ) async throws -> Row {
        try await transaction { engine in
            if let row = try await engine.update(filter, update, read) { return row }
            do {
                return try await engine.transaction { engine in try await engine.create(create, read) }
            } catch let error as PrismaError where error.code == .uniqueViolation {
                // Another transaction inserted it in the meantime.
                guard let row = try await engine.update(filter, update, read) else { throw error }
                return row
            }
        }
    }

    private func row<Row: Sendable>(of model: String, _ row: WrittenRow, _ read: @escaping RowReader<Row>) async throws -> Row {
        let plan = try plan(model)
        var request = FindRequest(model: model)
        request.filter = try plan.identity(of: row)
        guard let row = try await write(try request.statement(in: self), model, .record, read).rows.first else { throw rowGone(model) }
        return row
    }

    private func rowGone(_ model: String) -> PrismaError {
        PrismaError(
            .recordNotFound, "The row of \(model) that was written is not there.", model: model,
            help: "A trigger of the database, or an operation of the same write, has removed it.")
    }
}
