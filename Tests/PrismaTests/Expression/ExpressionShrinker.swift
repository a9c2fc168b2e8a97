import Prisma

/// Makes an expression that shows something as small as it can be while it still shows it.
struct ExpressionShrinker {
    let judge: ExpressionJudge

    func smallest(_ disagreement: ExpressionJudge.Disagreement) async -> ExpressionJudge.Disagreement {
        var best = disagreement
        var attempts = 0
        var isSmaller = true
        while isSmaller, attempts < 400 {
            isSmaller = false
            for node in best.question.node.simplifications where node.size < best.question.node.size {
                attempts += 1
                let question = ExpressionJudge.Question(model: best.question.model, node: node)
                guard let found = await judge.disagreements(on: [question]).first else { continue }
                best = found
                isSmaller = true
                break
            }
        }
        return best
    }

    func report(_ disagreement: ExpressionJudge.Disagreement, seed: UInt64) -> String {
        var lines = ["The databases and the evaluation in memory disagree.", CanonicalForm.encode(disagreement.question.node)]
        lines += judge.sql(disagreement.question)
        lines.append("on \(disagreement.row)")
        lines += disagreement.answers.map { "  \($0.name): \($0.answer.shown)" }
        lines.append("Run it again with EXPRESSION_SEED=\(seed).")
        return lines.joined(separator: "\n")
    }
}

extension ExpressionNode {
    var size: Int { 1 + children.reduce(0) { $0 + $1.size } }

    /// Expressions of the same type that are a little simpler.
    var simplifications: [ExpressionNode] {
        var found: [ExpressionNode] = []
        if case .aggregate(let aggregate) = self {
            found += aggregate.simplifications.map(ExpressionNode.aggregate)
        } else {
            found += children.filter { $0.type.computed == type.computed }
        }
        if size > 1 { found.append(.literal(.null, type)) }
        // One child at a time.
        for index in children.indices {
            for simpler in children[index].simplifications {
                var position = -1
                found.append(
                    mappingChildren { child in
                        position += 1
                        return position == index ? simpler : child
                    })
            }
        }
        return found
    }
}

extension RelationAggregate {
    fileprivate var simplifications: [RelationAggregate] {
        var found: [RelationAggregate] = []
        func adding(_ change: (inout RelationAggregate) -> Void) {
            var copy = self
            change(&copy)
            if copy != self { found.append(copy) }
        }
        adding { $0.filter = nil }
        if order.count > 1 {
            adding { $0.order = [order[0]] }
            adding { $0.order = Array(order.dropFirst()) }
        }
        return found
    }
}
