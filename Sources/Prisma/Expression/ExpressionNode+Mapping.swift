extension ExpressionNode {
    /// The same expression for a scope that lies further out: a relation's rows as the rows of a query of their own.
    package func movedOut(by levels: Int) -> ExpressionNode {
        mapped { node in
            switch node {
            case .column(var column):
                column.depth -= levels
                return .column(column)
            case .aggregate(var aggregate):
                aggregate.depth -= levels
                return .aggregate(aggregate)
            default:
                return node
            }
        }
    }

    /// The tree with each node, children first, replaced by what `transform` makes of it.
    package func mapped(_ transform: (ExpressionNode) -> ExpressionNode) -> ExpressionNode {
        transform(mappingChildren { $0.mapped(transform) })
    }

    /// The node with other children.
    package func mappingChildren(_ transform: (ExpressionNode) -> ExpressionNode) -> ExpressionNode {
        switch self {
        case .column, .literal, .now, .tooDeep: return self
        case .unary(let op, let operand): return .unary(op, transform(operand))
        case .binary(let op, let left, let right): return .binary(op, transform(left), transform(right))
        case .conditional(let condition, let then, let other):
            return .conditional(transform(condition), then: transform(then), else: transform(other))
        case .membership(let operand, let values, let type): return .membership(transform(operand), values, type)
        case .cast(let operand, let type): return .cast(transform(operand), type)
        case .datePart(let part, let operand): return .datePart(part, transform(operand))
        case .shifted(let operand, let distance): return .shifted(transform(operand), microseconds: distance)
        case .dateDifference(let from, let to, let unit): return .dateDifference(from: transform(from), to: transform(to), unit: unit)
        case .partAfter(let operand, let separator): return .partAfter(transform(operand), separator: separator)
        case .structure(let op, let operands): return .structure(op, operands.map(transform))
        case .startOf(let unit, let operand): return .startOf(unit, transform(operand))
        case .aggregate(var aggregate):
            aggregate.filter = aggregate.filter.map(transform)
            aggregate.value = aggregate.value.map(transform)
            aggregate.order = aggregate.order.map { RowOrder(transform($0.node), descending: $0.isDescending, nulls: $0.nulls) }
            return .aggregate(aggregate)
        case .function(let function, let arguments): return .function(function, arguments.map(transform))
        }
    }
}
