internal import PrismaSchema

extension RequestReader {
    /// An `orderBy`: objects of one field each, in order.
    func order(_ input: QueryInput, _ model: Model, depth: Int = 0) throws(PrismaError) -> [RowOrder] {
        var terms: [RowOrder] = []
        for element in input.elements { terms += try orderTerms(element.of(model.name), model, depth) }
        return terms
    }

    private func orderTerms(_ input: QueryInput, _ model: Model, _ depth: Int) throws(PrismaError) -> [RowOrder] {
        let fields = fields(of: model)
        let names = try input.names(fields.map(\.name))
        guard names.count <= 1 else {
            throw input.invalid("an order of several fields is an array of objects with one field each.")
        }
        guard let name = names.first, let value = input.member(name), let field = model.field(named: name) else { return [] }
        guard let relation = field.relation else { return [try direction(value, of: try column(field, of: model, depth: depth))] }
        let target = try target(relation)
        func aggregate(_ kind: RelationAggregate.Kind, _ value: ExpressionNode?) -> ExpressionNode {
            .aggregate(
                RelationAggregate(kind: kind, depth: depth, model: model.name, field: field.name, target: target.name, value: value))
        }
        if field.arity == .list {
            try value.names(["_count"])
            guard let count = value.member("_count") else { return [] }
            return [try direction(count, of: aggregate(.count, nil))]
        }
        return try orderTerms(value.of(target.name), target, depth + 1).map {
            RowOrder(aggregate(.first, $0.node), descending: $0.isDescending, nulls: $0.nulls)
        }
    }

    /// `"asc"`, `"desc"` or `{"sort": "asc", "nulls": "last"}`.
    func direction(_ input: QueryInput, of node: ExpressionNode) throws(PrismaError) -> RowOrder {
        if input.json.object != nil {
            try input.names(["sort", "nulls"])
            guard let sort = input.member("sort") else { throw input.invalid("`sort` is missing.") }
            var order = try direction(sort, of: node)
            if let nulls = input.member("nulls") { order.nulls = try nulls.word(["first", "last"]) == "first" ? .first : .last }
            return order
        }
        return RowOrder(node, descending: try input.word(["asc", "desc"]) == "desc")
    }
}
