extension ExpressionNode {
    /// Whether an integer expression may give a number that 64 bits do not hold.
    ///
    /// It spares nearly all arithmetic the check for overflow: two 32-bit columns can be added and multiplied freely in 64 bits.
    var mayOverflow: Bool { magnitude > 0x1.8p62 }

    /// An upper bound on the absolute value of an integer expression; rounding has the room between here and 2^63.
    private var magnitude: Double {
        switch self {
        case .column(let column): column.type == .int ? 0x1p31 : 0x1p63
        case .literal(.int(let value), _): Double(value.magnitude)
        case .literal(.null, _): 0
        case .unary(.length, _): 0x1p31
        case .unary(_, let operand): operand.magnitude
        case .binary(.add, let left, let right), .binary(.subtract, let left, let right): bounded(left.magnitude + right.magnitude)
        case .binary(.multiply, let left, let right): bounded(left.magnitude * right.magnitude)
        case .binary(.divide, let left, _): left.magnitude
        case .binary(.remainder, let left, let right): min(left.magnitude, right.magnitude)
        case .binary(.coalesce, let left, let right), .binary(.least, let left, let right), .binary(.greatest, let left, let right):
            max(left.magnitude, right.magnitude)
        case .conditional(_, let then, let other): max(then.magnitude, other.magnitude)
        case .cast(let operand, _): operand.type == .bool ? 1 : operand.type.isInteger ? operand.magnitude : 0x1p63
        case .datePart: 0x1p20
        case .aggregate(let aggregate):
            switch aggregate.kind {
            case .count, .countDistinct: Self.manyRows
            case .sum: aggregate.field.isEmpty ? 0x1p63 : (aggregate.value?.magnitude ?? 0x1p63) * Self.manyRows
            case .minimum, .maximum, .first: aggregate.value?.magnitude ?? 0x1p63
            default: 0x1p63
            }
        default: 0x1p63
        }
    }

    /// What does not fit is null, so nothing is greater.
    private func bounded(_ magnitude: Double) -> Double { min(magnitude, 0x1p63) }

    /// More rows than a relation can have in practice.
    private static let manyRows = 0x1p31
}

extension RelationAggregate {
    /// Whether the sum of the values may not fit 64 bits.
    var sumMayOverflow: Bool { ExpressionNode.aggregate(self).mayOverflow }
}
