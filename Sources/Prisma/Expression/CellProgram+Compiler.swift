/// Makes a `CellProgram` of expressions; those that need more than a row's own numbers are refused and leave nothing behind.
package struct CellCompiler {
    private let model: String
    /// What is read of a column; nil where a program cannot hold it.
    private let part: (ColumnReference) -> CellProgram.Load.Part?
    /// Whether texts may be read, for their length.
    private let readsTexts: Bool
    private var loads: [CellProgram.Load] = []
    private var loadPlaces: [CellProgram.Load.Part: [String: Int]] = [:]
    private var constants: [CellNumber] = []
    private var instructions: [CellInstruction] = []
    private var nowConstants: [Int] = []
    private var known: [ExpressionNode: Operand] = [:]
    private var outputs: [(operand: Operand, column: Int, null: Float)] = []

    /// Where a value will be: the registers' numbers are known when all is compiled.
    private enum Operand: Hashable {
        case load(Int), constant(Int), result(Int)
    }

    private struct Refused: Error {}

    /// - Parameters:
    ///   - readsTexts: whether a column of text may be read for its length or whether it is there. Where it is not read anyway, a database
    ///     tells both without sending the text.
    package init(model: String, readsTexts: Bool, part: @escaping (ColumnReference) -> CellProgram.Load.Part?) {
        self.model = model
        self.readsTexts = readsTexts
        self.part = part
    }

    /// Adds an expression; false if it cannot be part of a program.
    ///
    /// - Parameters:
    ///   - column: the place of its value among the numbers of a row.
    ///   - null: what stands there for a null.
    package mutating func add(_ node: ExpressionNode, column: Int, null: Float) -> Bool {
        let before = self
        do throws(Refused) {
            outputs.append((try operand(node, depth: 0), column, null))
            return true
        } catch {
            self = before
            return false
        }
    }

    package func program() -> CellProgram {
        let (constantStart, resultStart) = (loads.count, loads.count + constants.count)
        func register(_ operand: Operand) -> Int {
            switch operand {
            case .load(let index): index
            case .constant(let index): constantStart + index
            case .result(let index): resultStart + index
            }
        }
        func placed(_ code: Int32) -> Int32 { Int32(truncatingIfNeeded: register(Self.decoded(code))) }
        let placedInstructions = instructions.enumerated().map { index, instruction in
            CellInstruction(
                operation: instruction.operation, target: Int32(truncatingIfNeeded: resultStart + index), a: placed(instruction.a),
                b: placed(instruction.b), c: placed(instruction.c), constant: instruction.constant)
        }
        return CellProgram(
            loads: loads,
            outputs: outputs.map { CellProgram.Output(register: register($0.operand), column: $0.column, null: $0.null) },
            initial: [CellNumber](repeating: .null, count: loads.count) + constants
                + [CellNumber](repeating: .null, count: instructions.count),
            instructions: placedInstructions, nowRegisters: nowConstants.map { constantStart + $0 })
    }

    // Until all is compiled, an instruction names its operands by kind and number.
    private static func coded(_ operand: Operand) -> Int32 {
        switch operand {
        case .load(let index): Int32(truncatingIfNeeded: index * 3)
        case .constant(let index): Int32(truncatingIfNeeded: index * 3 + 1)
        case .result(let index): Int32(truncatingIfNeeded: index * 3 + 2)
        }
    }

    private static func decoded(_ code: Int32) -> Operand {
        let index = Int(code) / 3
        return switch code % 3 {
        case 0: .load(index)
        case 1: .constant(index)
        default: .result(index)
        }
    }

    // MARK: - Nodes

    private mutating func operand(_ node: ExpressionNode, depth: Int) throws(Refused) -> Operand {
        guard depth <= ExpressionNode.readableDepth, instructions.count < 1 << 20 else { throw Refused() }
        if let operand = known[node] { return operand }
        let operand = try made(node, depth: depth + 1)
        known[node] = operand
        return operand
    }

    private mutating func made(_ node: ExpressionNode, depth: Int) throws(Refused) -> Operand {
        switch node {
        case .column(let column):
            guard let part = try part(of: column), part != .length else { throw Refused() }
            return load(column.field, part)
        case .literal(let value, _):
            switch value.withoutNaN {
            case .null: return constant(.null)
            case .bool(let value): return constant(CellNumber(value))
            case .int(let value): return constant(CellNumber(.integer, value))
            case .double(let value): return constant(CellNumber(value))
            case .timestamp(let value): return constant(CellNumber(.timestamp, value))
            default: throw Refused()
            }
        case .now:
            nowConstants.append(constants.count)
            return constant(.null)
        case .unary(.isNull, .column(let column)):
            guard let part = try part(of: column), part != .length || readsTexts else { throw Refused() }
            return load(column.field, .isNull)
        case .unary(.length, .column(let column)):
            guard readsTexts, column.type == .string, try part(of: column) == .length else { throw Refused() }
            return load(column.field, .length)
        case .unary(let op, let operand):
            guard let operation = op.cellOperation else { throw Refused() }
            return add(operation, try self.operand(operand, depth: depth))
        case .binary(let op, let left, let right):
            guard let operation = op.cellOperation else { throw Refused() }
            return add(operation, try operand(left, depth: depth), try operand(right, depth: depth))
        case .conditional(let condition, let then, let other):
            let condition = try operand(condition, depth: depth)
            return add(.conditional, condition, try operand(then, depth: depth), try operand(other, depth: depth))
        case .cast(let operand, let type):
            guard operand.type.isCastable(to: type), type == .double || type == .bigInt else { throw Refused() }
            return add(type == .double ? .toReal : .toInteger, try self.operand(operand, depth: depth))
        case .dateDifference(let from, let to, let unit):
            return add(.dateDifference, try operand(from, depth: depth), try operand(to, depth: depth), constant: unit)
        case .shifted(let operand, let distance):
            return add(.shifted, try self.operand(operand, depth: depth), constant: distance)
        case .datePart(let part, let operand):
            return add(.datePart, try self.operand(operand, depth: depth), constant: Int64(DatePart.allCases.firstIndex(of: part) ?? 0))
        case .startOf(let unit, let operand):
            return add(.startOf, try self.operand(operand, depth: depth), constant: Int64(DateUnit.allCases.firstIndex(of: unit) ?? 0))
        case .membership, .partAfter, .structure, .aggregate, .function, .tooDeep: throw Refused()
        }
    }

    private func part(of column: ColumnReference) throws(Refused) -> CellProgram.Load.Part? {
        guard column.depth == 0, column.model == model else { throw Refused() }
        return part(column)
    }

    private mutating func load(_ field: String, _ part: CellProgram.Load.Part) -> Operand {
        if let place = loadPlaces[part]?[field] { return .load(place) }
        loadPlaces[part, default: [:]][field] = loads.count
        loads.append(CellProgram.Load(field: field, part: part, output: outputs.count))
        return .load(loads.count - 1)
    }

    private mutating func constant(_ value: CellNumber) -> Operand {
        constants.append(value)
        return .constant(constants.count - 1)
    }

    private mutating func add(
        _ operation: CellInstruction.Operation, _ a: Operand, _ b: Operand? = nil, _ c: Operand? = nil, constant: Int64 = 0
    ) -> Operand {
        instructions.append(
            CellInstruction(
                operation: operation, target: 0, a: Self.coded(a), b: Self.coded(b ?? a), c: Self.coded(c ?? a), constant: constant))
        return .result(instructions.count - 1)
    }
}

extension UnaryOperator {
    fileprivate var cellOperation: CellInstruction.Operation? {
        switch self {
        case .not: .not
        case .isNull: .isNull
        case .negate: .negate
        case .absolute: .absolute
        case .floor: .floor
        case .ceiling: .ceiling
        case .rounded: .rounded
        case .lowercased, .uppercased, .trimmed, .length: nil
        }
    }
}

extension BinaryOperator {
    fileprivate var cellOperation: CellInstruction.Operation? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .and: .and
        case .or: .or
        case .distinct: .distinct
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .least: .least
        case .greatest: .greatest
        case .coalesce: .coalesce
        case .contains, .hasPrefix, .hasSuffix, .concatenate: nil
        }
    }
}
