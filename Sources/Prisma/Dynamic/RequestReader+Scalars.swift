internal import PrismaSchema

// Conditions on columns.

extension RequestReader {
    /// A condition on a column: a value, or an object of operators.
    func scalarCondition(_ input: QueryInput, _ field: Field, _ model: Model, _ depth: Int) throws(PrismaError) -> ExpressionNode? {
        let column = try column(field, of: model, depth: depth)
        return try comparison(input, ScalarFilter(operand: column, field: field, model: model, depth: depth))
    }

    /// What operators are applied to: a column, or in `having` an aggregate of one.
    struct ScalarFilter {
        var operand: ExpressionNode
        var field: Field
        var model: Model
        var depth: Int
        /// Whether upper and lower case count as the same.
        var isInsensitive = false
        /// Whether this is a `having`, where a column has aggregates.
        var isHaving = false
        /// The type of values where it is not the field's: counts and averages.
        var comparedScalar: ScalarType?
    }

    func comparison(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        let field = filter.field
        let scalar = filter.comparedScalar ?? field.scalar
        if field.arity == .list, filter.comparedScalar == nil { return try listCondition(input, filter) }
        if scalar == .json { return try jsonCondition(input, filter) }
        guard let object = input.json.object, object["_ref"] == nil else { return try equality(input, filter) }
        var filter = filter
        var known = ["equals", "not", "in", "notIn"]
        if scalar != .boolean, scalar != .bytes, scalar != nil { known += ["lt", "lte", "gt", "gte"] }
        if scalar == .string { known += ["contains", "startsWith", "endsWith", "mode"] }
        if filter.isHaving { known += AggregateKind.allCases.map(\.rawValue) }
        try input.names(known)
        if let mode = input.member("mode") { filter.isInsensitive = try mode.word(["default", "insensitive"]) == "insensitive" }
        var result: ExpressionNode?
        for name in known {
            guard let value = input.member(name) else { continue }
            result = .conjunction(result, try operation(name, value, filter))
        }
        return result
    }

    private func operation(_ name: String, _ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        switch name {
        case "equals": return try equality(input, filter)
        case "not":
            if let object = input.json.object, object["_ref"] == nil {
                return try comparison(input, filter).map { .unary(.not, $0) }
            }
            if input.isNull { return .unary(.not, .unary(.isNull, filter.operand)) }
            return try compared(.notEqual, input, filter)
        case "in": return try membership(input, filter)
        case "notIn": return .unary(.not, try membership(input, filter))
        case "lt": return try compared(.less, input, filter)
        case "lte": return try compared(.lessOrEqual, input, filter)
        case "gt": return try compared(.greater, input, filter)
        case "gte": return try compared(.greaterOrEqual, input, filter)
        case "contains": return try compared(.contains, input, filter)
        case "startsWith": return try compared(.hasPrefix, input, filter)
        case "endsWith": return try compared(.hasSuffix, input, filter)
        default:
            guard let kind = AggregateKind(rawValue: name) else { return nil }
            return try having(kind, input, filter)
        }
    }

    private func equality(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode {
        input.isNull ? .unary(.isNull, filter.operand) : try compared(.equal, input, filter)
    }

    private func compared(_ op: BinaryOperator, _ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode {
        let value = try operand(input, filter)
        guard filter.isInsensitive else { return .binary(op, filter.operand, value) }
        return .binary(op, .unary(.lowercased, filter.operand), .unary(.lowercased, value))
    }

    /// A value, or with `_ref` a column of the same row.
    func operand(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode {
        guard let reference = input.member("_ref") else {
            return .literal(try input.element(of: filter.field, in: schema, as: filter.comparedScalar), filter.operand.type)
        }
        try input.names(["_ref", "_container"])
        if let container = input.member("_container"), try container.string() != filter.model.name {
            throw container.invalid("a column can be compared with one of the same model, \(filter.model.name).")
        }
        let field = try scalarField(reference, filter.model)
        guard field.kind == filter.field.kind, field.arity != .list else {
            throw reference.invalid("`\(field.name)` is of another type than `\(filter.field.name)`.")
        }
        return try column(field, of: filter.model, depth: filter.depth)
    }

    private func membership(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode {
        var values = try input.list(of: filter.field, in: schema, as: filter.comparedScalar)
        guard filter.isInsensitive else { return .membership(filter.operand, values, filter.operand.type) }
        values = values.map { value in
            guard case .text(let text) = value else { return value }
            return .text(text.lowercasedASCII)
        }
        return .membership(.unary(.lowercased, filter.operand), values, filter.operand.type)
    }
}
