internal import FoundationEssentials
package import PrismaSchema

// The statements of writes, in both dialects. What comes back, comes back through RETURNING.

extension PrismaEngine {
    /// What a statement that changes rows gives back.
    package enum Returning: Sendable {
        case nothing
        case record
    }

    /// One INSERT for rows that set the same columns.
    package func insertStatement(
        _ plan: ModelPlan, columns: [Field], rows: [[SQLValue]], skipDuplicates: Bool, returning: Returning
    ) throws(PrismaError) -> SQLStatement {
        var writer = writer()
        writer.write("INSERT INTO ")
        writer.table(plan.model)
        if columns.isEmpty {
            writer.write(" DEFAULT VALUES")
        } else {
            writer.write(" (" + columns.map { SQLWriter.quoted($0.databaseName) }.joined(separator: ", ") + ") VALUES ")
            for (index, row) in rows.enumerated() {
                writer.write(index == 0 ? "(" : ", (")
                for (position, value) in row.enumerated() {
                    if position > 0 { writer.write(", ") }
                    writer.bind(value)
                }
                writer.write(")")
            }
        }
        if skipDuplicates { writer.write(" ON CONFLICT DO NOTHING") }
        if returning == .record { writer.write(" RETURNING " + plan.returnedColumns) }
        return writer.statement
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
                writer.bind(value)
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

    /// The values of a new row with the client's defaults, by column; a required column that has no value is an error.
    package func completed(
        _ values: CreateValues, of plan: ModelPlan, defaults: DefaultValues
    ) throws(PrismaError) -> [String: SQLValue] {
        var fields = values.fields
        for field in plan.model.fields {
            if let value = fields[field.name] {
                try field.checkRange(of: value, in: plan.model)
                continue
            }
            guard field.relation == nil else { continue }
            if let value = defaults.value(for: field) {
                fields[field.name] = value
            } else if field.arity == .required, field.default == nil, !field.isUnsupported {
                throw PrismaError(
                    .missingValue, "A required field has no value.", model: plan.model.name, fields: [field.name],
                    help: "Give `\(field.name)` a value, or a default in the schema.")
            }
        }
        return fields
    }

    /// Rows grouped by the columns they set, each group cut to what one statement can take.
    package func insertBatches(
        _ rows: [[String: SQLValue]], of plan: ModelPlan
    ) -> [(columns: [Field], rows: [[SQLValue]])] {
        var groups: [(columns: [Field], rows: [[SQLValue]])] = []
        var positions: [[String]: Int] = [:]
        for row in rows {
            let columns = plan.model.fields.filter { row[$0.name] != nil }
            let limit = max(1, Self.parametersInStatement / max(1, columns.count))
            let values = columns.map { row[$0.name] ?? .null }
            let key = columns.map(\.name)
            if let position = positions[key], groups[position].rows.count < limit, !columns.isEmpty {
                groups[position].rows.append(values)
            } else {
                positions[key] = groups.count
                groups.append((columns, [values]))
            }
        }
        return groups
    }

    /// Below the limits of both databases (32,766 on SQLite, 65,535 on PostgreSQL).
    private static let parametersInStatement = 16_000
}

extension Field {
    /// That a value fits an `Int` field: PostgreSQL does not say which column it did not fit, and SQLite takes it.
    func checkRange(of value: SQLValue, in model: Model) throws(PrismaError) {
        guard case .scalar(.int) = kind else { return }
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
