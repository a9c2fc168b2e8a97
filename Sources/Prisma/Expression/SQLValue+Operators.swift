// What the operators of expressions make of values. A value that does not fit its operator counts as null.

extension SQLValue {
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// Microseconds since 1970.
    var date: Int64? { if case .timestamp(let microseconds) = self { microseconds } else { nil } }

    /// A constant as SQL takes it: SQLite has no NaN, so that it is null everywhere.
    package var withoutNaN: SQLValue {
        if case .double(let value) = self, value.isNaN { .null } else { self }
    }

    static func unary(_ op: UnaryOperator, _ operand: SQLValue) -> SQLValue {
        switch (op, operand) {
        case (.isNull, let value): .bool(value.isNull)
        case (.not, .bool(let value)): .bool(!value)
        case (.negate, .int(let value)): value == .min ? .null : .int(-value)
        case (.negate, .double(let value)): .double(-value)
        case (.absolute, .int(let value)): value == .min ? .null : .int(abs(value))
        case (.absolute, .double(let value)): .double(abs(value))
        case (.floor, .double(let value)): .double(value.rounded(.down))
        case (.ceiling, .double(let value)): .double(value.rounded(.up))
        case (.rounded, .double(let value)): .double(value.rounded(.toNearestOrAwayFromZero))
        case (.lowercased, .text(let text)): .text(text.lowercasedASCII)
        case (.uppercased, .text(let text)): .text(text.uppercasedASCII)
        case (.trimmed, .text(let text)): .text(text.trimmedASCII)
        case (.length, .text(let text)): .int(Int64(text.unicodeScalars.count))
        default: .null
        }
    }

    static func binary(_ op: BinaryOperator, _ left: SQLValue, _ right: SQLValue) -> SQLValue {
        switch op {
        case .distinct:
            if left.isNull || right.isNull { return .bool(left.isNull != right.isNull) }
            return .bool(order(left, right) != .equal)
        case .add, .subtract, .multiply, .divide, .remainder:
            return arithmetic(op, left, right)
        case .least, .greatest:
            guard let order = order(left, right) else { return .null }
            return order == .equal || (order == .less) == (op == .least) ? left : right
        case .contains, .hasPrefix, .hasSuffix:
            guard let text = left.text, let part = right.text else { return .null }
            return .bool(text.matches(op, part))
        case .concatenate:
            guard let text = left.text, let rest = right.text else { return .null }
            return .text(text + rest)
        // These decide by themselves which operands they read.
        case .and, .or, .coalesce, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return .null
        }
    }

    private static func arithmetic(_ op: BinaryOperator, _ left: SQLValue, _ right: SQLValue) -> SQLValue {
        if case .int(let a) = left, case .int(let b) = right {
            let (value, overflow) =
                switch op {
                case .add: a.addingReportingOverflow(b)
                case .subtract: a.subtractingReportingOverflow(b)
                case .multiply: a.multipliedReportingOverflow(by: b)
                case .divide: a.dividedReportingOverflow(by: b)
                default: b == -1 ? (0, false) : a.remainderReportingOverflow(dividingBy: b)
                }
            return overflow ? .null : .int(value)
        }
        guard let a = left.asDouble, let b = right.asDouble else { return .null }
        switch op {
        case .add: return SQLValue.double(a + b).withoutNaN
        case .subtract: return SQLValue.double(a - b).withoutNaN
        case .multiply: return SQLValue.double(a * b).withoutNaN
        case .divide: return b == 0 ? .null : SQLValue.double(a / b).withoutNaN
        default: return .null
        }
    }

    func isOne(of values: [SQLValue]) -> SQLValue {
        if isNull { return .null }
        if values.contains(where: { SQLValue.order(self, $0) == .equal }) { return .bool(true) }
        return values.contains(where: \.isNull) ? .null : .bool(false)
    }

    func cast(to type: ValueType) -> SQLValue {
        switch (type, self) {
        case (.double, .text(let text)): text.asDecimalNumber.map(SQLValue.double) ?? .null
        case (.double, _): asDouble.map(SQLValue.double) ?? .null
        case (.bigInt, .bool(let value)): .int(value ? 1 : 0)
        case (.bigInt, .int): self
        case (.bigInt, .double(let number)): Int64(exactly: number.rounded(.towardZero)).map(SQLValue.int) ?? .null
        case (.bigInt, .text(let text)): text.asWholeNumber.map(SQLValue.int) ?? .null
        case (.string, .text): self
        case (.string, .int(let value)): .text(String(value))
        case (.string, .bool(let value)): .text(value ? "true" : "false")
        default: .null
        }
    }

    static func dateDifference(_ from: SQLValue, _ to: SQLValue, unit: Int64) -> SQLValue {
        guard let start = from.date, let end = to.date else { return .null }
        let (distance, overflow) = end.subtractingReportingOverflow(start)
        return .double((overflow ? Double(end) - Double(start) : Double(distance)) / Double(unit))
    }
}

// MARK: - Aggregates

extension SQLValue {
    /// The sum of values that are not null; null where it does not fit 64 bits or is no number.
    static func sum(_ values: [SQLValue], isInteger: Bool) -> SQLValue {
        guard isInteger else { return SQLValue.double(values.reduce(0) { $0 + ($1.asDouble ?? 0) }).withoutNaN }
        return Int64(exactly: wholeSum(values)).map(SQLValue.int) ?? .null
    }

    static func average(_ values: [SQLValue], isInteger: Bool) -> SQLValue {
        if values.isEmpty { return .null }
        let sum = isInteger ? Double(wholeSum(values)) : values.reduce(0) { $0 + ($1.asDouble ?? 0) }
        return SQLValue.double(sum / Double(values.count)).withoutNaN
    }

    private static func wholeSum(_ values: [SQLValue]) -> Int128 {
        values.reduce(0) { sum, value in if case .int(let number) = value { sum + Int128(number) } else { sum } }
    }

    /// The least or greatest of values that are not null; null where there is none.
    static func extreme(_ values: [SQLValue], _ wanted: ValueOrder) -> SQLValue {
        values.reduce(.null) { $0.isNull || order($1, $0) == wanted ? $1 : $0 }
    }
}

extension Int64 {
    /// How many values there are that differ from each other.
    static func distinctCount(_ values: [SQLValue]) -> Int64 {
        var seen: [SQLValue] = []
        // By their order rather than by hash: 0 and -0 are one value.
        for value in values.sorted(by: { SQLValue.order($0, $1) == .less }) {
            if let last = seen.last, SQLValue.order(last, value) == .equal { continue }
            seen.append(value)
        }
        return Int64(seen.count)
    }
}
