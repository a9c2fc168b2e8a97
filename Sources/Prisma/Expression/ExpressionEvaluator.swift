/// A row that an expression can be evaluated on without a database.
package protocol EvaluationRow {
    /// The value of a scalar field; an error where the row does not carry it.
    func value(of field: String) throws(PrismaError) -> SQLValue
    /// The rows at the other end of a relation; an error where they were not loaded.
    func related(by field: String) throws(PrismaError) -> [any EvaluationRow]
}

/// Evaluates expressions in memory, with the answers that the databases give.
package struct ExpressionEvaluator {
    /// What `.now` stands for, in microseconds since 1970.
    package var now: Int64

    package init(now: Int64) {
        self.now = now
    }

    package func evaluate(_ node: ExpressionNode, on row: any EvaluationRow) throws(PrismaError) -> SQLValue {
        try evaluate(node, scopes: [row])
    }

    private func evaluate(_ node: ExpressionNode, scopes: [any EvaluationRow]) throws(PrismaError) -> SQLValue {
        switch node {
        case .column(let column):
            guard column.depth < scopes.count else { throw Self.outOfScope(column.model, column.field) }
            return try scopes[column.depth].value(of: column.field)
        case .literal(let value, _):
            return value
        case .now:
            return .timestamp(microseconds: now)
        case .unary(let op, let operand):
            return unary(op, try evaluate(operand, scopes: scopes))
        case .binary(.and, let left, let right):
            let first = try evaluate(left, scopes: scopes)
            if first == .bool(false) { return first }
            let second = try evaluate(right, scopes: scopes)
            return second == .bool(false) ? second : first.isNull ? first : second
        case .binary(.or, let left, let right):
            let first = try evaluate(left, scopes: scopes)
            if first == .bool(true) { return first }
            let second = try evaluate(right, scopes: scopes)
            return second == .bool(true) ? second : first.isNull ? first : second
        case .binary(.coalesce, let left, let right):
            let first = try evaluate(left, scopes: scopes)
            return first.isNull ? try evaluate(right, scopes: scopes) : first
        case .binary(let op, let left, let right):
            return binary(op, try evaluate(left, scopes: scopes), try evaluate(right, scopes: scopes))
        case .conditional(let condition, let then, let other):
            let holds = try evaluate(condition, scopes: scopes) == .bool(true)
            return try evaluate(holds ? then : other, scopes: scopes)
        case .membership(let operand, let values, _):
            if values.isEmpty { return .bool(false) }
            let value = try evaluate(operand, scopes: scopes)
            return value.isNull ? .null : .bool(values.contains { SQLValue.order(value, $0) == .equal })
        case .cast(let operand, let type):
            return cast(try evaluate(operand, scopes: scopes), to: type)
        case .datePart(let part, let operand):
            guard case .timestamp(let value) = try evaluate(operand, scopes: scopes) else { return .null }
            return .int(part.of(value))
        case .shifted(let operand, let distance):
            guard case .timestamp(let value) = try evaluate(operand, scopes: scopes) else { return .null }
            let (sum, overflow) = value.addingReportingOverflow(distance)
            return overflow ? .null : .timestamp(microseconds: sum)
        case .dateDifference(let from, let to, let unit):
            guard case .timestamp(let start) = try evaluate(from, scopes: scopes),
                case .timestamp(let end) = try evaluate(to, scopes: scopes)
            else { return .null }
            let (distance, overflow) = end.subtractingReportingOverflow(start)
            return overflow ? .null : .double(Double(distance) / Double(unit))
        case .partAfter(let operand, let separator):
            guard case .text(let text) = try evaluate(operand, scopes: scopes) else { return .null }
            return text.part(after: separator).map(SQLValue.text) ?? .null
        case .structure(let op, let operands):
            var values: [SQLValue] = []
            for operand in operands { values.append(try evaluate(operand, scopes: scopes)) }
            return op.evaluate(values)
        case .aggregate(let aggregate):
            return try evaluate(aggregate, scopes: scopes)
        case .function(let function, let arguments):
            throw PrismaError(
                .invalidExpression, "\(function.name) with \(arguments.count) arguments cannot be evaluated in memory.",
                help: "Ask the predictor itself: `predict(_:)`.")
        }
    }

    private static func outOfScope(_ model: String, _ field: String) -> PrismaError {
        PrismaError(
            .invalidExpression, "A column of another query's row is used in this expression.", model: model, fields: [field],
            help: "Use only the columns that the closure was given, or those of the closures around it."
        )
    }
}

