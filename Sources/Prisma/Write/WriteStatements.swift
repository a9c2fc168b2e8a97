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
        _ plan: ModelPlan, where filter: ExpressionNode?, set assignments: [FieldAssignment],
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
            if case .literal(let value, _) = assignment.value { writer.bind(value) } else { try writer.expression(assignment.value) }
        }
        try writeFilter(filter, to: &writer)
        if returning == .record { writer.write(" RETURNING " + plan.returnedColumns) }
        return writer.statement
    }

    package func deleteStatement(
        _ plan: ModelPlan, where filter: ExpressionNode?, returning: Returning
    ) throws(PrismaError) -> SQLStatement {
        var writer = writer()
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("DELETE FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias)")
        try writeFilter(filter, to: &writer)
        if returning == .record { writer.write(" RETURNING " + plan.returnedColumns) }
        return writer.statement
    }

    private func writeFilter(_ filter: ExpressionNode?, to writer: inout SQLWriter) throws(PrismaError) {
        guard let filter else { return }
        writer.write(" WHERE ")
        try writer.expression(filter)
    }

    /// The values of a new row with the client's defaults, by column; a required column that has no value is an error.
    package func completed(
        _ values: CreateValues, of plan: ModelPlan, defaults: DefaultValues
    ) throws(PrismaError) -> [String: SQLValue] {
        var fields = values.fields
        for field in plan.model.fields {
            guard fields[field.name] == nil, field.relation == nil else { continue }
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
    var isUnsupported: Bool {
        if case .unsupported = kind { true } else { false }
    }
}
