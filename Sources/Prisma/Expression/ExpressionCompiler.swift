/// Makes of each node of an expression a function of the rows in hand.
struct ExpressionCompiler {
    typealias Body = CompiledExpression.Body

    private let places: FieldPlaces
    /// The rows that are visible, outermost first: their model, and their place in the context.
    private var scopes: [(model: String, slot: Int)]
    private(set) var rowCount = 1
    private var depth = 0

    init(model: String, places: FieldPlaces) {
        self.places = places
        scopes = [(model, 0)]
    }

    mutating func body(of node: ExpressionNode) throws(PrismaError) -> Body {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionNode.readableDepth else { throw ExpressionNode.tooDeeplyNested }
        switch node {
        case .column(let column):
            return try self.column(column)
        case .literal(let value, _):
            let value = value.withoutNaN
            return { _ in value }
        case .now:
            return { context in .timestamp(microseconds: context.now) }
        case .unary(let op, let operand):
            return try map(operand) { .unary(op, $0) }
        case .binary(let op, let left, let right):
            return try binary(op, left, right)
        case .conditional(let condition, let then, let other):
            let (condition, then, other) = (try body(of: condition), try body(of: then), try body(of: other))
            return { (context) throws(PrismaError) in
                try condition(&context).isTrue ? try then(&context) : try other(&context)
            }
        case .membership(let operand, let values, _):
            if values.isEmpty { return { _ in .bool(false) } }
            let values = values.map(\.withoutNaN)
            return try map(operand) { $0.isOne(of: values) }
        case .cast(let operand, let type):
            guard operand.type.isCastable(to: type) else { throw ExpressionNode.noCast(operand.type, type) }
            return try map(operand) { $0.cast(to: type) }
        case .datePart(let part, let operand):
            return try map(operand) { $0.date.flatMap(part.of).map(SQLValue.int) ?? .null }
        case .startOf(let unit, let operand):
            return try map(operand) { $0.date.flatMap(unit.start).map { .timestamp(microseconds: $0) } ?? .null }
        case .shifted(let operand, let distance):
            return try map(operand) {
                $0.date.flatMap { CalendarRange.shift($0, by: distance) }.map { .timestamp(microseconds: $0) } ?? .null
            }
        case .dateDifference(let from, let to, let unit):
            return try combine(from, to) { .dateDifference($0, $1, unit: unit) }
        case .partAfter(let operand, let separator):
            return try map(operand) { $0.text.flatMap { $0.part(after: separator) }.map(SQLValue.text) ?? .null }
        case .structure(let op, let operands):
            var bodies: [Body] = []
            for operand in operands { bodies.append(try body(of: operand)) }
            return { [bodies] (context) throws(PrismaError) in
                var values: [SQLValue] = []
                for body in bodies { values.append(try body(&context)) }
                return op.evaluate(values)
            }
        case .aggregate(let aggregate):
            return try self.aggregate(aggregate)
        case .function(let function, let arguments):
            throw PrismaError(
                .invalidExpression, "\(function.name) with \(arguments.count) arguments cannot be evaluated in memory.",
                help: "Ask the predictor itself: `predict(_:)`.")
        case .tooDeep:
            throw ExpressionNode.tooDeeplyNested
        }
    }

    private mutating func map(
        _ operand: ExpressionNode, _ transform: @escaping @Sendable (SQLValue) -> SQLValue
    ) throws(PrismaError) -> Body {
        let operand = try body(of: operand)
        return { (context) throws(PrismaError) in transform(try operand(&context)) }
    }

    private mutating func combine(
        _ left: ExpressionNode, _ right: ExpressionNode, _ transform: @escaping @Sendable (SQLValue, SQLValue) -> SQLValue
    ) throws(PrismaError) -> Body {
        let (left, right) = (try body(of: left), try body(of: right))
        return { (context) throws(PrismaError) in transform(try left(&context), try right(&context)) }
    }

    private mutating func binary(_ op: BinaryOperator, _ left: ExpressionNode, _ right: ExpressionNode) throws(PrismaError) -> Body {
        switch op {
        case .and, .or:
            let decisive = SQLValue.bool(op == .or)
            let (left, right) = (try body(of: left), try body(of: right))
            return { (context) throws(PrismaError) in
                let first = try left(&context)
                if first == decisive { return first }
                let second = try right(&context)
                return second == decisive || !first.isNull ? second : first
            }
        case .coalesce:
            let (left, right) = (try body(of: left), try body(of: right))
            return { (context) throws(PrismaError) in
                let first = try left(&context)
                return first.isNull ? try right(&context) : first
            }
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return try combine(left, right) { left, right in
                SQLValue.order(left, right).map { .bool($0.satisfies(op)) } ?? .null
            }
        default:
            return try combine(left, right) { .binary(op, $0, $1) }
        }
    }

    // MARK: - Rows

    private func column(_ column: ColumnReference) throws(PrismaError) -> Body {
        guard scopes.indices.contains(column.depth), scopes[column.depth].model == column.model else {
            throw PrismaError.outOfScope(column.model, column.field)
        }
        guard let place = places.place(column.model, column.field) else {
            throw PrismaError(
                .validationFailed, "The model \(column.model) has no field \(column.field).", model: column.model, fields: [column.field],
                help: "Run `prisml generate`: the generated client and the schema disagree.")
        }
        let slot = scopes[column.depth].slot
        return { (context) throws(PrismaError) in try context.rows[slot].value(at: place) }
    }

