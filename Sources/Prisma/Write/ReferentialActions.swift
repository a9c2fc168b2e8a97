internal import PrismaSchema

/// What foreign keys would do, for schemas with `relationMode = "prisma"`.
struct ReferentialActions: Sendable {
    let engine: PrismaEngine

    /// A relation that holds a model's key in another model, or the same.
    private struct Reference {
        let holder: ModelPlan
        let field: Field
        let relation: Relation

        var isRequired: Bool { relation.fields.contains { holder.model.field(named: $0)?.arity == .required } }
    }

    private func references(to model: Model) throws(PrismaError) -> [Reference] {
        var found: [Reference] = []
        for holder in engine.schema.models where !holder.isView {
            for field in holder.fields {
                guard let relation = field.relation, relation.holdsForeignKey, relation.model == model.name else { continue }
                found.append(Reference(holder: try engine.plan(holder.name), field: field, relation: relation))
            }
        }
        return found
    }

    // MARK: Removal

    /// Does what the schema says for the rows that refer to rows which are about to be removed.
    ///
    /// - Parameter visited: the rows that this removal already covers, so that circles end.
    func prepareRemoval(of model: Model, where filter: ExpressionNode?, visited: Set<[SQLValue]> = []) async throws {
        let plan = try engine.plan(model.name)
        var visited = visited
        let rows = try await engine.rows(of: plan, where: filter).filter { row in
            visited.insert([.text(model.name)] + plan.fields.map { row[$0.name] ?? .null }).inserted
        }
        let references = try references(to: model)
        for rows in rows.chunked(by: Self.rowsInStatement) { try await prepareRemoval(of: Array(rows), model, references, visited) }
    }

    /// Rows whose keys fit the parameters of one statement: a key has a few columns at most.
    static let rowsInStatement = 4000

    private func prepareRemoval(
        of rows: [WrittenRow], _ model: Model, _ references: [Reference], _ visited: Set<[SQLValue]>
    ) async throws {
        for reference in references {
            let children = isHolder(reference, of: rows)
            switch reference.relation.onDelete {
            case .cascade:
                try await prepareRemoval(of: reference.holder.model, where: children, visited: visited)
                let statement = try engine.deleteStatement(reference.holder, where: children, returning: .nothing)
                _ = try await engine.write(statement, reference.holder.model.name, .nothing) { _ in }
            case .setNull:
                try await assign(nil, to: children, reference)
            case .setDefault:
                try await assign(defaults(of: reference), to: children, reference)
            case .restrict:
                guard try await engine.rows(of: reference.holder, where: children, take: 1).isEmpty else {
                    throw violation(reference, model)
                }
            case .noAction:
                break
            }
        }
        for field in model.fields {
            guard let relation = field.relation, let join = relation.joinTable, let key = relation.fields.first else { continue }
            var writer = engine.writer()
            writer.write("DELETE FROM ")
            writer.table(join)
            writer.write(" WHERE \(SQLWriter.quoted(join.column)) IN (")
            for (index, row) in rows.enumerated() {
                if index > 0 { writer.write(", ") }
                writer.bind(row[key] ?? .null)
            }
            writer.write(")")
            _ = try await engine.write(writer.statement, model.name, .nothing) { _ in }
        }
    }

    // MARK: Changes of keys

    /// Whether other rows refer to fields that change.
    func concern(_ model: Model, changing fields: [String]) -> Bool {
        let changed = Set(fields)
        return model.fields.contains { $0.relation?.joinTable != nil && !changed.isDisjoint(with: $0.relation?.fields ?? []) }
            || ((try? references(to: model)) ?? []).contains { !changed.isDisjoint(with: $0.relation.references) }
    }

