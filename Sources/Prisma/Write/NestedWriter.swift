internal import PrismaSchema

/// Runs plans inside a transaction, in Prisma's order: first the rows whose key this row holds, then the row itself, then the
/// rows that hold its key.
struct NestedWriter: Sendable {
    let engine: PrismaEngine

    /// - Parameter engine: bound to the transaction.
    init(_ engine: PrismaEngine) {
        self.engine = engine
    }

    /// Makes a row; `given` is the key of the row that it is nested in, which `through` leads to.
    func create(_ plan: CreatePlan, given: WrittenRow = [:], through: String? = nil) async throws -> WrittenRow {
        let model = try engine.plan(plan.model).model
        var values = plan.values
        for (field, value) in given { try Self.assign(value, to: field, in: &values, of: model) }
        for write in plan.relations {
            let end = try RelationEnd(write.field, of: model, in: engine)
            for operation in write.operations {
                if case .parent = operation {
                    guard write.field == through else { throw Self.misplacedParent(end) }
                } else if end.relation.holdsForeignKey, let owner = try await owner(operation, end) {
                    for (field, value) in end.ownKey(from: owner) { try Self.assign(value, to: field, in: &values, of: model) }
                }
            }
        }
        let read = engine.rowReader(try engine.plan(plan.model))
        guard let row = try await engine.insert([values], into: plan.model, returning: .record, read).rows.first else {
            throw PrismaError(.unexpected, "An INSERT gave no row.", model: plan.model, help: "Report this: it is a defect of the library.")
        }
        for write in plan.relations {
            let end = try RelationEnd(write.field, of: model, in: engine)
            guard !end.relation.holdsForeignKey else { continue }
            for operation in write.operations {
                if case .parent = operation { continue }
                try await apply(operation, to: row, end)
            }
        }
        return row
    }

    /// Changes a row and what it is related to; gives the row as it is afterwards.
    func update(_ row: WrittenRow, _ plan: UpdatePlan) async throws -> WrittenRow {
        let modelPlan = try engine.plan(plan.model)
        var assignments = plan.assignments
        var current = row
        // What may only be deleted once this row no longer refers to it.
        var deletions: [(RelationEnd, WrittenRow)] = []
        for write in plan.relations {
            let end = try RelationEnd(write.field, of: modelPlan.model, in: engine)
            guard end.relation.holdsForeignKey else { continue }
            for operation in write.operations {
                let change = try await changeOwner(operation, of: current, end)
                guard let key = change.key else { continue }
                if let deleted = change.deleted { deletions.append((end, deleted)) }
                for (field, value) in key {
                    guard let type = modelPlan.model.field(named: field)?.valueType else { continue }
                    assignments.removeAll { $0.field == field }
                    assignments.append(FieldAssignment(field, .literal(value, type)))
                    current[field] = value
                }
            }
        }
        // The key may be among what changes, so it is the old one that finds the row.
        let identity = try modelPlan.identity(of: row)
        let changed = try await engine.change(
            plan.model, where: identity, assignments, returning: .record, engine.rowReader(modelPlan))
        guard let row = changed.rows.first else {
            throw PrismaError(
                .recordNotFound, "The \(plan.model) to update was not found.", model: plan.model,
                help: "Another transaction has removed it.")
        }
        for (end, deleted) in deletions { try await remove(end, deleted) }
        for write in plan.relations {
            let end = try RelationEnd(write.field, of: modelPlan.model, in: engine)
            guard !end.relation.holdsForeignKey else { continue }
            for operation in write.operations { try await apply(operation, to: row, end) }
        }
        return row
    }

    private static func assign(
        _ value: SQLValue, to field: String, in values: inout CreateValues, of model: Model
    ) throws(PrismaError) {
        if let other = values.value(of: field), other != value {
            throw PrismaError(
                .validationFailed, "`\(field)` is given a value, and its relation gives it another one.", model: model.name,
                fields: [field],
                help: "Give either the key or the relation.")
        }
        values.set(field, raw: value)
    }

    private static func misplacedParent(_ end: RelationEnd) -> PrismaError {
        PrismaError(
            .validationFailed, "`.parent` stands for the row that a create is nested in, and here there is none.", model: end.model.name,
            fields: [end.field.name], help: "Use `.connect` or `.create`, or nest the create in the other row's.")
    }

    func remove(_ end: RelationEnd, _ row: WrittenRow) async throws {
        _ = try await engine.remove(end.target.model.name, where: try end.target.identity(of: row), returning: .nothing) { _ in }
    }

    /// The only row that a condition on the other end leaves.
    func find(_ end: RelationEnd, _ filter: ExpressionNode?, isUnique: Bool = false) async throws -> WrittenRow? {
        if isUnique { try engine.checkUnique(filter, of: end.target) }
        return try await engine.rows(of: end.target, where: filter).first
    }
}