// MARK: - Operators

extension ExpressionEvaluator {
    private func unary(_ op: UnaryOperator, _ operand: SQLValue) -> SQLValue {
        switch (op, operand) {
        case (.isNull, let value): .bool(value.isNull)
        case (.not, .bool(let value)): .bool(!value)
        case (.negate, .int(let value)): value == .min ? .null : .int(-value)
        case (.negate, .double(let value)): .double(-value)
        case (.absolute, .int(let value)): value == .min ? .null : .int(abs(value))
        case (.absolute, .double(let value)): .double(abs(value))
        case (.lowercased, .text(let text)): .text(text.mappingASCII { (65...90).contains($0) ? $0 + 32 : $0 })
        case (.uppercased, .text(let text)): .text(text.mappingASCII { (97...122).contains($0) ? $0 - 32 : $0 })
        case (.length, .text(let text)): .int(Int64(text.unicodeScalars.count))
        default: .null
        }
    }

    private func binary(_ op: BinaryOperator, _ left: SQLValue, _ right: SQLValue) -> SQLValue {
        switch op {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = SQLValue.order(left, right) else { return .null }
            return .bool(order.satisfies(op))
        case .add, .subtract, .multiply, .divide, .remainder:
            return arithmetic(op, left, right)
        case .contains, .hasPrefix, .hasSuffix:
            guard case .text(let text) = left, case .text(let part) = right else { return .null }
            return .bool(text.matches(op, part))
        case .and, .or, .coalesce:
            return .null
        }
    }

    private func arithmetic(_ op: BinaryOperator, _ left: SQLValue, _ right: SQLValue) -> SQLValue {
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
        case .add: return .double(a + b)
        case .subtract: return .double(a - b)
        case .multiply: return .double(a * b)
        case .divide: return b == 0 ? .null : .double(a / b)
        default: return .null
        }
    }

    private func cast(_ value: SQLValue, to type: ValueType) -> SQLValue {
        switch (type, value) {
        case (.double, _): value.asDouble.map(SQLValue.double) ?? .null
        case (.bigInt, .bool(let value)): .int(value ? 1 : 0)
        case (.bigInt, .int): value
        case (.bigInt, .double(let number)):
            Int64(exactly: number.rounded(.towardZero)).map(SQLValue.int) ?? .null
        case (.string, .text): value
        default: .null
        }
    }
}

// MARK: - Relations

extension ExpressionEvaluator {
    private func evaluate(_ aggregate: RelationAggregate, scopes: [any EvaluationRow]) throws(PrismaError) -> SQLValue {
        guard aggregate.depth < scopes.count else { throw Self.outOfScope(aggregate.model, aggregate.field) }
        let outer = Array(scopes[...aggregate.depth])
        var rows: [any EvaluationRow] = []
        for row in try scopes[aggregate.depth].related(by: aggregate.field) {
            if let filter = aggregate.filter, try evaluate(filter, scopes: outer + [row]) != .bool(true) { continue }
            rows.append(row)
        }
        if aggregate.kind == .first { return try first(of: rows, aggregate, outer) }
        var values: [SQLValue] = []
        if let value = aggregate.value {
            for row in rows {
                let value = try evaluate(value, scopes: outer + [row])
                if !value.isNull { values.append(value) }
            }
        }
        switch aggregate.kind {
        case .count: return .int(Int64(rows.count))
        case .some: return .bool(!rows.isEmpty)
        case .none: return .bool(rows.isEmpty)
        case .every: return .bool(!values.contains(.bool(false)))
        case .sum: return try sum(values, aggregate)
        case .average:
            return values.isEmpty ? .null : .double(values.reduce(0) { $0 + ($1.asDouble ?? 0) } / Double(values.count))
        case .minimum: return values.reduce(.null) { $0.isNull || SQLValue.order($1, $0) == .less ? $1 : $0 }
        case .maximum: return values.reduce(.null) { $0.isNull || SQLValue.order($1, $0) == .greater ? $1 : $0 }
        case .first: return .null
        }
    }

