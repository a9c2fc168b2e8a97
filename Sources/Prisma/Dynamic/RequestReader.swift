internal import PrismaSchema

/// Turns the arguments of a request into the values that typed calls are made of: conditions, orders, `FindRequest`s, plans.
struct RequestReader: Sendable {
    let engine: PrismaEngine

    var schema: Schema { engine.schema }

    func model(_ name: String) throws(PrismaError) -> Model {
        guard let model = schema.model(named: name), !model.isIgnored else {
            let known = schema.models.filter { !$0.isIgnored }.map(\.name)
            // Clients in other languages call a model by its property: `user`.
            if let model = schema.models.first(where: { !$0.isIgnored && $0.name.loweringFirst == name }) { return model }
            let guess = Suggestion.closest(to: name, in: known)
            throw PrismaError(
                .validationFailed, "The schema has no model \(name)\(guess.map { "; did you mean \($0)?" } ?? ".")",
                help: "Its models: \(known.prefix(40).joined(separator: ", ")).")
        }
        return model
    }

    /// The fields that requests may speak of.
    func fields(of model: Model) -> [Field] {
        model.fields.filter { field in
            guard !field.isIgnored else { return false }
            if let relation = field.relation { return schema.model(named: relation.model)?.isIgnored == false }
            return !field.isUnsupported
        }
    }

    func column(_ field: Field, of model: Model, depth: Int = 0) throws(PrismaError) -> ExpressionNode {
        guard let type = field.valueType else {
            throw PrismaError(
                .validationFailed, "\(model.name).\(field.name) is no column.", model: model.name, fields: [field.name])
        }
        return .column(ColumnReference(depth: depth, model: model.name, field: field.name, type: type))
    }

    func target(_ relation: Relation) throws(PrismaError) -> Model { try model(relation.model) }

    /// What the query methods of a model take to say which rows.
    static let rowArguments = ["where", "orderBy", "take", "skip", "cursor", "distinct"]

    /// `where`, `orderBy`, `take`, `skip`, `cursor` and `distinct` of a query.
    func request(_ input: QueryInput, for model: Model) throws(PrismaError) -> FindRequest {
        var request = FindRequest(model: model.name)
        if let filter = input.member("where") { request.filter = try condition(filter, model) }
        if let order = input.member("orderBy") { request.order = try self.order(order, model) }
        if let take = input.member("take") { request.take = try take.int() }
        if let skip = input.member("skip") {
            let count = try skip.int()
            guard count >= 0 else { throw skip.invalid("this cannot be negative.", help: "Use a negative `take`.") }
            request.skip = count
        }
        try RowPage.check(take: request.take, skip: request.skip, of: model.name)
        if let cursor = input.member("cursor") { request.cursor = try uniqueCondition(cursor, model) }
        if let distinct = input.member("distinct") {
            for name in distinct.elements { request.distinct.append(try scalarField(name, model).name) }
        }
        return request
    }

    /// How many rows `updateMany` and `deleteMany` may touch.
    func limit(_ input: QueryInput) throws(PrismaError) -> Int? {
        guard let member = input.member("limit") else { return nil }
        let limit = try member.int()
        guard limit >= 0 else { throw member.invalid("this cannot be negative.", help: "Leave `limit` out to take all rows.") }
        return limit
    }

    /// The name of a column.
    func scalarField(_ input: QueryInput, _ model: Model) throws(PrismaError) -> Field {
        let name = try input.string()
        let columns = fields(of: model).filter { $0.relation == nil }
        guard let field = columns.first(where: { $0.name == name }) else {
            let guess = Suggestion.closest(to: name, in: columns.map(\.name))
            throw input.invalid(
                "\(model.name) has no column of this name\(guess.map { "; did you mean `\($0)`?" } ?? ".")",
                help: "Its columns: \(columns.map(\.name).joined(separator: ", ")).")
        }
        return field
    }
}

extension String {
    /// `User` as a client's property is called: `user`.
    var loweringFirst: String { prefix(1).lowercased() + dropFirst() }
}
