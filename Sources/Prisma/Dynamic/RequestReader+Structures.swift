internal import PrismaSchema

// Conditions on lists and on Json.

extension RequestReader {
    func listCondition(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        if input.json.array != nil || input.isNull {
            return .binary(.equal, filter.operand, .literal(try input.value(of: filter.field, in: schema), filter.operand.type))
        }
        try input.names(["equals"])
        guard let value = input.member("equals") else { return nil }
        return try listCondition(value, filter)
    }

    func jsonCondition(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        if let special = input.specialNull { return jsonNull(special, filter) }
        try input.names(["equals", "not"])
        var result: ExpressionNode?
        if let value = input.member("equals") { result = try jsonEquality(value, filter) }
        if let value = input.member("not") { result = .conjunction(result, .unary(.not, try jsonEquality(value, filter))) }
        return result
    }

    private func jsonEquality(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode {
        if let special = input.specialNull { return jsonNull(special, filter) }
        return .binary(.equal, filter.operand, .literal(.json(input.json.text), .json))
    }

    private func jsonNull(_ special: SpecialNull, _ filter: ScalarFilter) -> ExpressionNode {
        let database = ExpressionNode.unary(.isNull, filter.operand)
        let json = ExpressionNode.binary(.equal, filter.operand, .literal(.json("null"), .json))
        return switch special {
        case .database: database
        case .json: json
        case .any: .binary(.or, database, json)
        }
    }
}
