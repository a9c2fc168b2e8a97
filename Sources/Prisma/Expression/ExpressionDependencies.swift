/// Exactly what an expression reads: columns and relations, by model.
package struct ExpressionDependencies: Hashable, Sendable {
    package struct Member: Hashable, Sendable, Comparable {
        package var model: String
        package var field: String

        package init(model: String, field: String) {
            self.model = model
            self.field = field
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.model, left.field) < (right.model, right.field)
        }
    }

    package private(set) var columns: Set<Member> = []
    package private(set) var relations: Set<Member> = []
    package private(set) var readsNow = false
    package private(set) var functions: Set<RowFunction> = []

    package init(_ nodes: [ExpressionNode]) {
        for node in nodes {
            node.visit { node in
                switch node {
                case .column(let column): columns.insert(Member(model: column.model, field: column.field))
                case .now: readsNow = true
                case .aggregate(let aggregate): relations.insert(Member(model: aggregate.model, field: aggregate.field))
                case .function(let function, _): functions.insert(function)
                default: break
                }
            }
        }
    }
}

extension ExpressionNode {
    /// Calls `body` for this node and each one below it, parents first.
    package func visit(_ body: (ExpressionNode) -> Void) {
        body(self)
        for child in children { child.visit(body) }
    }

    package var children: [ExpressionNode] {
        switch self {
        case .column, .literal, .now, .tooDeep: []
        case .unary(_, let operand), .membership(let operand, _, _), .cast(let operand, _), .datePart(_, let operand),
            .shifted(let operand, _), .partAfter(let operand, _), .startOf(_, let operand):
            [operand]
        case .binary(_, let left, let right): [left, right]
        case .conditional(let condition, let then, let other): [condition, then, other]
        case .dateDifference(let from, let to, _): [from, to]
        case .aggregate(let aggregate): [aggregate.filter, aggregate.value].compactMap(\.self) + aggregate.order.map(\.node)
        case .function(_, let arguments), .structure(_, let arguments): arguments
        }
    }
}