    private mutating func aggregate(_ aggregate: RelationAggregate) throws(PrismaError) -> Body {
        guard scopes.indices.contains(aggregate.depth), scopes[aggregate.depth].model == aggregate.model else {
            throw PrismaError.outOfScope(aggregate.model, aggregate.field)
        }
        guard !aggregate.field.isEmpty else {
            throw PrismaError(
                .invalidExpression, "An aggregate over the rows of a query cannot be evaluated on one row.", model: aggregate.model,
                help: "Use it in `aggregate` or `groupBy`.")
        }
        let outer = scopes
        defer { scopes = outer }
        let parent = scopes[aggregate.depth].slot
        let slot = rowCount
        rowCount += 1
        scopes = scopes[...aggregate.depth] + [(aggregate.target, slot)]
        let source = FilteredRelation(
            field: aggregate.field, parent: parent, slot: slot, filter: try optionalBody(of: aggregate.filter))
        if aggregate.kind == .first { return try first(aggregate, source) }
        let value = try optionalBody(of: aggregate.value)
        let isInteger = aggregate.value?.type.isInteger ?? false
        switch aggregate.kind {
        case .count, .first: return { (context) throws(PrismaError) in .int(Int64(try source.count(&context))) }
        case .some: return { (context) throws(PrismaError) in .bool(try source.contains(&context)) }
        case .none: return { (context) throws(PrismaError) in .bool(!(try source.contains(&context))) }
        case .every: return { (context) throws(PrismaError) in .bool(!(try source.values(value, &context).contains(.bool(false)))) }
        case .countDistinct: return { (context) throws(PrismaError) in .int(.distinctCount(try source.values(value, &context))) }
        case .sum: return { (context) throws(PrismaError) in .sum(try source.values(value, &context), isInteger: isInteger) }
        case .average: return { (context) throws(PrismaError) in .average(try source.values(value, &context), isInteger: isInteger) }
        case .minimum: return { (context) throws(PrismaError) in .extreme(try source.values(value, &context), .less) }
        case .maximum: return { (context) throws(PrismaError) in .extreme(try source.values(value, &context), .greater) }
        }
    }

    private mutating func optionalBody(of node: ExpressionNode?) throws(PrismaError) -> Body? {
        guard let node else { return nil }
        return try body(of: node)
    }

    /// The value of the first row in the aggregate's order, with the key to break ties.
    private mutating func first(_ aggregate: RelationAggregate, _ source: FilteredRelation) throws(PrismaError) -> Body {
        guard let value = try optionalBody(of: aggregate.value) else { return { _ in .null } }
        let order = aggregate.order
        var terms: [Body] = []
        for term in order { terms.append(try body(of: term.node)) }
        let key = places.key(aggregate.target)
        return { [terms] (context) throws(PrismaError) in
            var best: (keys: [SQLValue], row: any EvaluationRow)?
            try source.forEach(&context) { (context, row) throws(PrismaError) in
                var keys: [SQLValue] = []
                for term in terms { keys.append(try term(&context)) }
                for place in key { keys.append(try row.value(at: place)) }
                if best == nil || order.precedes(keys, best?.keys ?? []) == true { best = (keys, row) }
                return true
            }
            guard let best else { return .null }
            context.rows[source.slot] = best.row
            return try value(&context)
        }
    }
}

/// The rows of a relation for which a condition holds.
private struct FilteredRelation: Sendable {
    let field: String
    let parent: Int
    let slot: Int
    let filter: CompiledExpression.Body?

    /// Calls `body` for each row, until it says that it has seen enough.
    func forEach(
        _ context: inout EvaluationContext,
        _ body: (inout EvaluationContext, any EvaluationRow) throws(PrismaError) -> Bool
    ) throws(PrismaError) {
        for row in try context.rows[parent].related(by: field) {
            context.rows[slot] = row
            if let filter, !(try filter(&context).isTrue) { continue }
            guard try body(&context, row) else { return }
        }
    }

    func count(_ context: inout EvaluationContext) throws(PrismaError) -> Int {
        var count = 0
        try forEach(&context) { _, _ in
            count += 1
            return true
        }
        return count
    }

    func contains(_ context: inout EvaluationContext) throws(PrismaError) -> Bool {
        var found = false
        try forEach(&context) { _, _ in
            found = true
            return false
        }
        return found
    }

    /// The values that are not null.
    func values(_ value: CompiledExpression.Body?, _ context: inout EvaluationContext) throws(PrismaError) -> [SQLValue] {
        guard let value else { return [] }
        var values: [SQLValue] = []
        try forEach(&context) { (context, _) throws(PrismaError) in
            let value = try value(&context)
            if !value.isNull { values.append(value) }
            return true
        }
        return values
    }
}

extension [RowOrder] {
    /// Whether a row with the left keys comes before one with the right ones; nil if the order does not tell. Keys beyond the
    /// terms break ties, ascending.
    func precedes(_ left: [SQLValue], _ right: [SQLValue]) -> Bool? {
        for index in left.indices {
            let (a, b) = (left[index], right[index])
            let term = index < count ? self[index] : nil
            if a.isNull != b.isNull { return (term?.nulls == .first) == a.isNull }
            guard let order = SQLValue.order(a, b), order != .equal else { continue }
            return (order == .less) != (term?.isDescending ?? false)
        }
        return nil
    }
}

extension PrismaError {
    /// A column or relation of a row that is not visible where it is used.
    /// - Parameter asked: the model whose rows the query is about, if it is known.
    package static func outOfScope(_ model: String, _ field: String, in asked: String? = nil) -> PrismaError {
        guard let asked, asked != model else {
            return PrismaError(
                .invalidExpression, "A column or relation of another query's row is used in this expression.", model: model,
                fields: [field], help: "Use only the columns that the closure was given, or those of the closures around it.")
        }
        return PrismaError(
            .invalidExpression, "\(model).\(field) is asked of a row of \(asked).", model: model, fields: [field],
            help: "Expressions and predictors about \(model) belong to queries, and to relations, whose rows are of \(model).")
    }
}
