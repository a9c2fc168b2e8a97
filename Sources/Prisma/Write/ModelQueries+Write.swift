internal import FoundationEssentials
internal import PrismaSchema

extension ModelQueries {
    /// Inserts a row and gives it as the database has it.
    @discardableResult
    public func create(_ data: Model.Create) async throws -> Model {
        let rows = try await insert([data], skipDuplicates: false, returning: .record)
        guard let row = rows.records.first else { throw Self.notFound }
        return row
    }

    /// Inserts rows and gives their number; with `skipDuplicates` those that break a unique constraint are left out.
    @discardableResult
    public func createMany(_ data: [Model.Create], skipDuplicates: Bool = false) async throws -> Int {
        try await insert(data, skipDuplicates: skipDuplicates, returning: .nothing).count
    }

    /// Inserts rows and gives those that were inserted.
    public func createManyAndReturn(_ data: [Model.Create], skipDuplicates: Bool = false) async throws -> [Model] {
        try await insert(data, skipDuplicates: skipDuplicates, returning: .record).records
    }

    /// Changes the row with a unique key and gives it as it is afterwards; `P2025` where there is none.
    @discardableResult
    public func update(where condition: Condition, _ change: (inout Changes<Model>) -> Void) async throws -> Model {
        let request = try uniqueRequest(condition)
        guard let row = try await self.change(request.filter, change, returning: .record).records.first else { throw Self.notFound }
        return row
    }

    /// Changes all rows that match and gives their number.
    @discardableResult
    public func updateMany(where condition: Condition? = nil, _ change: (inout Changes<Model>) -> Void) async throws -> Int {
        try await self.change(condition?(Model.columns).node, change, returning: .nothing).count
    }

    /// Changes all rows that match and gives them as they are afterwards.
    public func updateManyAndReturn(
        where condition: Condition? = nil, _ change: (inout Changes<Model>) -> Void
    ) async throws -> [Model] {
        try await self.change(condition?(Model.columns).node, change, returning: .record).records
    }

    /// Changes the row with a unique key, or inserts one where there is none.
    @discardableResult
    public func upsert(
        where condition: Condition, create data: Model.Create, update change: (inout Changes<Model>) -> Void
    ) async throws -> Model {
        let filter = try uniqueRequest(condition).filter
        var changes = Changes<Model>()
        change(&changes)
        let assignments = changes.assignments
        return try await engine.transaction { engine in
            let queries = ModelQueries(engine)
            if let row = try await queries.upserted(filter, assignments) { return row }
            do {
                return try await engine.transaction { engine in try await ModelQueries(engine).create(data) }
            } catch let error as PrismaError where error.code == .uniqueViolation {
                // Another transaction inserted it in the meantime.
                guard let row = try await queries.upserted(filter, assignments) else { throw error }
                return row
            }
        }
    }

    /// Removes the row with a unique key and gives it as it was; `P2025` where there is none.
    @discardableResult
    public func delete(where condition: Condition) async throws -> Model {
        let request = try uniqueRequest(condition)
        guard let row = try await remove(request.filter, returning: .record).records.first else { throw Self.notFound }
        return row
    }

    /// Removes all rows that match and gives their number.
    @discardableResult
    public func deleteMany(where condition: Condition? = nil) async throws -> Int {
        try await remove(condition?(Model.columns).node, returning: .nothing).count
    }
}

extension ModelQueries {
    private typealias Written = (count: Int, records: [Model])

    private func insert(
        _ data: [Model.Create], skipDuplicates: Bool, returning: PrismaEngine.Returning
    ) async throws -> Written {
        let plan = try engine.plan(Model.modelName)
        let defaults = DefaultValues(now: engine.options.clock(), schema: engine.schema)
        var rows: [[String: SQLValue]] = []
        for item in data {
            var values = CreateValues()
            item.write(to: &values)
            rows.append(try engine.completed(values, of: plan, defaults: defaults))
        }
        let batches = engine.insertBatches(rows, of: plan)
        var statements: [SQLStatement] = []
        for batch in batches {
            statements.append(
                try engine.insertStatement(
                    plan, columns: batch.columns, rows: batch.rows, skipDuplicates: skipDuplicates, returning: returning))
        }
        if statements.count == 1 { return try await write(statements[0], returning) }
        return try await engine.transaction { [statements] engine in
            var written: Written = (0, [])
            for statement in statements {
                let part = try await ModelQueries(engine).write(statement, returning)
                written.count += part.count
                written.records += part.records
            }
            return written
        }
    }

    private func change(
        _ filter: ExpressionNode?, _ change: (inout Changes<Model>) -> Void, returning: PrismaEngine.Returning
    ) async throws -> Written {
        var changes = Changes<Model>()
        change(&changes)
        return try await self.change(filter, changes.assignments, returning: returning)
    }

    private func change(
        _ filter: ExpressionNode?, _ assignments: [(field: String, value: ExpressionNode)], returning: PrismaEngine.Returning
    ) async throws -> Written {
        let plan = try engine.plan(Model.modelName)
        let defaults = DefaultValues(now: engine.options.clock(), schema: engine.schema)
        var assignments = assignments
        for field in plan.model.fields where field.isUpdatedAt && !assignments.contains(where: { $0.field == field.name }) {
            assignments.append((field.name, .literal(defaults.now, .date)))
        }
        guard !assignments.isEmpty else {
            // Nothing to change: the rows as they are.
            var request = FindRequest(model: Model.modelName)
            request.filter = filter
            let records = try await fetch(request) { row in try Model(row: &row) }
            return (records.count, records)
        }
        return try await write(
            try engine.updateStatement(plan, where: filter, set: assignments, returning: returning), returning)
    }

    private func upserted(
        _ filter: ExpressionNode?, _ assignments: [(field: String, value: ExpressionNode)]
    ) async throws -> Model? {
        try await change(filter, assignments, returning: .record).records.first
    }

    private func remove(_ filter: ExpressionNode?, returning: PrismaEngine.Returning) async throws -> Written {
        let plan = try engine.plan(Model.modelName)
        return try await write(try engine.deleteStatement(plan, where: filter, returning: returning), returning)
    }

    private func write(_ statement: SQLStatement, _ returning: PrismaEngine.Returning) async throws -> Written {
        try await engine.withConnection(for: .write) { connection in
            switch returning {
            case .nothing:
                return (try await engine.execute(statement, on: connection, model: Model.modelName), [])
            case .record:
                let records = try await engine.query(statement, on: connection, model: Model.modelName) { rows in
                    var records: [Model] = []
                    while var row = try rows.next() { records.append(try Model(row: &row)) }
                    return records
                }
                return (records.count, records)
            }
        }
    }
}
