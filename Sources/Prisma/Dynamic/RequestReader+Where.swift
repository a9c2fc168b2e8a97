internal import PrismaSchema

extension RequestReader {
    /// A `where`; nil if it asks for nothing. Conditions are joined in the order of the schema's fields.
    func condition(_ input: QueryInput, _ model: Model, depth: Int = 0, keys: [UniqueKey] = []) throws(PrismaError) -> ExpressionNode? {
        let input = input.of(model.name)
        let fields = fields(of: model)
        let names = try input.names(fields.map(\.name) + ["AND", "OR", "NOT"] + keys.map(\.name))
        var result: ExpressionNode?
        for key in keys {
            guard let value = input.member(key.name), fields.first(where: { $0.name == key.name }) == nil else { continue }
            try value.names(key.fields)
            for name in key.fields {
                guard let part = value.member(name) else { throw value.invalid("`\(name)` is missing: the key has several fields.") }
                guard let field = model.field(named: name) else { continue }
                result = .conjunction(result, try scalarCondition(part, field, model, depth))
            }
        }
        for field in fields where names.contains(field.name) {
            guard let value = input.member(field.name) else { continue }
            let part: ExpressionNode? =
                if let relation = field.relation {
                    try relationCondition(value, field, relation, model, depth)
                } else {
                    try scalarCondition(value, field, model, depth)
                }
            result = .conjunction(result, part)
        }
        if let all = input.member("AND") {
            for element in all.elements { result = .conjunction(result, try condition(element, model, depth: depth)) }
        }
        if let any = input.member("OR") { result = .conjunction(result, try alternatives(any, model, depth)) }
        if let none = input.member("NOT") {
            for element in none.elements {
                guard let part = try condition(element, model, depth: depth) else { continue }
                result = .conjunction(result, .unary(.not, part))
            }
        }
        return result
    }

    /// Nil if one of the alternatives asks for nothing; false if there are none.
    private func alternatives(_ input: QueryInput, _ model: Model, _ depth: Int) throws(PrismaError) -> ExpressionNode? {
        var result: ExpressionNode?
        var isOpen = false
        for element in input.elements {
            guard let part = try condition(element, model, depth: depth) else {
                isOpen = true
                continue
            }
            result = result.map { .binary(.or, $0, part) } ?? part
        }
        return isOpen ? nil : result ?? .boolean(false)
    }

    // MARK: Keys

    /// A key by the name that a request calls it.
    struct UniqueKey {
        let name: String
        let fields: [String]
    }

    func keys(of model: Model) -> [UniqueKey] {
        var keys: [UniqueKey] = []
        if let key = model.primaryKey { keys.append(UniqueKey(name: key.name, fields: key.fields.map(\.name))) }
        return keys + model.uniques.map { UniqueKey(name: $0.name, fields: $0.fields.map(\.name)) }
    }

    /// A `where` that names one row.
    func uniqueCondition(_ input: QueryInput, _ model: Model, depth: Int = 0) throws(PrismaError) -> ExpressionNode {
        let keys = keys(of: model)
        let compound = keys.filter { $0.fields.count > 1 }
        let filter = try condition(input, model, depth: depth, keys: compound)
        guard let filter, keys.contains(where: { filter.fieldsFixedByEquality(depth: depth).isSuperset(of: $0.fields) }) else {
            throw input.of(model.name).invalid(
                "this does not name one row: it gives no unique key a value.",
                help: keys.isEmpty
                    ? "\(model.name) has no unique key; use findFirst."
                    : "Give a value to \(keys.map { "`\($0.name)`" }.joined(separator: ", or ")); or use findFirst.")
        }
        return filter
    }

    // MARK: Relations

    private func relationCondition(
        _ input: QueryInput, _ field: Field, _ relation: Relation, _ model: Model, _ depth: Int
    ) throws(PrismaError) -> ExpressionNode? {
        let target = try target(relation)
        func aggregate(_ kind: RelationAggregate.Kind, _ filter: ExpressionNode?, value: ExpressionNode? = nil) -> ExpressionNode {
            .aggregate(
                RelationAggregate(
                    kind: kind, depth: depth, model: model.name, field: field.name, target: target.name, filter: filter, value: value))
        }
        var result: ExpressionNode?
        if field.arity == .list {
            try input.names(["some", "every", "none"])
            if let some = input.member("some") {
                result = aggregate(.some, try condition(some, target, depth: depth + 1))
            }
            if let every = input.member("every"), let condition = try condition(every, target, depth: depth + 1) {
                result = .conjunction(result, aggregate(.every, nil, value: condition))
            }
            if let none = input.member("none") {
                result = .conjunction(result, aggregate(.none, try condition(none, target, depth: depth + 1)))
            }
            return result
        }
        if input.isNull { return aggregate(.none, nil) }
        let isPlain = input.json.object.map { members in members.keys.allSatisfy { $0 != "is" && $0 != "isNot" } } ?? true
        if isPlain { return aggregate(.some, try condition(input, target, depth: depth + 1)) }
        try input.names(["is", "isNot"])
        if let found = input.member("is") {
            result = found.isNull ? aggregate(.none, nil) : aggregate(.some, try condition(found, target, depth: depth + 1))
        }
        if let other = input.member("isNot") {
            let part = other.isNull ? aggregate(.some, nil) : aggregate(.none, try condition(other, target, depth: depth + 1))
            result = .conjunction(result, part)
        }
        return result
    }
}

extension ExpressionNode {
    static func boolean(_ value: Bool) -> ExpressionNode { .literal(.bool(value), .bool) }

    /// The fields of the row in a scope that must equal a value for the condition to hold.
    func fieldsFixedByEquality(depth: Int) -> Set<String> {
        switch self {
        case .binary(.and, let left, let right):
            left.fieldsFixedByEquality(depth: depth).union(right.fieldsFixedByEquality(depth: depth))
        case .binary(.equal, .column(let column), .literal), .binary(.equal, .literal, .column(let column)):
            column.depth == depth ? [column.field] : []
        default: []
        }
    }
}
