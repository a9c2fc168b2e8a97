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

extension Model {
    /// The field that says when a row came to be: the first date whose default is now.
    fileprivate var creationField: String? {
        fields.first { $0.scalar == .dateTime && $0.default == .function(.now) }?.name
    }

    fileprivate func isToMany(_ field: String) -> Bool {
        self.field(named: field)?.arity == .list
    }
}
