extension ExpressionNode {
    /// How deeply expressions may be nested: each reader calls itself once for each level, on stacks that may be small.
    package static let depthLimit = 200
    /// What readers accept: a query adds levels of its own.
    static let readableDepth = 256

    /// The number of levels.
    package var depth: Int {
        switch self {
        case .column, .literal, .now, .tooDeep: 1
        case .unary(_, let operand), .membership(let operand, _, _), .cast(let operand, _), .datePart(_, let operand),
            .shifted(let operand, _), .partAfter(let operand, _), .startOf(_, let operand):
            1 + operand.depth
        case .binary(_, let left, let right), .dateDifference(let left, let right, _): 1 + max(left.depth, right.depth)
        default: 1 + children.reduce(0) { max($0, $1.depth) }
        }
    }

    static var tooDeeplyNested: PrismaError {
        PrismaError(
            .invalidExpression, "The expression is nested more than \(depthLimit) levels deep.",
            help: "Join many conditions with `all(of:)` or `any(of:)`, and ask for one of many values with `isIn`.")
    }
}
