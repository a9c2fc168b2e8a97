/// One operation on registers. It has the meaning that `SQLValue`'s operators have.
struct CellInstruction: Sendable {
    enum Operation: UInt8, Sendable {
        case not, isNull, negate, absolute, floor, ceiling, rounded
        case add, subtract, multiply, divide, remainder
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, distinct
        case and, or, coalesce, least, greatest, conditional
        case dateDifference, shifted, datePart, startOf, toReal, toInteger
    }

    let operation: Operation
    let target: Int32
    let a: Int32
    var b: Int32 = 0
    var c: Int32 = 0
    /// A unit, a distance, or which part of a date.
    var constant: Int64 = 0

    @inline(__always)
    func value(_ registers: UnsafeMutablePointer<CellNumber>) -> CellNumber {
        let left = registers[Int(a)]
        switch operation {
        case .not: return left.kind == .bool ? CellNumber(left.bits == 0) : .null
        case .isNull: return CellNumber(left.kind == .null)
        case .negate, .absolute, .floor, .ceiling, .rounded: return unary(left)
        case .add, .subtract, .multiply, .divide, .remainder: return arithmetic(left, registers[Int(b)])
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .distinct, .least, .greatest:
            return comparison(left, registers[Int(b)])
        case .and, .or:
            // False decides an "and", truth an "or"; where neither does, null stays.
            let (right, decisive): (CellNumber, Int64) = (registers[Int(b)], operation == .or ? 1 : 0)
            if left.kind == .bool, left.bits == decisive { return left }
            return right.kind == .bool && right.bits == decisive || left.kind != .null ? right : left
        case .coalesce: return left.kind == .null ? registers[Int(b)] : left
        case .conditional: return left.kind == .bool && left.bits != 0 ? registers[Int(b)] : registers[Int(c)]
        case .dateDifference:
            let right = registers[Int(b)]
            guard left.kind == .timestamp, right.kind == .timestamp else { return .null }
            let (distance, overflow) = right.bits.subtractingReportingOverflow(left.bits)
            return CellNumber((overflow ? Double(right.bits) - Double(left.bits) : Double(distance)) / Double(constant))
        case .shifted, .datePart, .startOf: return date(left)
        case .toReal: return left.asDouble.map { CellNumber($0) } ?? .null
        case .toInteger:
            switch left.kind {
            case .bool, .integer: return CellNumber(.integer, left.bits)
            case .real: return Int64(exactly: left.real.rounded(.towardZero)).map { CellNumber(.integer, $0) } ?? .null
            case .null, .timestamp: return .null
            }
        }
    }

    private func unary(_ operand: CellNumber) -> CellNumber {
        switch (operation, operand.kind) {
        case (.negate, .integer): operand.bits == .min ? .null : CellNumber(.integer, -operand.bits)
        case (.negate, .real): CellNumber(-operand.real)
        case (.absolute, .integer): operand.bits == .min ? .null : CellNumber(.integer, abs(operand.bits))
        case (.absolute, .real): CellNumber(abs(operand.real))
        case (.floor, .real): CellNumber(operand.real.rounded(.down))
        case (.ceiling, .real): CellNumber(operand.real.rounded(.up))
        case (.rounded, .real): CellNumber(operand.real.rounded(.toNearestOrAwayFromZero))
        default: .null
        }
    }

    @inline(__always)
    private func arithmetic(_ left: CellNumber, _ right: CellNumber) -> CellNumber {
        if left.kind == .integer, right.kind == .integer { return whole(left.bits, right.bits) }
        guard let a = left.asDouble, let b = right.asDouble else { return .null }
        let value: Double
        switch operation {
        case .add: value = a + b
        case .subtract: value = a - b
        case .multiply: value = a * b
        case .divide where b != 0: value = a / b
        default: return .null
        }
        return value.isNaN ? .null : CellNumber(value)
    }

    private func whole(_ a: Int64, _ b: Int64) -> CellNumber {
        let (value, overflow) =
            switch operation {
            case .add: a.addingReportingOverflow(b)
            case .subtract: a.subtractingReportingOverflow(b)
            case .multiply: a.multipliedReportingOverflow(by: b)
            case .divide: a.dividedReportingOverflow(by: b)
            default: b == -1 ? (0, false) : a.remainderReportingOverflow(dividingBy: b)
            }
        return overflow ? .null : CellNumber(.integer, value)
    }

    private func comparison(_ left: CellNumber, _ right: CellNumber) -> CellNumber {
        let order = CellNumber.order(left, right)
        switch operation {
        case .distinct:
            if left.kind == .null || right.kind == .null { return CellNumber((left.kind == .null) != (right.kind == .null)) }
            return CellNumber(order != .equal)
        case .least, .greatest:
            guard let order else { return .null }
            return order == .equal || (order == .less) == (operation == .least) ? left : right
        default:
            guard let order else { return .null }
            return switch operation {
            case .equal: CellNumber(order == .equal)
            case .notEqual: CellNumber(order != .equal)
            case .less: CellNumber(order == .less)
            case .lessOrEqual: CellNumber(order != .greater)
            case .greater: CellNumber(order == .greater)
            default: CellNumber(order != .less)
            }
        }
    }

    private func date(_ operand: CellNumber) -> CellNumber {
        guard operand.kind == .timestamp else { return .null }
        switch operation {
        case .shifted: return CalendarRange.shift(operand.bits, by: constant).map { CellNumber(.timestamp, $0) } ?? .null
        case .datePart: return DatePart.allCases[Int(constant)].of(operand.bits).map { CellNumber(.integer, $0) } ?? .null
        default: return DateUnit.allCases[Int(constant)].start(operand.bits).map { CellNumber(.timestamp, $0) } ?? .null
        }
    }
}

extension CellNumber {
    var asDouble: Double? {
        switch kind {
        case .integer, .bool: Double(bits)
        case .real: real
        case .null, .timestamp: nil
        }
    }

    static func order(_ left: CellNumber, _ right: CellNumber) -> ValueOrder? {
        if left.kind == right.kind, left.kind != .real { return left.kind == .null ? nil : ValueOrder(left.bits, right.bits) }
        guard let a = left.asDouble, let b = right.asDouble else { return nil }
        if a.isNaN || b.isNaN { return ValueOrder(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) }
        return ValueOrder(a, b)
    }
}
