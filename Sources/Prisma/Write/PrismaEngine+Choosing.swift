internal import PrismaSchema

// Conditions with functions of this process in writes. Where the database cannot call them, the rows are chosen here first.

extension PrismaEngine {
    /// Calls `write` with a condition that the database can check by itself: the one that is given, or the keys of the rows that match it.
    func choosing<Row: Sendable>(
        _ plan: ModelPlan, where filter: ExpressionNode?, limit: Int? = nil,
        _ write: @escaping @Sendable (PrismaEngine, ExpressionNode?, Int?) async throws -> (count: Int, rows: [Row])
    ) async throws -> (count: Int, rows: [Row]) {
        guard let filter, filter.hasFunction else { return try await write(self, filter, limit) }
        guard !callsFunctions(of: [filter]) else {
            let engine = forOneQuery
            try await engine.prepareFunctions(of: [filter])
            if engine.transaction != nil {
                try await engine.withConnection(for: .write) { _ = try await engine.prepareFunctions(of: [filter], on: $0) }
            }
            return try await write(engine, filter, limit)
        }
        let engine = forOneQuery
        try await engine.prepareFunctions(of: [filter])
        return try await engine.transaction { engine in
            var written: (count: Int, rows: [Row]) = (0, [])
            for chosen in try await engine.chosen(plan, where: filter, limit: limit) {
                let part = try await write(engine, chosen, nil)
                written.count += part.count
                written.rows += part.rows
            }
            return written
        }
    }

    /// Conditions that name the rows which match, by their keys, inside a transaction.
    ///
    /// The rows are locked and then looked at once more: what another transaction has changed meanwhile counts as it is now, as it does
    /// for a condition that the database checks. Where fewer than the limit are left by that, others take their places.
    private func chosen(_ plan: ModelPlan, where filter: ExpressionNode, limit: Int?) async throws -> [ExpressionNode] {
        let columns = try plan.keyColumns()
        var conditions: [ExpressionNode] = []
        var chosen = 0
        var seen: Set<SQLValue> = []
        while true {
            // They come in the same order each time: those that were looked at before, and as many more as are missing.
            let wanted = limit.map { limit in RowPage.end(take: limit - chosen, skip: seen.count) ?? .max }
            let keys = try await keys(plan, where: filter, limit: wanted)
            // Of those that were looked at before, some may be gone.
            let new = seen.isEmpty ? keys : Array(keys.lazy.filter { !seen.contains($0) }.prefix(limit.map { $0 - chosen } ?? .max))
            for chunk in new.chunked(by: ReferentialActions.rowsInStatement) {
                let named = ExpressionNode.isOne(of: Array(chunk), columns)
                try await lock(plan, where: named)
                let matching = try await self.keys(plan, where: ExpressionNode.conjunction(named, filter) ?? named)
                if !matching.isEmpty { conditions.append(ExpressionNode.isOne(of: matching, columns)) }
                chosen += matching.count
            }
            guard let limit, chosen < limit, keys.count == wanted, !new.isEmpty else { return conditions }
            seen.formUnion(new)
        }
    }

    private func keys(_ plan: ModelPlan, where filter: ExpressionNode, limit: Int? = nil) async throws -> [SQLValue] {
        var request = FindRequest(model: plan.model.name)
        request.selectsRecord = false
        request.selections = try plan.keyColumns()
        request.filter = filter
        request.take = limit
        let types = request.selections.map(\.type)
        let (keys, order) = try await withConnection(for: .write) { [request] connection in
            try await self.read(request, on: connection, into: [SQLValue]()) { keys, row in
                var parts: [SQLValue] = []
                for type in types { parts.append(try row.value(of: type)) }
                keys.append(parts.count == 1 ? parts[0] : .list(parts))
            }
        }
        return order.map { order in order.map { keys[$0] } } ?? keys
    }

    /// In the order of the keys, so that two that lock the same rows wait for each other and not for good.
    private func lock(_ plan: ModelPlan, where named: ExpressionNode) async throws {
        guard dialect == .postgresql else { return }
        var writer = writer()
        let alias = writer.newAlias()
        writer.enter(plan.model, alias: alias)
        writer.write("SELECT 1 FROM ")
        writer.table(plan.model)
        writer.write(" AS \(alias) WHERE ")
        try writer.expression(named)
        try writer.order(try plan.keyColumns().map { RowOrder($0, descending: false) })
        writer.write(" FOR UPDATE OF \(alias)")
        _ = try await withConnection(for: .write) { [statement = writer.statement] connection in
            try await self.query(statement, on: connection, model: plan.model.name) { rows in while try rows.next() != nil {} }
        }
    }
}
