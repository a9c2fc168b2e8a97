internal import PrismaSchema

// Relations whose key the other rows hold, or a join table.

extension NestedWriter {
    func apply(_ operation: NestedWrite, to row: WrittenRow, _ end: RelationEnd) async throws {
        switch operation {
        case .create(let plan):
            try await createChild(plan, of: row, end)
        case .createMany(let plans, let skipDuplicates):
            try await createChildren(plans, of: row, end, skipDuplicates)
        case .connect(let filter):
            guard let child = try await find(end, filter, isUnique: true) else { throw end.notFound(to: "connect") }
            try await connect(child, to: row, end)
        case .connectOrCreate(let filter, let plan):
            if let child = try await find(end, filter, isUnique: true) {
                try await connect(child, to: row, end)
            } else {
                try await createChild(plan, of: row, end)
            }
        case .parent:
            throw Self.misplaced(operation, end)
        case .disconnect(let filter):
            if end.isList { try engine.checkUnique(filter, of: end.target) }
            try await disconnect(.conjunction(end.belongs(to: row), filter), from: row, end)
        case .set(let filters):
            try await set(filters, of: row, end)
        case .update(let filter, let plan):
            _ = try await update(try await child(of: row, end, filter, to: "update"), plan)
        case .updateMany(let filter, let plan):
            guard plan.relations.isEmpty else {
                throw PrismaError(
                    .validationFailed, "`updateMany` changes only columns.", model: end.model.name, fields: [end.field.name],
                    help: "Use `update`.")
            }
            let mine = ExpressionNode.conjunction(end.belongs(to: row), filter)
            _ = try await engine.change(end.target.model.name, where: mine, plan.assignments, returning: .nothing) { _ in }
        case .upsert(let filter, let create, let update):
            if end.isList { try engine.checkUnique(filter, of: end.target) }
            if let found = try await find(end, .conjunction(end.belongs(to: row), filter)) {
                _ = try await self.update(found, update)
            } else {
                try await createChild(create, of: row, end)
            }
        case .delete(let filter):
            try await remove(end, try await child(of: row, end, filter, to: "delete"))
        case .deleteMany(let filter):
            let mine = ExpressionNode.conjunction(end.belongs(to: row), filter)
            _ = try await engine.remove(end.target.model.name, where: mine, returning: .nothing) { _ in }
        }
    }

    /// The connected row that a condition names.
    private func child(of row: WrittenRow, _ end: RelationEnd, _ filter: ExpressionNode?, to action: String) async throws -> WrittenRow {
        if end.isList { try engine.checkUnique(filter, of: end.target) }
        if let found = try await find(end, .conjunction(end.belongs(to: row), filter)) { return found }
        if end.isList, try await find(end, filter) != nil { throw end.notConnected }
        throw end.notFound(to: action)
    }

    private func createChild(_ plan: CreatePlan, of row: WrittenRow, _ end: RelationEnd) async throws {
        if !end.isList { try await release(row, end, except: nil) }
        guard end.relation.joinTable != nil else {
            _ = try await create(plan, given: end.childKey(of: row), through: end.relation.opposite)
            return
        }
        try await addPair(row, try await create(plan), end)
    }

    private func createChildren(
        _ plans: [CreatePlan], of row: WrittenRow, _ end: RelationEnd, _ skipDuplicates: Bool
    ) async throws {
        guard end.relation.joinTable == nil, plans.allSatisfy({ $0.relations.allSatisfy(\.isParent) }) else {
            throw PrismaError(
                .validationFailed, "`createMany` makes rows of one table only.", model: end.model.name, fields: [end.field.name],
                help: "Use `create`.")
        }
        let key = end.childKey(of: row)
        let values = plans.map { plan in
            var values = plan.values
            for (field, value) in key { values.set(field, raw: value) }
            return values
        }
        _ = try await engine.insert(values, into: end.target.model.name, skipDuplicates: skipDuplicates, returning: .nothing) { _ in }
    }

