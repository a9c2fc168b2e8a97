internal import PrismaSchema

// The statements of writes, in both dialects. What comes back, comes back through RETURNING.

extension PrismaEngine {
    /// What a statement that changes rows gives back.
    package enum Returning: Sendable {
        case nothing
        case record
    }

    /// One INSERT for each batch of rows.
    func insertStatements(
        _ plan: ModelPlan, _ batches: [InsertBatches.Batch], skipDuplicates: Bool, returning: Returning
    ) -> [SQLStatement] {
        var statements: [SQLStatement] = []
        for (index, batch) in batches.enumerated() {
            // Most batches are as long as the one before, and their SQL is the same.
            let isSame = index > 0 && batch.rowCount == batches[index - 1].rowCount && batch.kind == batches[index - 1].kind
            let text = isSame ? statements[index - 1].text : insertText(plan, batch, skipDuplicates: skipDuplicates, returning: returning)
            statements.append(SQLStatement(text, bindings: batch.values))
        }
        return statements
    }

    private func insertText(_ plan: ModelPlan, _ batch: InsertBatches.Batch, skipDuplicates: Bool, returning: Returning) -> String {
        var writer = writer()
        writer.write("INSERT INTO ")
        writer.table(plan.model)
        if batch.columns.isEmpty {
            writer.write(" DEFAULT VALUES")
        } else {
            writer.write(" (" + batch.columns.map { SQLWriter.quoted($0.databaseName) }.joined(separator: ", ") + ") VALUES ")
            for row in 0..<batch.rowCount {
                writer.write(row == 0 ? "(" : ", (")
                for (index, column) in batch.columns.enumerated() {
                    if index > 0 { writer.write(", ") }
                    writer.parameter(row * batch.columns.count + index + 1)
                    if let cast = column.parameterCast(writer.dialect) { writer.write("::" + cast) }
                }
                writer.write(")")
            }
        }
        if skipDuplicates { writer.write(" ON CONFLICT DO NOTHING") }
        if returning == .record { writer.write(" RETURNING " + plan.returnedColumns) }
        return writer.text
    }

    package func updateStatement(
        _ plan: ModelPlan, where filter: ExpressionNode?, limit: Int? = nil, set assignments: [FieldAssignment],
        returning: Returning
    ) throws(PrismaError) -> SQLStatement {
        var writer = writer()
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("UPDATE ")
        writer.table(plan.model)
        writer.write(" AS \(alias) SET ")
        for (index, assignment) in assignments.enumerated() {
            if index > 0 { writer.write(", ") }
            let field = try writer.field(assignment.field, of: plan.model)
            writer.identifier(field.databaseName)
            writer.write(" = ")
            if case .literal(let value, _) = assignment.value {
                try field.checkRange(of: value, in: plan.model)
                writer.bind(value, as: field.parameterCast(dialect))
            } else {
                try writer.expression(assignment.value)
            }
        }
        try writeFilter(filter, limit: limit, of: plan, to: &writer)
        if returning == .record { writer.write(" RETURNING " + plan.returnedColumns) }
        return writer.statement
    }

    package func deleteStatement(
        _ plan: ModelPlan, where filter: ExpressionNode?, limit: Int? = nil, returning: Returning
    ) throws(PrismaError) -> SQLStatement {
        var writer = writer()
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("DELETE FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias)")
        try writeFilter(filter, limit: limit, of: plan, to: &writer)
        if returning == .record { writer.write(" RETURNING " + plan.returnedColumns) }
        return writer.statement
    }

    private func writeFilter(
        _ filter: ExpressionNode?, limit: Int?, of plan: ModelPlan, to writer: inout SQLWriter
    ) throws(PrismaError) {
        if let limit { return try writeFirst(limit, filter, of: plan, to: &writer) }
        guard let filter else { return }
        writer.write(" WHERE ")
        try writer.expression(filter)
    }

    /// Only the first rows that match, in the order of their keys: neither database limits a change by itself.
    private func writeFirst(
        _ limit: Int, _ filter: ExpressionNode?, of plan: ModelPlan, to writer: inout SQLWriter
    ) throws(PrismaError) {
        let model = plan.model
        let fields = plan.primaryKey.compactMap { model.field(named: $0) }
        let key = { (alias: String) in fields.map { "\(alias).\(SQLWriter.quoted($0.databaseName))" }.joined(separator: ", ") }
        let inner = writer.newAlias()
        let outer = writer.replaceOutermostScope(with: SQLWriter.Scope(alias: inner, model: model))
        writer.write(" WHERE (\(key(outer.alias))) IN (SELECT \(key(inner)) FROM ")
        writer.table(model)
        writer.write(" AS \(inner)")
        try writeFilter(filter, limit: nil, of: plan, to: &writer)
        writer.write(" ORDER BY \(key(inner)) LIMIT \(limit))")
        _ = writer.replaceOutermostScope(with: outer)
    }
}

extension Field {
    /// Whether not every number fits.
    var hasRange: Bool { kind == .scalar(.int) }

    /// That a value fits an `Int` field: PostgreSQL does not say which column it did not fit, and SQLite takes it.
    func checkRange(of value: SQLValue, in model: Model) throws(PrismaError) {
        guard hasRange else { return }
        switch value {
        case .int(let number): try checkRange(of: number, in: model)
        case .list(let values): for value in values { try checkRange(of: value, in: model) }
        default: break
        }
    }

    private func checkRange(of number: Int64, in model: Model) throws(PrismaError) {
        let range =
            switch nativeType?.name {
            case "SmallInt": Int64(Int16.min)...Int64(Int16.max)
            case "Oid": 0...Int64(UInt32.max)
            default: Int64(Int32.min)...Int64(Int32.max)
            }
        guard !range.contains(number) else { return }
        throw PrismaError(
            .outOfRange, "The number does not fit the field, which holds \(range.lowerBound) to \(range.upperBound).", model: model.name,
            fields: [name], help: "Make the field a BigInt, or use another value.")
    }

    var isUnsupported: Bool {
        if case .unsupported = kind { true } else { false }
    }
}
