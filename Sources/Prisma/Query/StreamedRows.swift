/// A query whose rows are read while they are used. Conditions that the database cannot check are checked here, row by row.
struct StreamedRows: Sendable {
    let statement: SQLStatement
    private let check: RowCheck?
    private let skip: Int
    private let take: Int?

    /// How far the reading has come.
    struct Place: Sendable {
        fileprivate var toSkip: Int
        fileprivate var toTake: Int?
        var isAtEnd = false
    }

    /// The conditions with functions, beside the columns that they need.
    private struct RowCheck: Sendable {
        let condition: CompiledExpression
        let table: ComputedColumns
        let bodies: [RowFunction.Body]
        /// How many columns come before those of the condition.
        let columnCount: Int
        let now: Int64

        func holds(_ row: inout SQLRow) throws -> Bool {
            let start = row.position
            row.move(to: start + columnCount)
            let values = ComputedRow(try table.values(of: &row, bodies))
            row.move(to: start)
            return try condition.value(of: values, now: now).isTrue
        }
    }

    /// Whether a request can be streamed at all.
    static func check(_ request: FindRequest, in engine: PrismaEngine) throws(PrismaError) {
        guard !request.isReversed else {
            throw PrismaError(
                .validationFailed, "A stream cannot take from the end.", model: request.model,
                help: "Order the other way round, or use findMany.")
        }
        guard !engine.callsFunctions(of: request.nodes) else { return }
        guard !request.order.contains(where: \.node.hasFunction), !(request.filter?.hasRelatedFunction ?? false) else {
            throw PrismaError(
                .validationFailed,
                "On PostgreSQL a stream can filter by the predictions of its rows, but not sort by them, nor ask for those of related rows.",
                model: request.model, help: "Use findMany with `take`, or select the prediction and sort by it yourself.")
        }
    }

    init(_ request: FindRequest, _ functions: [RowFunction: RowFunction.Prepared], in engine: PrismaEngine) throws {
        var request = engine.options.narrowsByScores ? request.narrowed(by: functions) : request
        guard !functions.isEmpty, !engine.callsFunctions(of: request.nodes), let filter = request.filter, filter.hasFunction else {
            statement = try request.statement(in: engine)
            (check, skip, take) = (nil, 0, nil)
            return
        }
        let now = request.fixInstant(of: engine)
        let parts = filter.conjuncts
        request.filter = parts.filter { !$0.hasFunction }.reduce(nil, ExpressionNode.conjunction)
        var table = ComputedColumns()
        let remaining = parts.filter(\.hasFunction).reduce(nil, ExpressionNode.conjunction).map { table.replaced($0) }
        let columnCount = (request.selectsRecord ? try engine.plan(request.model).fields.count : 0) + request.selections.count
        request.selections += table.selections
        // What is skipped and taken are rows that match, in an order that the key makes total.
        (skip, take) = (request.skip ?? 0, request.take)
        if take != nil || request.skip != nil {
            let keys = try engine.plan(request.model).keyColumns().filter { key in !request.order.contains { $0.node == key } }
            request.order += keys.map { RowOrder($0, descending: false) }
        }
        (request.skip, request.take) = (nil, nil)
        check = try remaining.map { condition in
            RowCheck(
                condition: try table.compiled(condition), table: table, bodies: table.functions.compactMap { functions[$0]?.body },
                columnCount: columnCount, now: now)
        }
        statement = try request.statement(in: engine)
    }

    var start: Place { Place(toSkip: skip, toTake: take, isAtEnd: take == 0) }

    /// Reads a batch, and hands on the rows of it that belong to the answer.
    func read(_ rows: inout SQLRows, _ place: inout Place, _ add: (inout SQLRow) throws -> Void) throws {
        var isEmpty = true
        while var row = try rows.next() {
            isEmpty = false
            if place.isAtEnd { continue }
            if let check, try !check.holds(&row) { continue }
            if place.toSkip > 0 {
                place.toSkip -= 1
                continue
            }
            try add(&row)
            if let left = place.toTake {
                place.toTake = left - 1
                place.isAtEnd = left == 1
            }
        }
        if isEmpty { place.isAtEnd = true }
    }
}
