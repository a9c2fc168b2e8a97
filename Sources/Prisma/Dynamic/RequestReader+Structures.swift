internal import PrismaSchema

// Conditions on lists and on Json.

extension RequestReader {
    func listCondition(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        let list = filter.operand
        guard case .list(let element) = list.type else { return nil }
        func literal(_ values: [SQLValue]) -> ExpressionNode { .literal(.list(values), list.type) }
        if input.json.array != nil { return .binary(.equal, list, literal(try input.list(of: filter.field, in: schema))) }
        let known = ["equals", "has", "hasEvery", "hasSome", "isEmpty"]
        try input.names(known)
        var result: ExpressionNode?
        for name in known {
            guard let value = input.member(name) else { continue }
            let part: ExpressionNode
            switch name {
            case "has":
                part = .structure(.has, [list, .literal(try value.element(of: filter.field, in: schema), element)])
            case "isEmpty":
                let isEmpty = ExpressionNode.binary(.equal, list, literal([]))
                part = try value.bool() ? isEmpty : .unary(.not, isEmpty)
            default:
                let values = literal(try value.list(of: filter.field, in: schema))
                part =
                    name == "equals"
                    ? .binary(.equal, list, values) : .structure(name == "hasEvery" ? .hasEvery : .hasSome, [list, values])
            }
            result = .conjunction(result, part)
        }
        return result
    }

    func jsonCondition(_ input: QueryInput, _ filter: ScalarFilter) throws(PrismaError) -> ExpressionNode? {
        if let special = input.specialNull { return jsonNull(special, filter.operand) }
        let known = [
            "path", "mode", "equals", "not", "string_contains", "string_starts_with", "string_ends_with", "array_contains",
            "array_starts_with", "array_ends_with", "lt", "lte", "gt", "gte",
        ]
        try input.names(known)
        let path = try input.member("path").map { (input) throws(PrismaError) in try self.path(input) } ?? []
        let isInsensitive = try input.member("mode")?.word(["default", "insensitive"]) == "insensitive"
        var result: ExpressionNode?
        for name in known.dropFirst(2) {
            guard let value = input.member(name) else { continue }
            result = .conjunction(result, try jsonOperation(name, value, filter.operand, path, isInsensitive))
        }
        return result
    }

    /// `["a", "0"]`, or `"$.a[0]"` as on SQLite.
    private func path(_ input: QueryInput) throws(PrismaError) -> [String] {
        var steps: [String] = []
        if input.json.array != nil {
            for step in input.elements {
                if let index = step.json.int { steps.append(String(index)) } else { steps.append(try step.string()) }
            }
            return steps
        }
        let text = try input.string()
        guard text.hasPrefix("$") else { throw input.invalid(#"this should be an array, or a path as "$.a[0]"."#) }
        for part in text.dropFirst().split(whereSeparator: { ".[]".contains($0) }) {
            steps.append(String(part.first == "\"" && part.last == "\"" && part.count > 1 ? part.dropFirst().dropLast() : part))
        }
        return steps
    }

    private func jsonOperation(
        _ name: String, _ input: QueryInput, _ column: ExpressionNode, _ path: [String], _ isInsensitive: Bool
    ) throws(PrismaError) -> ExpressionNode {
        let part = path.isEmpty ? column : ExpressionNode.structure(.json(path: path), [column])
        switch name {
        case "equals": return try jsonEquality(input, part)
        case "not": return .unary(.not, try jsonEquality(input, part))
        case "array_contains":
            let elements = input.json.array == nil ? JSON.array([input.json]) : input.json
            return .structure(.jsonContains, [part, .literal(.json(elements.text), .json)])
        case "array_starts_with", "array_ends_with":
            let element = ExpressionNode.structure(.json(path: path + [name == "array_ends_with" ? "-1" : "0"]), [column])
            return .binary(.equal, element, .literal(.json(input.json.text), .json))
        default: break
        }
        let operators: [String: BinaryOperator] = [
            "string_contains": .contains, "string_starts_with": .hasPrefix, "string_ends_with": .hasSuffix, "lt": .less,
            "lte": .lessOrEqual,
            "gt": .greater, "gte": .greaterOrEqual,
        ]
        let op = operators[name] ?? .equal
        if let number = input.json.double, !name.hasPrefix("string") {
            return .binary(op, .structure(.jsonNumber(path: path), [column]), .literal(.double(number), .double))
        }
        let text = ExpressionNode.structure(.jsonText(path: path), [column])
        let wanted = ExpressionNode.literal(.text(try input.string()), .string)
        return isInsensitive ? .binary(op, .unary(.lowercased, text), .unary(.lowercased, wanted)) : .binary(op, text, wanted)
    }

    private func jsonEquality(_ input: QueryInput, _ part: ExpressionNode) throws(PrismaError) -> ExpressionNode {
        if let special = input.specialNull { return jsonNull(special, part) }
        guard !input.isNull else {
            throw input.invalid("null can mean two things here.", help: #"Use {"$special": "DbNull"}, "JsonNull" or "AnyNull"."#)
        }
        return .binary(.equal, part, .literal(.json(input.json.text), .json))
    }

    private func jsonNull(_ special: SpecialNull, _ part: ExpressionNode) -> ExpressionNode {
        let database = ExpressionNode.unary(.isNull, part)
        let json = ExpressionNode.binary(.equal, part, .literal(.json("null"), .json))
        return switch special {
        case .database: database
        case .json: json
        case .any: .binary(.or, database, json)
        }
    }
}
