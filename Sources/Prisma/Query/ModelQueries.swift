/// The queries of one model: `prisma.user`.
public struct ModelQueries<Model: Record>: Sendable {
    public let engine: PrismaEngine

    public init(_ engine: PrismaEngine) {
        self.engine = engine
    }
}

/// Collects the terms of an ordering: one, or several lines.
@resultBuilder
public enum RowOrderBuilder {
    public static func buildExpression(_ term: RowOrder) -> [RowOrder] { [term] }
    public static func buildExpression(_ terms: [RowOrder]) -> [RowOrder] { terms }
    public static func buildBlock(_ terms: [RowOrder]...) -> [RowOrder] { terms.flatMap(\.self) }
    public static func buildOptional(_ terms: [RowOrder]?) -> [RowOrder] { terms ?? [] }
    public static func buildEither(first terms: [RowOrder]) -> [RowOrder] { terms }
    public static func buildEither(second terms: [RowOrder]) -> [RowOrder] { terms }
    public static func buildArray(_ terms: [[RowOrder]]) -> [RowOrder] { terms.flatMap(\.self) }
}

extension ModelQueries {
    public typealias Condition = (Model.Columns) -> RowExpression<Bool>
    public typealias Ordering = (Model.Columns) -> [RowOrder]
    public typealias Distinction = (Model.Columns) -> [AnyColumn]

    package func request(
        where condition: RowExpression<Bool>?, orderBy: [RowOrder] = [], take: Int? = nil, skip: Int? = nil,
        cursor: RowExpression<Bool>? = nil, distinct: [AnyColumn] = []
    ) throws(PrismaError) -> FindRequest {
        try RowPage.check(take: take, skip: skip, of: Model.modelName)
        var request = FindRequest(model: Model.modelName)
        request.filter = condition?.node
        request.order = orderBy
        request.take = take
        request.skip = skip
        request.cursor = cursor?.node
        request.distinct = distinct.map(\.field)
        return request
    }

    /// Runs a request for the model's records.
    package func records(_ request: FindRequest) async throws -> [Model] {
        guard !request.hasFunction else { return try await fetch(request) { row in try Model(row: &row) } }
        let statement = try request.statement(in: engine)
        let rows = try await engine.withConnection(for: .read) { connection in
            try await engine.query(statement, on: connection, model: Model.modelName) { rows in try Model.read(&rows) }
        }
        return request.isReversed ? rows.reversed() : rows
    }

    /// Runs a request and reads each row with `read`.
    package func fetch<Row: Sendable>(
        _ request: FindRequest, columns: [String]? = nil, _ read: @escaping @Sendable (inout SQLRow) throws -> Row
    ) async throws -> [Row] {
        let (rows, order) = try await engine.withConnection(for: .read, preparing: request.nodes) { engine, connection in
            try await engine.read(request, on: connection, columns: columns, into: [Row]()) { rows, row in rows.append(try read(&row)) }
        }
        return order.map { order in order.map { rows[$0] } } ?? rows
    }
}

/// A column without its type, for lists of columns.
public struct AnyColumn: Sendable, Hashable {
    package var field: String
}

extension RowExpression {
    /// The column for a list of columns, as `distinct` takes it.
    public var column: AnyColumn {
        guard case .column(let reference) = node else { return AnyColumn(field: "") }
        return AnyColumn(field: reference.field)
    }
}
