import Prisma

/// An expression as a person would write it: `orders.where { createdAt > now - 90 days }.count`.
struct ExpressionText {
    let text: String

    init(_ node: ExpressionNode) {
        text = Self.text(node)
    }

    /// From the canonical form, which an artifact holds; the form itself where it cannot be read.
    init(canonical form: String) {
        // A function is code: only its name was written, and only that is shown.
        let node = try? CanonicalForm.decode(form) { name in
            RowFunction(name: name, type: .double) { _ in
                throw PrismaError(.invalidExpression, "\(name) is code, of which only the name is here.")
            }
        }
        text = node.map(Self.text) ?? form
    }

    private static func text(_ node: ExpressionNode) -> String {
        switch node {
        case .column(let column): column.field
        case .literal(let value, _): literal(value)
        case .now: "now"
        case .unary(.not, .unary(.isNull, let operand)): "\(operandText(operand)) != nil"
        case .unary(.isNull, let operand): "\(operandText(operand)) == nil"
        case .unary(.not, let operand): "!\(operandText(operand))"
        case .unary(.negate, let operand): "-\(operandText(operand))"
        case .unary(let op, let operand): "\(operandText(operand)).\(op.rawValue)"
        case .binary(let op, let left, let right):
            if let symbol = symbol(op) {
                "\(operandText(left)) \(symbol) \(operandText(right))"
            } else {
                "\(operandText(left)).\(op.rawValue)(\(text(right)))"
            }
        case .conditional(let condition, let then, let other): "\(operandText(condition)) ? \(operandText(then)) : \(operandText(other))"
        case .membership(let operand, let values, _): "\(operandText(operand)) in [\(values.map(literal).joined(separator: ", "))]"
        case .cast(let operand, _): text(operand)
        case .datePart(let part, let operand): "\(operandText(operand)).\(part.rawValue)"
        case .shifted(let operand, let distance):
            "\(operandText(operand)) \(distance < 0 ? "-" : "+") \(span(distance == .min ? .max : abs(distance)))"
        case .dateDifference(let from, let to, let unit): "\(operandText(from)).\(unitName(unit))(until: \(text(to)))"
        case .partAfter(let operand, let separator): "\(operandText(operand)).part(after: \"\(separator)\")"
        case .structure(let op, let operands):
            "\(operands.first.map(operandText) ?? "").\(op.name)(\((op.path + operands.dropFirst().map(text)).joined(separator: ", ")))"
        case .startOf(let unit, let operand): "\(operandText(operand)).start(of: \(unit.rawValue))"
        case .aggregate(let aggregate): text(aggregate)
        case .function(let function, let arguments): "\(function.name)(\(arguments.map(text).joined(separator: ", ")))"
        case .tooDeep: "…"
        }
    }

    private static func text(_ aggregate: RelationAggregate) -> String {
        let condition = aggregate.filter.map { " { \(text($0)) }" } ?? ""
        switch aggregate.kind {
        case .some, .every, .none: return "\(aggregate.field).\(aggregate.kind.rawValue)\(condition)"
        case .first where aggregate.order.isEmpty && aggregate.filter == nil:
            return aggregate.field + (aggregate.value.map { ".\(text($0))" } ?? "")
        default:
            let rows = aggregate.field + (condition.isEmpty ? "" : ".where\(condition)")
            return "\(rows).\(aggregate.kind.rawValue)" + (aggregate.value.map { " { \(text($0)) }" } ?? "")
        }
    }

    /// In brackets where it would otherwise be read with its neighbours.
    private static func operandText(_ node: ExpressionNode) -> String {
        switch node {
        case .binary(let op, _, _) where symbol(op) != nil: "(\(text(node)))"
        case .conditional, .membership: "(\(text(node)))"
        default: text(node)
        }
    }

    private static func symbol(_ op: BinaryOperator) -> String? {
        switch op {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .and: "&&"
        case .or: "||"
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .coalesce: "??"
        case .concatenate: "+"
        case .contains, .hasPrefix, .hasSuffix, .distinct, .least, .greatest: nil
        }
    }

    private static func literal(_ value: SQLValue) -> String {
        switch value {
        case .null: "nil"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        case .bytes(let value): "\(value.count) bytes"
        case .timestamp(let microseconds): Timestamp.format(microseconds)
        case .json(let text): text
        case .list(let values): "[\(values.map(literal).joined(separator: ", "))]"
        }
    }

    private static let units: [(microseconds: Int64, name: String)] = [
        (86_400_000_000, "days"), (3_600_000_000, "hours"), (60_000_000, "minutes"), (1_000_000, "seconds"),
    ]

    private static func span(_ microseconds: Int64) -> String {
        let unit = units.first { microseconds % $0.microseconds == 0 }
        return unit.map { "\(microseconds / $0.microseconds) \($0.name)" } ?? "\(microseconds) microseconds"
    }

    private static func unitName(_ microseconds: Int64) -> String {
        units.first { $0.microseconds == microseconds }?.name ?? "microseconds"
    }
}
