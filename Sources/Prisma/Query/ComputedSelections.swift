/// What a query selects, where functions of this process stand in it and the database cannot call them: the database gives what they
/// read, beside all else, and they are computed here for the rows that come out, and for no others.
struct ComputedSelections: Sendable {
    /// What the database is asked for instead.
    let selections: [ExpressionNode]
    private enum Source: Sendable {
        /// A column of the row as it came.
        case column(Int)
        /// One of the computed values.
        case computed(Int)
    }
    private let sources: [Source]
    private let computed: [CompiledExpression]
    private let table: ComputedColumns
    private let bodies: [RowFunction.Body]
    /// How many columns come before those of the functions.
    private let plainCount: Int
    private let now: Int64

    /// Nil where nothing is to be computed, or where it takes more than the row's own functions.
    init?(
        _ request: FindRequest, _ functions: [RowFunction: RowFunction.Prepared], now: Int64, in engine: PrismaEngine
    ) throws(PrismaError) {
        guard !request.isAggregate, request.groups.isEmpty, request.having == nil, request.selections.contains(where: \.hasFunction),
            !request.selections.contains(where: { $0.hasRelatedFunction || $0.isGroupAggregate })
        else { return nil }
        let recordCount = request.selectsRecord ? try engine.plan(request.model).fields.count : 0
        var table = ComputedColumns()
        var sources = (0..<recordCount).map(Source.column)
        var plain: [ExpressionNode] = []
        var replaced: [ExpressionNode] = []
        for node in request.selections {
            if node.hasFunction {
                sources.append(.computed(replaced.count))
                replaced.append(table.replaced(node))
            } else {
                sources.append(.column(recordCount + plain.count))
                plain.append(node)
            }
        }
        var computed: [CompiledExpression] = []
        for node in replaced { computed.append(try table.compiled(node)) }
        self.computed = computed
        self.sources = sources
        self.table = table
        bodies = table.functions.compactMap { functions[$0]?.body }
        guard bodies.count == table.functions.count else { return nil }
        selections = plain + table.selections
        plainCount = recordCount + plain.count
        self.now = now
    }

    /// Lets a row that the database gave be read as the one that was asked for; the columns after it stay to be read.
    func read<Answer>(_ row: inout SQLRow, _ body: (inout SQLRow) throws -> Answer) throws -> Answer {
        let start = row.cells
        row.move(to: plainCount)
        let values = ComputedRow(try table.values(of: &row, bodies))
        var answers: [SQLValue] = []
        for expression in computed { answers.append(try expression.value(of: values, now: now)) }
        let result: Result<Answer, any Error> = try answers.asRow { (answers: inout SQLRow) throws(PrismaError) in
            // What the query has beside its selections, as joined rows, comes after them.
            let cells =
                sources.map { source in
                    switch source {
                    case .column(let index): start[index]
                    case .computed(let index): answers.cells[index]
                    }
                } + start[row.position...]
            return cells.withUnsafeBufferPointer { cells in
                var whole = SQLRow(cells: cells)
                return Result { try body(&whole) }
            }
        }
        return try result.get()
    }
}
