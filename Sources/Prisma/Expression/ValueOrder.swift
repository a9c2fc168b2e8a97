package enum ValueOrder: Sendable {
    case less, equal, greater

    init<Value: Comparable>(_ left: Value, _ right: Value) {
        self = left < right ? .less : left == right ? .equal : .greater
    }

    func satisfies(_ op: BinaryOperator) -> Bool {
        switch op {
        case .equal: self == .equal
        case .notEqual: self != .equal
        case .less: self == .less
        case .lessOrEqual: self != .greater
        case .greater: self == .greater
        case .greaterOrEqual: self != .less
        default: false
        }
    }
}

extension SQLValue {
    /// How two values compare, nil where one is null or they are not of a kind. Text compares by its UTF-8 bytes; NaN equals NaN
    /// and is greater than all other numbers, as in PostgreSQL.
    package static func order(_ left: SQLValue, _ right: SQLValue) -> ValueOrder? {
        switch (left, right) {
        case (.null, _), (_, .null): return nil
        case (.int(let a), .int(let b)): return ValueOrder(a, b)
        case (.bool(let a), .bool(let b)): return ValueOrder(a ? 1 : 0, b ? 1 : 0)
        case (.timestamp(let a), .timestamp(let b)): return ValueOrder(a, b)
        case (.text(let a), .text(let b)), (.json(let a), .json(let b)):
            return a.utf8.elementsEqual(b.utf8) ? .equal : a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
        case (.bytes(let a), .bytes(let b)): return a == b ? .equal : a.lexicographicallyPrecedes(b) ? .less : .greater
        case (.decimal(let a), .decimal(let b)): return ValueOrder(a, b)
        case (.list(let a), .list(let b)):
            // Element by element; a null in a list is a value like others, and the greatest.
            for (left, right) in zip(a, b) where left.isNull != right.isNull || !left.isNull {
                if left.isNull || right.isNull { return left.isNull ? .greater : .less }
                guard let order = order(left, right) else { return nil }
                if order != .equal { return order }
            }
            return ValueOrder(a.count, b.count)
        default:
            guard let a = left.asDouble, let b = right.asDouble else { return nil }
            if a.isNaN || b.isNaN { return ValueOrder(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) }
            return ValueOrder(a, b)
        }
    }

    package var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .bool(let value): value ? 1 : 0
        case .decimal(let value): Double("\(value)")
        default: nil
        }
    }
}