    private func connect(_ child: WrittenRow, to row: WrittenRow, _ end: RelationEnd) async throws {
        if end.relation.joinTable != nil { return try await addPair(row, child, end) }
        if !end.isList { try await release(row, end, except: child) }
        let identity = try end.target.identity(of: child)
        _ = try await engine.change(end.target.model.name, where: identity, end.assignments(to: row), returning: .nothing) { _ in }
    }

    /// Takes this row's key away from the rows that match, all of which hold it.
    private func disconnect(_ filter: ExpressionNode?, from row: WrittenRow, _ end: RelationEnd) async throws {
        if end.relation.joinTable != nil {
            for child in try await engine.rows(of: end.target, where: filter) { try await removePairs(row, child, end) }
            return
        }
        if end.isKeyRequired {
            guard try await engine.rows(of: end.target, where: filter).isEmpty else { throw end.requiredViolation }
            return
        }
        _ = try await engine.change(end.target.model.name, where: filter, end.assignments(to: nil), returning: .nothing) { _ in }
    }

    /// In a relation to one row, the row that is there gives way.
    private func release(_ row: WrittenRow, _ end: RelationEnd, except child: WrittenRow?) async throws {
        var filter = end.belongs(to: row)
        if let child { filter = .conjunction(filter, .unary(.not, try end.target.identity(of: child))) }
        try await disconnect(filter, from: row, end)
    }

    private func set(_ filters: [ExpressionNode], of row: WrittenRow, _ end: RelationEnd) async throws {
        var children: [WrittenRow] = []
        for filter in filters {
            guard let child = try await find(end, filter, isUnique: true) else { throw end.notFound(to: "connect") }
            children.append(child)
        }
        if end.relation.joinTable != nil {
            try await removePairs(row, nil, end)
        } else {
            var others = end.belongs(to: row)
            for child in children { others = .conjunction(others, .unary(.not, try end.target.identity(of: child))) }
            try await disconnect(others, from: row, end)
        }
        for child in children { try await connect(child, to: row, end) }
    }
}

extension RelationWrite {
    fileprivate var isParent: Bool {
        operations.allSatisfy { if case .parent = $0 { true } else { false } }
    }
}

// MARK: - Join tables

extension NestedWriter {
    private func addPair(_ row: WrittenRow, _ child: WrittenRow, _ end: RelationEnd) async throws {
        guard let join = end.relation.joinTable, let key = pair(row, child, end) else { return }
        var writer = engine.writer()
        writer.write("INSERT INTO ")
        writer.table(join)
        writer.write(" (\(SQLWriter.quoted(join.column)), \(SQLWriter.quoted(join.oppositeColumn))) VALUES (")
        writer.bind(key.own)
        writer.write(", ")
        writer.bind(key.other)
        writer.write(") ON CONFLICT DO NOTHING")
        try await execute(writer.statement, end)
    }

    /// Removes the pair of two rows, or all pairs of one.
    private func removePairs(_ row: WrittenRow, _ child: WrittenRow?, _ end: RelationEnd) async throws {
        guard let join = end.relation.joinTable, let key = pair(row, child ?? [:], end) else { return }
        var writer = engine.writer()
        writer.write("DELETE FROM ")
        writer.table(join)
        writer.write(" WHERE \(SQLWriter.quoted(join.column)) = ")
        writer.bind(key.own)
        if child != nil {
            writer.write(" AND \(SQLWriter.quoted(join.oppositeColumn)) = ")
            writer.bind(key.other)
        }
        try await execute(writer.statement, end)
    }

    private func pair(_ row: WrittenRow, _ child: WrittenRow, _ end: RelationEnd) -> (own: SQLValue, other: SQLValue)? {
        guard let field = end.relation.fields.first, let reference = end.relation.references.first else { return nil }
        return (row[field] ?? .null, child[reference] ?? .null)
    }

    private func execute(_ statement: SQLStatement, _ end: RelationEnd) async throws {
        _ = try await engine.write(statement, end.model.name, .nothing) { _ in }
    }
}
