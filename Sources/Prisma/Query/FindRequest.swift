package import PrismaSchema

/// A read of one model's rows, before it is SQL. Typed and dynamic queries both end here.
package struct FindRequest: Sendable {
    package var model: String
    package var filter: ExpressionNode?
    package var order: [RowOrder] = []
    /// Negative takes from the end.
    package var take: Int?
    package var skip: Int?
    /// Equality with a unique key: the row to start at, in the order.
    package var cursor: ExpressionNode?
    package var distinct: [String] = []
    /// What is selected after the record's own columns, or instead of them.
    package var selections: [ExpressionNode] = []
    package var selectsRecord = true
    /// Rows that relations to one lead to, read in the same statement; their columns come last.
    var joins: [RelationJoin] = []
    /// Whether the filter names a row by a key.
    package var isUnique = false
    /// Whether the selections are aggregates over all the rows, of which `take`, `skip` and `cursor` leave only some.
    package var isAggregate = false
    /// What rows must agree in to be one group; then selections, `having` and order are about groups.
    package var groups: [ExpressionNode] = []
    package var having: ExpressionNode?
    /// Places in an order, selected after all else.
    package var ranks: [RowOrder] = []
    /// What `.now` stands for, if not this instant.
    package var now: SQLWriter.Now?
    /// Where the scores of functions are that the database cannot call.
    package var scoreTables: [FunctionCall: String] = [:]

    package init(model: String) {
        self.model = model
    }

    package func statement(in engine: PrismaEngine) throws(PrismaError) -> SQLStatement {
        let plan = try engine.plan(model)
        guard let (name, values) = lookup else { return try written(by: engine.writer(now: now), plan) }
        let text = try plan.lookup(name) { () throws(PrismaError) in try written(by: engine.writer(now: now), plan).text }
        return SQLStatement(text, bindings: values)
    }

    private func written(by writer: SQLWriter, _ plan: ModelPlan) throws(PrismaError) -> SQLStatement {
        var writer = writer
        writer.scoreTables = scoreTables
        try write(to: &writer, plan)
        return writer.statement
    }

    /// What tells the SQL of a plain read apart from the model's others, and the values it binds; nil for all other requests.
    private var lookup: (name: String, values: [SQLValue])? {
        guard order.isEmpty, take == nil, skip == nil, cursor == nil, distinct.isEmpty, selections.isEmpty, selectsRecord, !isAggregate,
            groups.isEmpty, having == nil, ranks.isEmpty, joins.isEmpty
        else { return nil }
        guard let filter else { return ("", []) }
        guard case .binary(.equal, .column(let column), .literal(let value, let type)) = filter, column.depth == 0 else { return nil }
        // Of these types each value makes the same SQL.
        switch (type, value) {
        case (.int, .int), (.bigInt, .int), (.string, .text): return column.model == model ? (column.field, [value]) : nil
        default: return nil
        }
    }

    /// Whether it takes something that is computed in this process.
    var hasFunction: Bool {
        if case .binary(.equal, .column, .literal) = filter, order.isEmpty, cursor == nil, selections.isEmpty { return false }
        return nodes.contains(where: \.hasFunction)
    }

    /// How many rows there can be; nil if any number.
    var rowLimit: Int? { isUnique ? 1 : take.map { Int(clamping: $0.magnitude) } }

    /// Whether rows come back in the opposite order and must be turned around.
    package var isReversed: Bool { (take ?? 0) < 0 }

    private func write(to writer: inout SQLWriter, _ plan: ModelPlan) throws(PrismaError) {
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("SELECT ")
        if selectsRecord { writer.write(plan.columns) }
        for (index, selection) in selections.enumerated() {
            if selectsRecord || index > 0 { writer.write(", ") }
            try writer.expression(selection)
        }
        let isEmpty = !selectsRecord && selections.isEmpty
        if isEmpty, joins.isEmpty { writer.write("1") }
        for rank in ranks {
            writer.write(", DENSE_RANK() OVER (")
            try writer.order([rank])
            writer.write(")")
        }
        let placed = writer.place(joins)
        try writer.columns(of: placed, isFirst: isEmpty)
        let isWindow = isAggregate && (take != nil || skip != nil || cursor != nil)
        writer.write(isWindow ? " FROM (SELECT \(alias).* FROM " : " FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias)")
        try writer.tables(of: placed, from: alias)
        try writeConditions(to: &writer, plan, alias: alias)
        try writeGroups(to: &writer)
        if !isAggregate || isWindow { try writer.order(groups.isEmpty ? finalOrder(plan) : order) }
        writePage(to: &writer)
        if isWindow { writer.write(") AS \(alias)") }
    }

    private func writePage(to writer: inout SQLWriter) {
        if let take { writer.write(" LIMIT \(take.magnitude)") }
        if let skip, skip > 0 {
            // SQLite has no OFFSET without LIMIT.
            if take == nil, writer.dialect == .sqlite { writer.write(" LIMIT -1") }
            writer.write(" OFFSET \(skip)")
        }
    }

    private func writeConditions(to writer: inout SQLWriter, _ plan: ModelPlan, alias: String) throws(PrismaError) {
        var separator = " WHERE "
        if let filter {
            writer.write(separator)
            separator = " AND "
            try writer.expression(filter)
        }
        if cursor != nil {
            writer.write(separator)
            separator = " AND "
            try writeCursor(to: &writer, plan)
        }
        if !distinct.isEmpty {
            writer.write(separator)
            try writeDistinct(to: &writer, plan, alias: alias)
        }
    }

    private func writeGroups(to writer: inout SQLWriter) throws(PrismaError) {
        // By their places in the selection: a parameter that is repeated would be another expression to the database.
        for (index, _) in groups.enumerated() { writer.write(index == 0 ? " GROUP BY 1" : ", \(index + 1)") }
        if let having {
            writer.write(" HAVING ")
            try writer.expression(having)
        }
    }

    /// The order that decides which rows are taken. Whatever depends on it (a limit, a cursor) makes it total with the key.
    private func finalOrder(_ plan: ModelPlan) -> [RowOrder] {
        var terms = order
        if take != nil || skip != nil || cursor != nil || !distinct.isEmpty {
            terms += plan.primaryKey.compactMap { name in
                guard let field = plan.model.field(named: name), let type = field.valueType else { return nil }
                let column = ExpressionNode.column(ColumnReference(depth: 0, model: model, field: name, type: type))
                return order.contains { $0.node == column } ? nil : RowOrder(column, descending: false)
            }
        }
        return isReversed ? terms.map(\.reversed) : terms
    }

    /// Rows at or after the cursor's row: for the order a, b it is `a > x OR (a = x AND (b >= y))`, with nulls where the
    /// database has them.
    private func writeCursor(to writer: inout SQLWriter, _ plan: ModelPlan) throws(PrismaError) {
        let terms = finalOrder(plan)
        // Where the cursor's row is gone, its values are nulls: no rows come then, rather than all that stand before nulls.
        writer.write("EXISTS ")
        try writeCursorValue(.literal(.int(1), .int), to: &writer, plan)
        writer.write(" AND (")
        for (index, term) in terms.enumerated() {
            let isLast = index == terms.count - 1
            try writeAfter(term, orEqual: isLast, to: &writer, plan)
            if !isLast {
                writer.write(" OR (")
                try writeSame(term, to: &writer, plan)
                writer.write(" AND (")
            }
        }
        for _ in terms.dropLast() { writer.write("))") }
        if terms.isEmpty { writer.write(writer.dialect == .sqlite ? "1" : "TRUE") }
        writer.write(")")
    }

    private func writeCursorValue(_ node: ExpressionNode, to writer: inout SQLWriter, _ plan: ModelPlan) throws(PrismaError) {
        let alias = writer.newAlias()
        writer.write("(SELECT ")
        let outer = writer.replaceOutermostScope(with: SQLWriter.Scope(alias: alias, model: plan.model))
        try writer.expression(node)
        writer.write(" FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias) WHERE ")
        if let cursor { try writer.expression(cursor) }
        writer.write(")")
        _ = writer.replaceOutermostScope(with: outer)
    }

    private func writeSame(_ term: RowOrder, to writer: inout SQLWriter, _ plan: ModelPlan) throws(PrismaError) {
        try writer.expression(term.node)
        writer.write(writer.dialect == .sqlite ? " IS " : " IS NOT DISTINCT FROM ")
        try writeCursorValue(term.node, to: &writer, plan)
    }

    private func writeAfter(_ term: RowOrder, orEqual: Bool, to writer: inout SQLWriter, _ plan: ModelPlan) throws(PrismaError) {
        // Where nulls stand when nothing is said: PostgreSQL takes them for the greatest, SQLite for the least.
        let nullsAreLast = term.nulls.map { $0 == .last } ?? ((writer.dialect == .postgresql) != term.isDescending)
        writer.write("(")
        try writer.expression(term.node)
        writer.write(term.isDescending ? " < " : " > ")
        try writeCursorValue(term.node, to: &writer, plan)
        writer.write(" OR (")
        try writer.expression(term.node)
        writer.write(nullsAreLast ? " IS NULL AND " : " IS NOT NULL AND ")
        try writeCursorValue(term.node, to: &writer, plan)
        writer.write(nullsAreLast ? " IS NOT NULL)" : " IS NULL)")
        if orEqual {
            writer.write(" OR ")
            try writeSame(term, to: &writer, plan)
        }
        writer.write(")")
    }

    /// Only the first row, in the order, of those that agree in the distinct fields.
    private func writeDistinct(to writer: inout SQLWriter, _ plan: ModelPlan, alias: String) throws(PrismaError) {
        let inner = writer.newAlias()
        guard !plan.primaryKey.isEmpty else {
            throw PrismaError(.validationFailed, "`distinct` needs a model with a key.", model: model, help: "Add an @id to the model.")
        }
        let key = { (alias: String) in
            plan.primaryKey.compactMap { plan.model.field(named: $0) }.map { "\(alias).\(SQLWriter.quoted($0.databaseName))" }.joined(
                separator: ", ")
        }
        writer.write("(\(key(alias))) IN (SELECT \(key("ranked")) FROM (SELECT ")
        writer.write(key(inner) + ", ROW_NUMBER() OVER (PARTITION BY ")
        for (index, name) in distinct.enumerated() {
            if index > 0 { writer.write(", ") }
            writer.column(try writer.field(name, of: plan.model), alias: inner)
        }
        let outer = writer.replaceOutermostScope(with: SQLWriter.Scope(alias: inner, model: plan.model))
        try writer.order(finalOrder(plan))
        // No column is called so.
        let position = "\"#position\""
        writer.write(") AS \(position) FROM ")
        writer.table(plan.model)
        writer.write(" AS \(inner)")
        if let filter {
            writer.write(" WHERE ")
            try writer.expression(filter)
        }
        _ = writer.replaceOutermostScope(with: outer)
        writer.write(") AS ranked WHERE ranked.\(position) = 1)")
    }
}

extension RowOrder {
    /// The opposite order, nulls included.
    var reversed: RowOrder {
        RowOrder(node, descending: !isDescending, nulls: nulls.map { $0 == .first ? .last : .first })
    }
}

extension Field {
    /// The type of the field's values in expressions; nil for relations and unsupported types.
    package var valueType: ValueType? {
        let element: ValueType
        switch kind {
        case .scalar(let scalar):
            switch scalar {
            case .string: element = .string
            case .boolean: element = .bool
            case .int: element = .int
            case .bigInt: element = .bigInt
            case .float: element = .double
            case .decimal: element = .decimal
            case .dateTime: element = .date
            case .json: element = .json
            case .bytes: element = .bytes
            }
        case .enumeration(let name): element = .enumeration(name)
        case .relation, .unsupported: return nil
        }
        return arity == .list ? .list(element) : element
    }
}