    /// Changes rows one by one, and their keys in the rows that refer to them.
    func change<Row: Sendable>(
        _ plan: ModelPlan, where filter: ExpressionNode?, limit: Int?, _ assignments: [FieldAssignment],
        _ read: @escaping PrismaEngine.RowReader<Row>
    ) async throws -> (count: Int, rows: [Row]) {
        try await engine.transaction { engine in
            let actions = ReferentialActions(engine: engine)
            var changed: (count: Int, rows: [Row]) = (0, [])
            for before in try await engine.rows(of: plan, where: filter, take: limit) {
                let statement = try engine.updateStatement(
                    plan, where: try plan.identity(of: before), set: assignments, returning: .record)
                let values = engine.rowReader(plan)
                guard let after = try await engine.write(statement, plan.model.name, .record, values).rows.first else { continue }
                try await actions.follow(plan.model, from: before, to: after)
                var request = FindRequest(model: plan.model.name)
                request.filter = try plan.identity(of: after)
                changed.rows += try await engine.write(try request.statement(in: engine), plan.model.name, .record, read).rows
                changed.count += 1
            }
            return changed
        }
    }

    private func follow(_ model: Model, from before: WrittenRow, to after: WrittenRow) async throws {
        for reference in try references(to: model) {
            guard reference.relation.references.contains(where: { before[$0] != after[$0] }) else { continue }
            let children = isHolder(reference, of: [before])
            switch reference.relation.onUpdate {
            case .cascade: try await assign(after, to: children, reference)
            case .setNull: try await assign(nil, to: children, reference)
            case .setDefault: try await assign(defaults(of: reference), to: children, reference)
            case .restrict:
                guard try await engine.rows(of: reference.holder, where: children, take: 1).isEmpty else {
                    throw violation(reference, model)
                }
            case .noAction: break
            }
        }
        for field in model.fields {
            guard let relation = field.relation, let join = relation.joinTable, let key = relation.fields.first, before[key] != after[key]
            else { continue }
            var writer = engine.writer()
            writer.write("UPDATE ")
            writer.table(join)
            writer.write(" SET \(SQLWriter.quoted(join.column)) = ")
            writer.bind(after[key] ?? .null)
            writer.write(" WHERE \(SQLWriter.quoted(join.column)) = ")
            writer.bind(before[key] ?? .null)
            _ = try await engine.write(writer.statement, model.name, .nothing) { _ in }
        }
    }

    // MARK: Parts

    private func isHolder(_ reference: Reference, of rows: [WrittenRow]) -> ExpressionNode {
        let columns = reference.relation.fields.compactMap { name in
            reference.holder.model.field(named: name)?.valueType.map {
                ExpressionNode.column(ColumnReference(depth: 0, model: reference.holder.model.name, field: name, type: $0))
            }
        }
        let keys = rows.map { row in reference.relation.references.map { row[$0] ?? .null } }.filter { !$0.contains(.null) }
        return ExpressionNode.isOne(of: keys.map { $0.count == 1 ? $0[0] : .list($0) }, columns)
    }

    private func assign(_ row: WrittenRow?, to children: ExpressionNode, _ reference: Reference) async throws {
        let model = reference.holder.model
        var assignments: [FieldAssignment] = []
        for (name, key) in zip(reference.relation.fields, reference.relation.references) {
            guard let field = model.field(named: name), let type = field.valueType else { continue }
            let value = row?[key] ?? .null
            if value.isNull, field.arity == .required { throw violation(reference, model) }
            assignments.append(FieldAssignment(name, .literal(value, type)))
        }
        _ = try await engine.change(model.name, where: children, assignments, returning: .nothing) { _ in }
    }

    private func defaults(of reference: Reference) -> WrittenRow {
        let defaults = engine.defaults()
        var row: WrittenRow = [:]
        for (name, key) in zip(reference.relation.fields, reference.relation.references) {
            row[key] = reference.holder.model.field(named: name).flatMap { defaults.value(for: $0) } ?? .null
        }
        return row
    }

    private func violation(_ reference: Reference, _ model: Model) -> PrismaError {
        PrismaError(
            .relationViolation,
            "The change would violate the relation `\(reference.relation.name)`: rows of \(reference.holder.model.name) refer to it.",
            model: reference.holder.model.name, fields: [reference.field.name],
            help: "Remove or change those rows first, or give the relation another `onDelete` or `onUpdate`.")
    }
}
