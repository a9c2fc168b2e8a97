internal import PrismaSchema

extension RelatedRows {
    /// `SELECT key, columns… FROM target WHERE key IN (…) AND filter ORDER BY …`, with a count per key where there is a limit.
    func statement(
        for keys: [SQLValue], columns: [ExpressionNode]?, extra: [ExpressionNode], joins: [RelationJoin], scores: [FunctionCall: String]
    ) throws(PrismaError) -> SQLStatement {
        let plan = try engine.plan(target.name)
        var writer = engine.writer()
        writer.scoreTables = scores
        let alias = writer.newAlias()
        writer.enter(target, alias: alias)
        let limited = take != nil || (skip ?? 0) > 0
        let order = (isReversed ? order.map(\.reversed) : order) + (limited || isReversed ? keyOrder(plan) : [])
        if limited {
            writer.write("SELECT * FROM (")
        }
        writer.write("SELECT ")
        var join: (alias: String, table: JoinTable)?
        if let table = relation.joinTable { join = (writer.newAlias(), table) }
        writeKey(to: &writer, alias: alias, join: join)
        if columns == nil { writer.write(", " + plan.columns) }
        for selection in (columns ?? []) + extra {
            writer.write(", ")
            try writer.expression(selection)
        }
        let placed = writer.place(joins)
        try writer.columns(of: placed)
        if limited {
            writer.write(", ROW_NUMBER() OVER (PARTITION BY ")
            writeKey(to: &writer, alias: alias, join: join)
            try writer.order(order)
            writer.write(") AS \"#position\"")
        }
        writer.write(" FROM ")
        writer.table(target)
        writer.write(" AS \(alias)")
        if let join {
            writer.write(" JOIN ")
            writer.table(join.table)
            writer.write(" AS \(join.alias) ON \(join.alias).")
            writer.identifier(join.table.oppositeColumn)
            writer.write(" = ")
            writer.column(try writer.field(relation.references[0], of: target), alias: alias)
        }
        try writer.tables(of: placed, from: alias)
        writer.write(" WHERE ")
        try writeKeyCondition(keys, to: &writer, alias: alias, join: join)
        if let filter {
            writer.write(" AND ")
            try writer.expression(filter)
        }
        if limited {
            writer.write(") AS ranked WHERE \"#position\" > \(skip ?? 0)")
            if let end = RowPage.end(take: take, skip: skip) { writer.write(" AND \"#position\" <= \(end)") }
            writer.write(" ORDER BY \"#position\"")
        } else {
            try writer.order(order)
        }
        return writer.statement
    }

    private func keyOrder(_ plan: ModelPlan) -> [RowOrder] {
        plan.primaryKey.compactMap { name in
            plan.model.field(named: name)?.valueType.map {
                RowOrder(
                    .column(ColumnReference(depth: 0, model: target.name, field: name, type: $0)), descending: isReversed)
            }
        }
    }

    private func writeKey(to writer: inout SQLWriter, alias: String, join: (alias: String, table: JoinTable)?) {
        if let join {
            writer.write("\(join.alias).")
            writer.identifier(join.table.column)
            return
        }
        for (index, name) in relation.references.enumerated() {
            if index > 0 { writer.write(", ") }
            if let field = target.field(named: name) { writer.write(field.selection(alias: alias, dialect: writer.dialect)) }
        }
    }

    private func writeKeyCondition(
        _ keys: [SQLValue], to writer: inout SQLWriter, alias: String, join: (alias: String, table: JoinTable)?
    ) throws(PrismaError) {
        let names = relation.references
        if names.count > 1 {
            writer.write("(")
            for (index, name) in names.enumerated() {
                if index > 0 { writer.write(", ") }
                writer.column(try writer.field(name, of: target), alias: alias)
            }
            writer.write(") IN (VALUES ")
            for (index, key) in keys.enumerated() {
                guard case .list(let parts) = key else { continue }
                writer.write(index > 0 ? ", (" : "(")
                for (part, value) in parts.enumerated() {
                    if part > 0 { writer.write(", ") }
                    writer.bind(value, as: try writer.castName(keyTypes[part]))
                }
                writer.write(")")
            }
            writer.write(")")
            return
        }
        var column = try writer.field(names[0], of: target)
        if let join {
            writer.write("\(join.alias).")
            writer.identifier(join.table.column)
            // The join table's column is of the type of the key that it points to.
            column = try writer.field(relation.fields[0], of: parent)
        } else {
            writer.column(column, alias: alias)
        }
        try writer.oneOf(keys, keyTypes[0], listCast: column.listCast)
    }
}
