internal import PrismaSchema

extension DynamicQueries {
    func count(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(RequestReader.rowArguments.filter { $0 != "distinct" } + ["select"])
        var request = try reader.request(input, for: model)
        guard let select = input.member("select") else {
            if request.take == nil, request.skip == nil, request.cursor == nil {
                request.order = []
                return .int(Int64(try await engine.count(request)))
            }
            let all = try reader.aggregates(.count, QueryInput(true), model)
            return try await aggregated(request, all).first?.first ?? 0
        }
        let wanted = try reader.aggregates(.count, select, model)
        let row = try await aggregated(request, wanted).first ?? []
        return .object(Dictionary(zip(wanted.map { $0.field ?? "_all" }, row), uniquingKeysWith: { first, _ in first }))
    }

    func aggregate(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(RequestReader.rowArguments.filter { $0 != "distinct" } + RequestReader.aggregateArguments)
        let wanted = try reader.aggregates(input, model)
        guard !wanted.isEmpty else {
            throw input.invalid("nothing is asked for.", help: "Add _count, _sum, _avg, _min or _max.")
        }
        let row = try await aggregated(try reader.request(input, for: model), wanted).first ?? []
        return .object(answer(wanted, row))
    }

    func groupBy(_ model: Model, _ input: QueryInput) async throws -> JSON {
        try input.names(["by", "where", "having", "orderBy", "take", "skip"] + RequestReader.aggregateArguments)
        guard let by = input.member("by") else { throw input.invalid("`by` is missing.") }
        var groups: [Field] = []
        for name in by.elements { groups.append(try reader.scalarField(name, model)) }
        let names = groups.map(\.name)
        guard !groups.isEmpty, Set(names).count == names.count else {
            throw by.invalid("this should name at least one field, and each only once.")
        }
        var request = FindRequest(model: model.name)
        if let filter = input.member("where") { request.filter = try reader.condition(filter, model) }
        if let having = input.member("having") { request.having = try reader.havingCondition(having, model, by: names) }
        if let order = input.member("orderBy") { request.order = try reader.groupOrder(order, model, by: names) }
        if let take = input.member("take") { request.take = try take.int() }
        if let skip = input.member("skip") { request.skip = max(0, try skip.int()) }
        for field in groups { request.groups.append(try reader.column(field, of: model)) }
        if request.order.isEmpty, request.take != nil || request.skip != nil {
            request.order = request.groups.map { RowOrder($0, descending: false) }
        }
        if request.isReversed { request.order = request.order.map(\.reversed) }
        let wanted = try reader.aggregates(input, model)
        let outputs = request.groups.map { ScalarOutput($0.type, in: reader.schema) }
        request.selectsRecord = false
        request.selections = request.groups + wanted.map(\.node)
        let columns = names + wanted.map { $0.kind.rawValue }
        let rows = try await read(request, outputs + wanted.map(\.output), columns: columns)
        return .array(
            rows.map { row in
                var object = answer(wanted, Array(row.dropFirst(names.count)))
                for (name, value) in zip(names, row) { object[name] = value }
                return .object(object)
            })
    }

    /// `{"_count": 3, "_sum": {"total": 170.5}}`
    private func answer(_ wanted: [RequestReader.Aggregate], _ row: [JSON]) -> [String: JSON] {
        var members: [String: [String: JSON]] = [:]
        var object: [String: JSON] = [:]
        for (aggregate, value) in zip(wanted, row) {
            if aggregate.isWhole {
                object[aggregate.kind.rawValue] = value
            } else {
                members[aggregate.kind.rawValue, default: [:]][aggregate.field ?? "_all"] = value
            }
        }
        for (name, values) in members { object[name] = .object(values) }
        return object
    }

    private func aggregated(_ request: FindRequest, _ wanted: [RequestReader.Aggregate]) async throws -> [[JSON]] {
        var request = request
        request.selectsRecord = false
        request.selections = wanted.map(\.node)
        request.isAggregate = true
        return try await read(request, wanted.map(\.output), columns: wanted.map { $0.field ?? $0.kind.rawValue })
    }

    private func read(_ request: FindRequest, _ outputs: [ScalarOutput], columns: [String]) async throws -> [[JSON]] {
        try await engine.withConnection(for: .read, preparing: request.nodes) { engine, connection in
            let (rows, order) = try await engine.read(request, on: connection, columns: columns, into: [[JSON]]()) { rows, row in
                var values: [JSON] = []
                for output in outputs { values.append(try output.read(&row)) }
                rows.append(values)
            }
            return order.map { order in order.map { rows[$0] } } ?? rows
        }
    }
}
