internal import PrismaSchema

// Inserts, changes and removals of one model's rows. `read` makes something of each row that comes back.

extension PrismaEngine {
    package typealias RowReader<Row> = @Sendable (inout SQLRow) throws -> Row

    func defaults() -> DefaultValues { DefaultValues(now: options.clock(), schema: schema) }

    /// Inserts rows that have no relations of their own, in as few statements as possible.
    package func insert<Row: Sendable>(
        _ rows: [CreateValues], into model: String, skipDuplicates: Bool = false, returning: Returning, _ read: @escaping RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        try await insert(rows.count, into: model, skipDuplicates: skipDuplicates, returning: returning, read) { index, row in
            row = rows[index]
        }
    }

    /// Inserts a number of rows, whose values `fill` sets one after the other.
    func insert<Row: Sendable>(
        _ count: Int, into model: String, skipDuplicates: Bool, returning: Returning, _ read: @escaping RowReader<Row>,
        _ fill: (Int, inout CreateValues) throws(PrismaError) -> Void
    ) async throws -> (count: Int, rows: [Row]) {
        let plan = try plan(model)
        let batches = try InsertBatches(count, plan, defaults: defaults(), dialect: dialect, fill).batches
        if returning == .nothing, !skipDuplicates, let count = try await copy(batches, plan) { return (count, []) }
        let statements = insertStatements(plan, batches, skipDuplicates: skipDuplicates, returning: returning)
        if statements.count == 1 { return try await write(statements[0], model, returning, read) }
        if returning == .nothing {
            return (try await withConnection(for: .write) { try await self.execute(statements, on: $0, model: model) }, [])
        }
        return try await transaction { engine in
            var written: (count: Int, rows: [Row]) = (0, [])
            for statement in statements {
                let part = try await engine.write(statement, model, returning, read)
                written.count += part.count
                written.rows += part.rows
            }
            return written
        }
    }

    /// How many rows are worth a question about their table, which COPY needs.
    private static let rowsWorthCopying = 500

    /// Hands many rows of one kind over in the database's fastest way; nil if they are to be inserted.
    private func copy(_ batches: [InsertBatches.Batch], _ plan: ModelPlan) async throws -> Int? {
        guard dialect == .postgresql, let columns = batches.first?.columns, !columns.isEmpty,
            batches.reduce(0, { $0 + $1.rowCount }) >= Self.rowsWorthCopying, batches.allSatisfy({ $0.kind == 0 })
        else { return nil }
        var writer = writer()
        writer.table(plan.model)
        let (table, names) = (writer.text, columns.map { SQLWriter.quoted($0.databaseName) })
        let rows = SQLNewRows(batches.map(\.values))
        return try await withConnection(for: .write) { connection -> Int? in
            guard let copier = connection as? any SQLRowCopier else { return nil }
            let statement = SQLStatement("COPY \(table) (\(names.joined(separator: ", "))) FROM STDIN")
            return try await self.observed(statement, model: plan.model.name, columns: nil) {
                try await copier.copy(rows, into: table, columns: names)
            }
        }
    }

    /// Changes all rows that match, or the first `limit` of them in the order of their keys.
    package func change<Row: Sendable>(
        _ model: String, where filter: ExpressionNode?, limit: Int? = nil, _ assignments: [FieldAssignment], returning: Returning,
        _ read: @escaping RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        let plan = try plan(model)
        try check(limit: limit, of: plan)
        return try await choosing(plan, where: filter, limit: limit) { engine, filter, limit in
            try await engine.changeRows(plan, where: filter, limit: limit, assignments, returning: returning, read)
        }
    }

    private func changeRows<Row: Sendable>(
        _ plan: ModelPlan, where filter: ExpressionNode?, limit: Int?, _ assignments: [FieldAssignment], returning: Returning,
        _ read: @escaping RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        let model = plan.model.name
        var assignments = assignments
        let defaults = defaults()
        for field in plan.model.fields where field.isUpdatedAt && !assignments.contains(where: { $0.field == field.name }) {
            assignments.append(FieldAssignment(field.name, .literal(defaults.now, .date)))
        }
        guard !assignments.isEmpty else {
            // Nothing to change: the rows as they are.
            var request = FindRequest(model: model)
            request.filter = filter
            request.take = limit
            let statement = try request.statement(in: self)
            return try await write(statement, model, .record, read)
        }
        if emulatesRelations {
            let actions = ReferentialActions(engine: self)
            if actions.concern(plan.model, changing: assignments.map(\.field)) {
                return try await actions.change(plan, where: filter, limit: limit, assignments, read)
            }
        }
        return try await write(
            try updateStatement(plan, where: filter, limit: limit, set: assignments, returning: returning), model, returning, read)
    }

    /// Removes all rows that match, or the first `limit` of them in the order of their keys.
    package func remove<Row: Sendable>(
        _ model: String, where filter: ExpressionNode?, limit: Int? = nil, returning: Returning, _ read: @escaping RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        let plan = try plan(model)
        try check(limit: limit, of: plan)
        return try await choosing(plan, where: filter, limit: limit) { engine, filter, limit in
            try await engine.removeRows(plan, where: filter, limit: limit, returning: returning, read)
        }
    }

