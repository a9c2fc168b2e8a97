internal import PrismaSchema

extension DynamicQueries {
    func create(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(["data"] + RequestReader.shapeArguments)
        let plan = try reader.createPlan(input.member("data") ?? QueryInput([:], path: "data", model: model.name), model)
        let shape = try reader.shape(input, of: model)
        return try await written(shape, inTransaction: !plan.relations.isEmpty) { engine in
            [try await engine.create(plan, engine.rowReader(engine.plan(model.name)))]
        }.first ?? .null
    }

    func createMany(_ model: Model, _ input: QueryInput, returning: Bool) async throws -> JSON {
        try input.names(["data", "skipDuplicates"] + (returning ? RequestReader.shapeArguments : []))
        guard let data = input.member("data") else { throw input.invalid("`data` is missing.") }
        var values: [CreateValues] = []
        for element in data.elements {
            let plan = try reader.createPlan(element, model)
            if let nested = plan.relations.first {
                throw element.invalid(
                    "rows that are made together have no relations of their own: `\(nested.field)`.", help: "Use `create` for each.")
            }
            values.append(plan.values)
        }
        let skips = try input.member("skipDuplicates")?.bool() ?? false
        guard returning else {
            return .count(
                try await engine.insert(values, into: model.name, skipDuplicates: skips, returning: .nothing) { _ in }.count)
        }
        let shape = try reader.shape(input, of: model)
        return .array(
            try await written(shape, inTransaction: false) { [values] engine in
                let read = engine.rowReader(try engine.plan(model.name))
                return try await engine.insert(values, into: model.name, skipDuplicates: skips, returning: .record, read).rows
            })
    }

    func update(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(["where", "data"] + RequestReader.shapeArguments)
        guard let condition = input.member("where"), let data = input.member("data") else {
            throw input.invalid("`where` and `data` are needed.")
        }
        let filter = try reader.uniqueCondition(condition, model)
        let plan = try reader.updatePlan(data, model)
        let shape = try reader.shape(input, of: model)
        let rows = try await written(shape, inTransaction: !plan.relations.isEmpty) { engine in
            try await engine.update(filter, plan, engine.rowReader(engine.plan(model.name))).map { [$0] } ?? []
        }
        guard let row = rows.first else { throw notFound(model) }
        return row
    }

    func updateMany(_ model: Model, _ input: QueryInput, returning: Bool) async throws -> JSON {
        try input.names(["where", "data", "limit"] + (returning ? RequestReader.shapeArguments : []))
        guard let data = input.member("data") else { throw input.invalid("`data` is missing.") }
        let filter = try input.member("where").flatMap { try reader.condition($0, model) }
        let limit = try reader.limit(input)
        let plan = try reader.updatePlan(data, model, columnsOnly: true)
        guard returning else {
            return .count(
                try await engine.change(model.name, where: filter, limit: limit, plan.assignments, returning: .nothing) { _ in }.count)
        }
        return .array(
            try await written(try reader.shape(input, of: model), inTransaction: false) { engine in
                let read = engine.rowReader(try engine.plan(model.name))
                return try await engine.change(model.name, where: filter, limit: limit, plan.assignments, returning: .record, read).rows
            })
    }

    func upsert(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(["where", "create", "update"] + RequestReader.shapeArguments)
        guard let condition = input.member("where"), let create = input.member("create"), let update = input.member("update") else {
            throw input.invalid("`where`, `create` and `update` are needed.")
        }
        let filter = try reader.uniqueCondition(condition, model)
        let plans = (create: try reader.createPlan(create, model), update: try reader.updatePlan(update, model))
        return try await written(try reader.shape(input, of: model), inTransaction: true) { engine in
            [try await engine.upsert(filter, plans.create, plans.update, engine.rowReader(engine.plan(model.name)))]
        }.first ?? .null
    }

    func delete(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(["where"] + RequestReader.shapeArguments)
        guard let condition = input.member("where") else { throw input.invalid("`where` is missing.") }
        let filter = try reader.uniqueCondition(condition, model)
        let shape = try reader.shape(input, of: model)
        if shape.isPlain {
            let read = engine.rowReader(try engine.plan(model.name))
            guard let row = try await engine.remove(model.name, where: filter, returning: .record, read).rows.first else {
                throw notFound(model)
            }
            return shape.answer(row)
        }
        // What hangs on the row is read while it is there.
        return try await engine.transaction { engine in
            var request = FindRequest(model: model.name)
            request.filter = filter
            let queries = DynamicQueries(engine)
            guard let row = try await queries.rows(request, shape.bound(to: engine)).first else { throw queries.notFound(model) }
            _ = try await engine.remove(model.name, where: filter, returning: .nothing) { _ in }
            return row
        }
    }

    func deleteMany(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(["where", "limit"])
        let filter = try input.member("where").flatMap { try reader.condition($0, model) }
        let limit = try reader.limit(input)
        return .count(try await engine.remove(model.name, where: filter, limit: limit, returning: .nothing) { _ in }.count)
    }

    /// Writes rows and answers them in a shape; what the rows themselves do not hold is read in the same transaction.
    private func written(
        _ shape: RowShape, inTransaction: Bool, _ write: @escaping @Sendable (PrismaEngine) async throws -> [WrittenRow]
    ) async throws -> [JSON] {
        if shape.isPlain {
            let rows = inTransaction ? try await engine.transaction(write) : try await write(engine)
            return rows.map(shape.answer)
        }
        return try await engine.transaction { engine in
            let rows = try await write(engine)
            let plan = try engine.plan(shape.model.name)
            let bound = shape.bound(to: engine)
            var answers: [JSON] = []
            for row in rows {
                var request = FindRequest(model: shape.model.name)
                request.filter = try plan.identity(of: row)
                answers += try await DynamicQueries(engine).rows(request, bound)
            }
            return answers
        }
    }
}

extension RowShape {
    /// Whether a row's own columns are all that is asked for.
    var isPlain: Bool { related.isEmpty && counts.isEmpty }

    func answer(_ row: WrittenRow) -> JSON {
        var values: [String: JSON] = [:]
        for column in columns where !column.isHidden { values[column.name] = column.output.json(row[column.name] ?? .null) }
        return .object(values)
    }

    /// The same shape, with relations read on another engine: that of a transaction.
    func bound(to engine: PrismaEngine) -> RowShape {
        var shape = self
        for index in shape.related.indices {
            shape.related[index].rows.engine = engine
            shape.related[index].shape = shape.related[index].shape.bound(to: engine)
        }
        return shape
    }
}

extension JSON {
    static func count(_ count: Int) -> JSON { ["count": .int(Int64(count))] }
}
