import PrisML
import Prisma
import PrismaSchema

extension PredictorDefinition {
    /// The expressions as training reads them: with `asOf`, aggregates over a relation read only rows that were there by then.
    func pointInTime(_ node: ExpressionNode, in schema: Schema) throws(PredictorError) -> ExpressionNode {
        guard let asOf else { return node }
        var missing: String?
        let limited = node.mapped { node in
            guard case .aggregate(var aggregate) = node, schema.model(named: aggregate.model)?.isToMany(aggregate.field) == true else {
                return node
            }
            guard let created = schema.model(named: aggregate.target)?.creationField else {
                missing = aggregate.target
                return node
            }
            let column = ExpressionNode.column(
                ColumnReference(depth: aggregate.depth + 1, model: aggregate.target, field: created, type: .date))
            aggregate.filter = ExpressionNode.conjunction(.binary(.lessOrEqual, column, asOf), aggregate.filter)
            return .aggregate(aggregate)
        }
        if let missing {
            throw PredictorError(
                .invalidDefinition, predictor: name,
                "A feature reads rows of \(missing), of which nothing says when they came to be, so it cannot be evaluated as of a date.",
                help: "Give \(missing) a DateTime field with @default(now()), or leave the feature out.")
        }
        return limited
    }
}

extension TrainingRun {
    /// What is worth a look before the model is trusted; one sentence each.
    ///
    /// Of columns that are written with every change of their row, the database is asked how often that came too late.
    func warnings() async throws -> [String] {
        var warnings: [String] = []
        // Counted once, and only where there is something to say.
        var rows: Int?
        for feature in definition.features {
            for member in definition.columnsWrittenLater(feature, in: engine.schema) {
                let node = try definition.pointInTime(feature.node, in: engine.schema)
                guard let asOf = definition.asOf, let isLate = node.holds(member, laterThan: asOf) else { continue }
                let late = try await count(where: definition.trainingConditions + [isLate])
                guard late > 0 else { continue }
                let all = if let rows { rows } else { try await count(where: definition.trainingConditions) }
                rows = all
                warnings.append(
                    """
                    the feature "\(feature.name)" reads \(member.model).\(member.field), which was written after the point in time that the \
                    row is taken at in \(late) of \(all) \(all == 1 ? "row" : "rows")
                    """)
            }
        }
        return warnings + definition.warnings(in: engine.schema)
    }

    private func count(where conditions: [ExpressionNode]) async throws -> Int {
        var request = FindRequest(model: definition.model)
        request.filter = conditions.reduce(nil) { .conjunction($0, $1) }
        request.now = definition.asOf.map(SQLWriter.Now.expression)
        return try await engine.count(request)
    }
}

extension ExpressionNode {
    /// The condition that some value of a column, among those that the expression reads for a row, is later than a moment; nil if it reads
    /// none.
    fileprivate func holds(_ member: ExpressionDependencies.Member, laterThan moment: ExpressionNode) -> ExpressionNode? {
        switch self {
        case .column(let column):
            (column.model, column.field) == (member.model, member.field) ? .binary(.greater, self, moment) : nil
        case .aggregate(let aggregate): aggregate.holds(member, laterThan: moment)
        default: children.any(holding: member, laterThan: moment)
        }
    }
}

extension RelationAggregate {
    /// The same of the rows that it reads. Of the first row alone its value is read; which one is first, all of them say.
    fileprivate func holds(_ member: ExpressionDependencies.Member, laterThan moment: ExpressionNode) -> ExpressionNode? {
        guard kind == .first else {
            return whereSomeRow(ExpressionNode.aggregate(self).children.any(holding: member, laterThan: moment))
        }
        var first = self
        first.value = value?.holds(member, laterThan: moment)
        let choosing = ([filter].compactMap(\.self) + order.map(\.node)).any(holding: member, laterThan: moment)
        let parts = [first.value.map { _ in .aggregate(first) }, whereSomeRow(choosing)]
        return parts.compactMap(\.self).reduce(nil) { all, next in all.map { .binary(.or, $0, next) } ?? next }
    }

    private func whereSomeRow(_ isLate: ExpressionNode?) -> ExpressionNode? {
        guard let isLate else { return nil }
        var some = self
        (some.kind, some.value, some.order) = (.some, nil, [])
        some.filter = .conjunction(filter, isLate)
        return .aggregate(some)
    }
}

extension [ExpressionNode] {
    fileprivate func any(holding member: ExpressionDependencies.Member, laterThan moment: ExpressionNode) -> ExpressionNode? {
        compactMap { $0.holds(member, laterThan: moment) }.reduce(nil) { all, next in all.map { .binary(.or, $0, next) } ?? next }
    }
}

extension Model {
    /// The field that says when a row came to be: the first date whose default is now.
    fileprivate var creationField: String? {
        fields.first { $0.scalar == .dateTime && $0.default == .function(.now) }?.name
    }

    fileprivate func isToMany(_ field: String) -> Bool {
        self.field(named: field)?.arity == .list
    }
}
