extension Double {
    /// 2^63: the first magnitude that 64 bits do not hold.
    static let int64Limit = 9_223_372_036_854_775_808.0
}

extension ExpressionNode {
    /// An upper bound on the absolute value of an integer expression.
    ///
    /// It spares nearly all arithmetic the check for overflow: two 32-bit columns can be added and multiplied freely in 64 bits.
    var magnitude: Double {
        switch self {
        case .column(let column): column.type == .int ? 2_147_483_648 : .int64Limit
        case .literal(.int(let value), _): Double(value.magnitude)
        case .unary(.length, _): 2_147_483_648
        case .unary(_, let operand): operand.magnitude
        case .binary(.add, let left, let right), .binary(.subtract, let left, let right): left.magnitude + right.magnitude
        case .binary(.multiply, let left, let right): left.magnitude * right.magnitude
        case .binary(.divide, let left, _): left.magnitude
        case .binary(.remainder, _, let right): right.magnitude
        case .binary(.coalesce, let left, let right): max(left.magnitude, right.magnitude)
        case .conditional(_, let then, let other): max(then.magnitude, other.magnitude)
        case .cast(let operand, _): operand.type == .bool ? 1 : operand.type.isInteger ? operand.magnitude : .int64Limit
        case .datePart: 1_000_000
        case .aggregate(let aggregate):
            switch aggregate.kind {
            // More rows than a database can hold.
            case .count: 1_125_899_906_842_624
            case .minimum, .maximum, .first: aggregate.value?.magnitude ?? .int64Limit
            default: .int64Limit
            }
        default: .int64Limit
        }
    }
}