    private func sum(_ values: [SQLValue], _ aggregate: RelationAggregate) throws(PrismaError) -> SQLValue {
        guard aggregate.type.isInteger else { return .double(values.reduce(0) { $0 + ($1.asDouble ?? 0) }) }
        var total: Int64 = 0
        for case .int(let value) in values {
            let (sum, overflow) = total.addingReportingOverflow(value)
            guard !overflow else {
                throw PrismaError(
                    .numberTooLarge, "A sum does not fit 64 bits.", model: aggregate.model, fields: [aggregate.field],
                    help: "Sum a Double: `.sum { $0.value.double }`."
                )
            }
            total = sum
        }
        return .int(total)
    }

    private func first(
        of rows: [any EvaluationRow], _ aggregate: RelationAggregate, _ outer: [any EvaluationRow]
    ) throws(PrismaError) -> SQLValue {
        guard let value = aggregate.value else { return .null }
        var best: (keys: [SQLValue], row: any EvaluationRow)?
        for row in rows {
            var keys: [SQLValue] = []
            for term in aggregate.order { keys.append(try evaluate(term.node, scopes: outer + [row])) }
            if let current = best, Self.precedes(keys, current.keys, aggregate.order) != true { continue }
            best = (keys, row)
        }
        guard let best else { return .null }
        return try evaluate(value, scopes: outer + [best.row])
    }

    /// Whether a row with the left keys comes before one with the right ones; nil if the order does not tell.
    static func precedes(_ left: [SQLValue], _ right: [SQLValue], _ order: [RowOrder]) -> Bool? {
        for (index, term) in order.enumerated() {
            let (a, b) = (left[index], right[index])
            if a.isNull != b.isNull { return (term.nulls == .first) == a.isNull }
            guard let order = SQLValue.order(a, b), order != .equal else { continue }
            return (order == .less) != term.isDescending
        }
        return nil
    }
}

// MARK: - Values

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

extension String {
    func mappingASCII(_ transform: (UInt8) -> UInt8) -> String { String(decoding: utf8.map(transform), as: UTF8.self) }

    func matches(_ op: BinaryOperator, _ part: String) -> Bool {
        switch op {
        case .hasPrefix: utf8.starts(with: part.utf8)
        case .hasSuffix: utf8.reversed().starts(with: part.utf8.reversed())
        default: firstRange(of: part) != nil
        }
    }

    func part(after separator: String) -> String? {
        firstRange(of: separator).map { String(decoding: utf8.dropFirst($0.upperBound), as: UTF8.self) }
    }

    /// Where a text first occurs, as offsets of UTF-8 bytes: not by canonical equivalence, as the databases do not know it.
    private func firstRange(of part: String) -> Range<Int>? {
        let (text, part) = (Array(utf8), Array(part.utf8))
        guard part.count <= text.count else { return nil }
        for start in 0...(text.count - part.count) where text[start..<start + part.count].elementsEqual(part) {
            return start..<start + part.count
        }
        return nil
    }
}

extension DatePart {
    func of(_ microseconds: Int64) -> Int64 {
        let (days, time) = microseconds.quotientAndModulo(86_400_000_000)
        switch self {
        case .year: return Timestamp.civil(days: days).year
        case .month: return Timestamp.civil(days: days).month
        case .day: return Timestamp.civil(days: days).day
        case .hour: return time / 3_600_000_000
        case .minute: return time / 60_000_000 % 60
        case .second: return time / 1_000_000 % 60
        case .weekday: return (days + 3).quotientAndModulo(7).modulo + 1
        case .dayOfYear:
            let year = Timestamp.civil(days: days).year
            return days - (Timestamp.daysSince1970(year: year, month: 1, day: 1) ?? days) + 1
        }
    }
}
