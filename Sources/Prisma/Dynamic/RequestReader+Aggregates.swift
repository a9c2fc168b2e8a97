internal import PrismaSchema

/// The aggregates over the rows of a query or of its groups, by their names in requests.
enum AggregateKind: String, CaseIterable, Sendable {
    case count = "_count"
    case sum = "_sum"
    case average = "_avg"
    case minimum = "_min"
    case maximum = "_max"

    var kind: RelationAggregate.Kind {
        switch self {
        case .count: .count
        case .sum: .sum
        case .average: .average
        case .minimum: .minimum
        case .maximum: .maximum
        }
    }

    func takes(_ field: Field) -> Bool {
        guard field.arity != .list else { return self == .count }
        switch self {
        case .count: return true
        case .sum, .average: return [.int, .bigInt, .float, .decimal].contains(field.scalar)
        case .minimum, .maximum: return field.enumeration != nil || ![.json, .bytes, .boolean].contains(field.scalar)
        }
    }

    /// The type of the answer's value.
    func type(of field: ValueType) -> ValueType {
        switch self {
        case .count: .int
        case .average: field == .decimal ? .decimal : .double
        case .sum, .minimum, .maximum: field
        }
    }
}

extension RequestReader {
    /// An aggregate in the order in which the query selects it.
    struct Aggregate: Sendable {
        var kind: AggregateKind
        /// Nil counts rows.
        var field: String?
        var node: ExpressionNode
        var output: ScalarOutput
        /// Whether the aggregate was asked for as `true`, and so is answered as a number and not as an object.
        var isWhole = false
    }

    static let aggregateArguments = AggregateKind.allCases.map(\.rawValue)

    func aggregateNode(_ kind: AggregateKind, _ field: Field?, _ model: Model) throws(PrismaError) -> ExpressionNode {
        let value = if let field { try column(field, of: model) } else { ExpressionNode?.none }
        return .aggregate(
            RelationAggregate(kind: kind.kind, depth: 0, model: model.name, field: "", target: model.name, value: value))
    }

    /// `_count: true | {_all: true, email: true}`, `_sum: {total: true}` …
    func aggregates(_ input: QueryInput, _ model: Model) throws(PrismaError) -> [Aggregate] {
        var found: [Aggregate] = []
        for kind in AggregateKind.allCases {
            guard let value = input.member(kind.rawValue), value.json != .bool(false) else { continue }
            found += try aggregates(kind, value, model)
        }
        return found
    }

    func aggregates(_ kind: AggregateKind, _ input: QueryInput, _ model: Model) throws(PrismaError) -> [Aggregate] {
        func aggregate(_ field: Field?) throws(PrismaError) -> Aggregate {
            let type = field?.valueType.map { kind.type(of: $0) } ?? .int
            return Aggregate(
                kind: kind, field: field?.name, node: try aggregateNode(kind, field, model), output: ScalarOutput(type, in: schema))
        }
        if kind == .count, input.json == .bool(true) {
            var whole = try aggregate(nil)
            whole.isWhole = true
            return [whole]
        }
        let fields = fields(of: model).filter { $0.relation == nil && kind.takes($0) }
        try input.names(fields.map(\.name) + (kind == .count ? ["_all"] : []))
        var found: [Aggregate] = []
        if let all = input.member("_all"), try all.bool() { found.append(try aggregate(nil)) }
        for field in fields {
            if let value = input.member(field.name), try value.bool() { found.append(try aggregate(field)) }
        }
        guard !found.isEmpty else { throw input.invalid("nothing is asked for.", help: "Name a field with `true`.") }
        return found
    }

    /// A condition on an aggregate of a group: `having: {total: {_sum: {gt: 100}}}`.
    func having(_ kind: AggregateKind, _ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        guard kind.takes(filter.field) else { throw input.invalid("`\(filter.field.name)` has no \(kind.rawValue).") }
        var inner = filter
        inner.isHaving = false
        inner.operand = try aggregateNode(kind, filter.field, filter.model)
        if kind == .count || kind == .average { inner.comparedScalar = kind == .count ? .bigInt : .float }
        return try comparison(input, inner)
    }

    func havingCondition(_ input: QueryInput, _ model: Model, by groups: [String]) throws(PrismaError) -> ExpressionNode? {
        let fields = fields(of: model).filter { $0.relation == nil }
        try input.names(fields.map(\.name) + ["AND", "OR", "NOT"])
        var result: ExpressionNode?
        for field in fields {
            guard let value = input.member(field.name) else { continue }
            let asksForAggregate = value.json.object?.keys.allSatisfy { AggregateKind(rawValue: $0) != nil } ?? false
            guard asksForAggregate || groups.contains(field.name) else {
                throw value.invalid(
                    "a field that is not in `by` has no one value in a group.", help: "Ask for an aggregate: `_sum`, `_count`, `_max` …")
            }
            let filter = ScalarFilter(operand: try column(field, of: model), field: field, model: model, depth: 0, isHaving: true)
            result = .conjunction(result, try comparison(value, filter))
        }
        for element in input.member("AND")?.elements ?? [] {
            result = .conjunction(result, try havingCondition(element, model, by: groups))
        }
        if let any = input.member("OR") {
            var either: ExpressionNode?
            for element in any.elements {
                let part = try havingCondition(element, model, by: groups) ?? .boolean(true)
                either = either.map { .binary(.or, $0, part) } ?? part
            }
            result = .conjunction(result, either ?? .boolean(false))
        }
        for element in input.member("NOT")?.elements ?? [] {
            if let part = try havingCondition(element, model, by: groups) { result = .conjunction(result, .unary(.not, part)) }
        }
        return result
    }

    /// The order of groups: by their fields, or by aggregates.
    func groupOrder(_ input: QueryInput, _ model: Model, by groups: [String]) throws(PrismaError) -> [RowOrder] {
        var terms: [RowOrder] = []
        for element in input.elements {
            let names = try element.names(fields(of: model).filter { $0.relation == nil }.map(\.name) + Self.aggregateArguments)
            guard names.count <= 1 else {
                throw element.invalid("an order of several fields is an array of objects with one field each.")
            }
            guard let name = names.first, let value = element.member(name) else { continue }
            guard let kind = AggregateKind(rawValue: name) else {
                guard groups.contains(name) else { throw value.invalid("groups can be ordered by fields of `by` and by aggregates.") }
                terms += try order(element, model)
                continue
            }
            let takes = fields(of: model).filter { $0.relation == nil && kind.takes($0) }
            for name in try value.names(takes.map(\.name)).sorted() {
                guard let direction = value.member(name) else { continue }
                terms.append(try self.direction(direction, of: try aggregateNode(kind, model.field(named: name), model)))
            }
        }
        return terms
    }
}
