internal import PrismaSchema

extension DynamicQueries {
    func findMany(_ model: Model, _ input: QueryInput) async throws -> [JSON] {
        try input.names(RequestReader.rowArguments + RequestReader.shapeArguments)
        return try await rows(try reader.request(input, for: model), try reader.shape(input, of: model))
    }

    func findFirst(_ model: Model, _ input: QueryInput, isRequired: Bool) async throws -> JSON {
        try input.names(RequestReader.rowArguments + RequestReader.shapeArguments)
        var request = try reader.request(input, for: model)
        // The sign says from which end.
        request.take = (request.take ?? 1) < 0 ? -1 : 1
        let row = try await rows(request, try reader.shape(input, of: model)).first
        if row == nil, isRequired { throw notFound(model) }
        return row ?? .null
    }

    func findUnique(_ model: Model, _ input: QueryInput, isRequired: Bool) async throws -> JSON {
        try input.names(["where"] + RequestReader.shapeArguments)
        guard let condition = input.member("where") else { throw input.invalid("`where` is missing.") }
        var request = FindRequest(model: model.name)
        request.filter = try reader.uniqueCondition(condition, model)
        request.isUnique = true
        let row = try await rows(request, try reader.shape(input, of: model)).first
        if row == nil, isRequired { throw notFound(model) }
        return row ?? .null
    }

    func notFound(_ model: Model) -> PrismaError {
        PrismaError(
            .recordNotFound, "No row of \(model.name) matches.", model: model.name,
            help: "Use the form without `OrThrow` if that is to be expected.")
    }

    /// The rows of a request, with what the shape asks for.
    func rows(_ request: FindRequest, _ shape: RowShape) async throws -> [JSON] {
        var request = request
        let shape = request.nodes.contains(where: \.hasFunction) ? shape : shape.joined(rows: request.rowLimit)
        request.selectsRecord = shape.readsRecord
        request.selections = shape.selections
        request.joins = shape.joins
        return try await engine.withConnection(for: .read, preparing: request.nodes) { [request] engine, connection in
            let (rows, order) = try await engine.read(request, on: connection, columns: shape.columnNames, into: [RowShape.Row]()) {
                rows, row in rows.append(try shape.read(&row))
            }
            return try await shape.complete(order.map { order in order.map { rows[$0] } } ?? rows, on: connection, in: engine)
        }
    }
}
