extension FindRequest {
    /// The request with what its comparisons of functions say about plain columns: the same rows match, and the database can leave out
    /// most others before a function is called.
    func narrowed(by functions: [RowFunction: RowFunction.Prepared]) -> FindRequest {
        guard functions.values.contains(where: { $0.narrowing != nil }) else { return self }
        var copy = self
        copy.filter = filter.map { $0.narrowed(by: functions) }
        return copy
    }
}

extension ExpressionNode {
    fileprivate func narrowed(by functions: [RowFunction: RowFunction.Prepared]) -> ExpressionNode {
        guard hasFunction else { return self }
        switch self {
        case .binary(.and, let left, let right): return .binary(.and, left.narrowed(by: functions), right.narrowed(by: functions))
        case .binary(let op, .function(let function, let arguments), .literal(let limit, _)):
            return adding(functions[function]?.narrowing, op, limit, arguments)
        case .binary(let op, .literal(let limit, _), .function(let function, let arguments)):
            return adding(functions[function]?.narrowing, op.mirrored, limit, arguments)
        case .aggregate(var aggregate):
            aggregate.filter = aggregate.filter.map { $0.narrowed(by: functions) }
            return .aggregate(aggregate)
        case .unary(.not, let operand):
            // What is under a negation must not be narrowed; relations inside of it may, since their filters keep their meaning.
            if case .aggregate = operand { return .unary(.not, operand.narrowed(by: functions)) }
            return self
        default: return self
        }
    }

    private func adding(
        _ narrowing: RowFunction.Prepared.Narrowing?, _ op: BinaryOperator?, _ limit: SQLValue, _ arguments: [ExpressionNode]
    ) -> ExpressionNode {
        guard let narrowing, let op, let limit = limit.asDouble, let condition = narrowing(op, limit, arguments) else { return self }
        return .binary(.and, condition, self)
    }
}

extension BinaryOperator {
    /// The comparison with its sides exchanged; nil for what is none.
    fileprivate var mirrored: BinaryOperator? {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: nil
        }
    }
}
