internal import PrismaSchema

// Relations whose key this row holds: the other row must be there first.

extension NestedWriter {
    /// The row that a new row refers to.
    func owner(_ operation: NestedWrite, _ end: RelationEnd, of row: WrittenRow? = nil) async throws -> WrittenRow? {
        switch operation {
        case .create(let plan):
            return try await create(plan)
        case .connect(let filter):
            guard let found = try await find(end, filter, isUnique: true) else { throw end.notFound(to: "connect") }
            try await release(found, end, except: row)
            return found
        case .connectOrCreate(let filter, let plan):
            guard let found = try await find(end, filter, isUnique: true) else { return try await create(plan) }
            try await release(found, end, except: row)
            return found
        default:
            throw Self.misplaced(operation, end)
        }
    }

    /// What an operation does to the key of a row, and which row it leaves to be deleted.
    func changeOwner(
        _ operation: NestedWrite, of row: WrittenRow, _ end: RelationEnd
    ) async throws -> (key: WrittenRow?, deleted: WrittenRow?) {
        switch operation {
        case .disconnect(let filter):
            guard try await related(to: row, end, filter) != nil else { return (nil, nil) }
            if end.isKeyRequired { throw end.requiredViolation }
            return (end.ownKey(from: [:]), nil)
        case .update(let filter, let plan):
            guard let found = try await related(to: row, end, filter) else { throw end.notFound(to: "update") }
            _ = try await update(found, plan)
            return (nil, nil)
        case .upsert(let filter, let create, let update):
            if let found = try await related(to: row, end, filter) {
                _ = try await self.update(found, update)
                return (nil, nil)
            }
            return (end.ownKey(from: try await self.create(create)), nil)
        case .delete(let filter):
            guard let found = try await related(to: row, end, filter) else { throw end.notFound(to: "delete") }
            if end.isKeyRequired { throw end.requiredViolation }
            return (end.ownKey(from: [:]), found)
        default:
            return (try await owner(operation, end, of: row).map { end.ownKey(from: $0) }, nil)
        }
    }

    /// The row at the other end, if there is one and it matches.
    private func related(to row: WrittenRow, _ end: RelationEnd, _ filter: ExpressionNode?) async throws -> WrittenRow? {
        if end.relation.fields.contains(where: { row[$0]?.isNull ?? true }) { return nil }
        return try await find(end, .conjunction(end.belongs(to: row), filter))
    }

    /// Where at most one row may refer to another, the row that did gives way.
    private func release(_ target: WrittenRow, _ end: RelationEnd, except row: WrittenRow?) async throws {
        guard end.relation.kind == .oneToOne else { return }
        let holder = try engine.plan(end.model.name)
        var filter = ExpressionNode.equality(end.relation.fields, of: end.model, to: target, named: end.relation.references)
        if let row { filter = .conjunction(filter, .unary(.not, try holder.identity(of: row))) }
        guard !(try await engine.rows(of: holder, where: filter).isEmpty) else { return }
        if end.isKeyRequired { throw end.requiredViolation }
        let nulls = end.relation.fields.compactMap { name in
            end.model.field(named: name)?.valueType.map { FieldAssignment(name, .literal(.null, $0)) }
        }
        _ = try await engine.change(end.model.name, where: filter, nulls, returning: .nothing) { _ in }
    }

    static func misplaced(_ operation: NestedWrite, _ end: RelationEnd) -> PrismaError {
        PrismaError(
            .validationFailed,
            "This operation has no meaning here: \(end.isList ? "a new row has nothing to change" : "there is one row").",
            model: end.model.name, fields: [end.field.name],
            help: "Use create, connect or connectOrCreate\(end.isList ? "" : "; in an update also update, upsert, delete or disconnect").")
    }
}
