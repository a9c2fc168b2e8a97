internal import PrismaSchema

/// A relation as the row at one of its ends sees it, while it is written.
struct RelationEnd: Sendable {
    let model: Model
    let field: Field
    let relation: Relation
    let target: ModelPlan

    init(_ name: String, of model: Model, in engine: PrismaEngine) throws(PrismaError) {
        guard let field = model.field(named: name), let relation = field.relation else {
            throw PrismaError(
                .validationFailed, "\(model.name).\(name) is not a relation.", model: model.name, fields: [name],
                help: "Run `prisml generate`: the generated client and the schema disagree.")
        }
        self.model = model
        self.field = field
        self.relation = relation
        target = try engine.plan(relation.model)
    }

    var isList: Bool { field.arity == .list }

    /// Whether the side that holds the key must hold one.
    var isKeyRequired: Bool {
        let (holder, names) = relation.holdsForeignKey ? (model, relation.fields) : (target.model, relation.references)
        return names.contains { holder.field(named: $0)?.arity == .required }
    }

    /// What the key of the other end's row must be to belong to a row.
    func childKey(of row: WrittenRow) -> WrittenRow {
        var key: WrittenRow = [:]
        for (name, own) in zip(relation.references, relation.fields) { key[name] = row[own] ?? .null }
        return key
    }

    /// What this end's key must be to belong to the other end's row.
    func ownKey(from target: WrittenRow) -> WrittenRow {
        var key: WrittenRow = [:]
        for (own, name) in zip(relation.fields, relation.references) { key[own] = target[name] ?? .null }
        return key
    }

    /// The rows at the other end that belong to a row.
    func belongs(to row: WrittenRow) -> ExpressionNode? {
        guard relation.joinTable != nil else {
            return .equality(relation.references, of: target.model, to: row, named: relation.fields)
        }
        let isRow = ExpressionNode.equality(relation.fields, of: model, depth: 1, to: row, named: relation.fields)
        return .aggregate(
            RelationAggregate(
                kind: .some, depth: 0, model: target.model.name, field: relation.opposite, target: model.name, filter: isRow))
    }

    /// Assignments that give the other end's key to a row, or take it away.
    func assignments(to row: WrittenRow?) -> [FieldAssignment] {
        let key = row.map(childKey)
        return relation.references.compactMap { name in
            target.model.field(named: name)?.valueType.map { FieldAssignment(name, .literal(key?[name] ?? .null, $0)) }
        }
    }

    // MARK: Errors

    private var place: String { "`\(field.name)` of \(model.name)" }

    var requiredViolation: PrismaError {
        let (holder, other) = relation.holdsForeignKey ? (model.name, target.model.name) : (target.model.name, model.name)
        return PrismaError(
            .relationViolation,
            "The change would violate the required relation `\(relation.name)`: each \(holder) must have a \(other).",
            model: model.name, fields: [field.name], help: "Connect it to another row, delete it, or make the relation optional.")
    }

    var notConnected: PrismaError {
        PrismaError(
            .notConnected, "The records for relation `\(relation.name)` between \(model.name) and \(target.model.name) are not connected.",
            model: model.name, fields: [field.name], help: "Name a row that \(place) leads to.")
    }

    func notFound(to action: String) -> PrismaError {
        PrismaError(
            isList && action == "connect" ? .relatedRecordsMissing : .recordNotFound,
            "The \(target.model.name) to \(action) was not found for \(place).", model: model.name, fields: [field.name],
            help: action == "connect" ? "Check its key, or use `connectOrCreate`." : "Check its key, or use `upsert`.")
    }
}