    private func removeRows<Row: Sendable>(
        _ plan: ModelPlan, where filter: ExpressionNode?, limit: Int?, returning: Returning, _ read: @escaping RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        let model = plan.model.name
        let statement = try deleteStatement(plan, where: filter, limit: limit, returning: returning)
        guard emulatesRelations else { return try await write(statement, model, returning, read) }
        return try await transaction { engine in
            let actions = ReferentialActions(engine: engine)
            guard let limit else {
                try await actions.prepareRemoval(of: plan.model, where: filter)
                return try await engine.write(statement, model, returning, read)
            }
            // Which rows these are is decided before others go with them.
            var removed: (count: Int, rows: [Row]) = (0, [])
            for rows in try await engine.rows(of: plan, where: filter, take: limit).chunked(by: ReferentialActions.rowsInStatement) {
                let chosen = ExpressionNode.isOne(of: rows.map(plan.key(of:)), try plan.keyColumns())
                try await actions.prepareRemoval(of: plan.model, where: chosen)
                let part = try await engine.write(
                    try engine.deleteStatement(plan, where: chosen, returning: returning), model, returning, read)
                removed.count += part.count
                removed.rows += part.rows
            }
            return removed
        }
    }

    private func check(limit: Int?, of plan: ModelPlan) throws(PrismaError) {
        guard let limit else { return }
        guard limit >= 0 else {
            throw PrismaError(
                .validationFailed, "`limit` is \(limit); it cannot be negative.", model: plan.model.name,
                help: "Leave it out to take all rows.")
        }
        guard !plan.primaryKey.isEmpty else {
            throw PrismaError(
                .validationFailed, "`limit` needs a model with a key.", model: plan.model.name, help: "Add an @id to the model.")
        }
    }

    func write<Row: Sendable>(
        _ statement: SQLStatement, _ model: String, _ returning: Returning, _ read: @escaping RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        try await withConnection(for: .write) { connection in
            switch returning {
            case .nothing:
                return (try await self.execute(statement, on: connection, model: model), [])
            case .record:
                let records = try await self.query(statement, on: connection, model: model) { rows in
                    var records: [Row] = []
                    while var row = try rows.next() { records.append(try read(&row)) }
                    return records
                }
                return (records.count, records)
            }
        }
    }

    /// Reads a record as values by field.
    func rowReader(_ plan: ModelPlan) -> RowReader<WrittenRow> {
        let columns = plan.fields.compactMap { field in field.valueType.map { (field.name, $0) } }
        return { source in
            var row: WrittenRow = [:]
            for (name, type) in columns { row[name] = try source.value(of: type) }
            return row
        }
    }

    /// The rows that match, as values by field.
    func rows(of plan: ModelPlan, where filter: ExpressionNode?, take: Int? = nil) async throws -> [WrittenRow] {
        try await choosing(plan, where: filter, limit: take) { engine, filter, take in
            var request = FindRequest(model: plan.model.name)
            request.filter = filter
            request.take = take
            return try await engine.write(try request.statement(in: engine), plan.model.name, .record, engine.rowReader(plan))
        }.rows
    }

    /// That a condition gives a unique key a value.
    package func checkUnique(_ filter: ExpressionNode?, of plan: ModelPlan) throws(PrismaError) {
        if case .binary(.equal, .column(let column), .literal) = filter, column.depth == 0, plan.uniqueFields.contains(column.field) {
            return
        }
        let model = plan.model
        let fixed = filter?.fieldsFixedByEquality ?? []
        let keys = [model.primaryKey?.fields.map(\.name)].compactMap(\.self) + model.uniques.map { $0.fields.map(\.name) }
        guard keys.contains(where: { fixed.isSuperset(of: $0) }) else {
            let choices = keys.map { $0.joined(separator: " and ") }.joined(separator: ", or ")
            throw PrismaError(
                .validationFailed, "The condition does not name one row: it gives no unique key a value.", model: model.name,
                help: choices.isEmpty ? "The model has no unique key; use findFirst." : "Compare \(choices) with `==`, or use findFirst.")
        }
    }

    /// Whether relations are kept intact here and not by the database's foreign keys.
    var emulatesRelations: Bool { schema.datasource?.relationMode == .prisma }
}

extension ModelPlan {
    /// A row's key: a value, or a list of them.
    func key(of row: WrittenRow) -> SQLValue {
        let parts = primaryKey.map { row[$0] ?? .null }
        return parts.count == 1 ? parts[0] : .list(parts)
    }

    /// Equality with a row's key.
    func identity(of row: WrittenRow) throws(PrismaError) -> ExpressionNode {
        guard let filter = ExpressionNode.equality(primaryKey, of: model, to: row, named: primaryKey) else {
            throw PrismaError(
                .validationFailed, "A nested write needs a model with a key.", model: model.name, help: "Add an @id to the model.")
        }
        return filter
    }
}

extension ExpressionNode {
    /// `fields` of a model's row equal the values that another row has under `names`; nil for no fields.
    static func equality(
        _ fields: [String], of model: Model, depth: Int = 0, to row: WrittenRow, named names: [String]
    ) -> ExpressionNode? {
        var result: ExpressionNode?
        for (field, name) in zip(fields, names) {
            guard let type = model.field(named: field)?.valueType else { continue }
            let column = ExpressionNode.column(ColumnReference(depth: depth, model: model.name, field: field, type: type))
            result = .conjunction(result, .binary(.equal, column, .literal(row[name] ?? .null, type)))
        }
        return result
    }
}
