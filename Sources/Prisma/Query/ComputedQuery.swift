internal import PrismaSchema
internal import Synchronization

/// A query with functions of this process, on a database that cannot call them.
///
/// The database answers what it can: the conditions without functions, and for the rows that remain the functions' arguments. Those
/// rows are streamed; functions, remaining conditions and order are evaluated here, and only as many keys are kept as the query takes.
/// The rows themselves are then fetched by key.
struct ComputedQuery: Sendable {
    private let engine: PrismaEngine
    private let request: FindRequest
    private let plan: ModelPlan
    private let table: ComputedColumns
    private let filter: CompiledExpression?
    private let order: [RowOrder]
    private let orderKeys: [CompiledExpression]
    private let cursor: CompiledExpression?
    private let now: Int64
    /// What the table's functions do.
    private let functions: [RowFunction.Prepared]
    /// The candidates: keys, arguments and plain parts.
    private let candidates: FindRequest
    private let keys: [ExpressionNode]
    private let keyTypes: [ValueType]
    /// The same for many rows at once; nil where something that decides is no number.
    private let scan: CandidateScan?

    /// Nil if the database answers the request by itself.
    ///
    /// - Parameter scoresAll: whether all candidates have to be scored, whoever does it. A database that calls functions calls them row by
    ///   row; it is asked where it may find enough rows early, or gives back all that match.
    init?(
        _ request: FindRequest, _ functions: [RowFunction: RowFunction.Prepared], now: Int64, scoresAll: Bool, in engine: PrismaEngine
    ) throws {
        let decisive = [request.filter, request.cursor].compactMap(\.self) + request.order.map(\.node)
        guard decisive.contains(where: \.hasFunction),
            !engine.callsFunctions(of: request.nodes) || engine.options.scoresInBatches && scoresAll
        else {
            return nil
        }
        plan = try engine.plan(request.model)
        guard !plan.primaryKey.isEmpty else {
            throw PrismaError(
                .validationFailed, "A prediction in `where` or `orderBy` needs a model with a key.", model: request.model,
                help: "Add an @id to the model.")
        }
        self.engine = engine
        self.request = request
        keys = try plan.keyColumns()
        keyTypes = keys.map(\.type)
        var candidates = FindRequest(model: request.model)
        candidates.selectsRecord = false
        candidates.order = keys.map { RowOrder($0, descending: request.isReversed) }
        let parts = request.filter?.conjuncts ?? []
        let plain = parts.filter { !$0.hasFunction }.reduce(nil, ExpressionNode.conjunction)
        // The row that a cursor names need not match: it is where the rows begin that do.
        candidates.filter = plain.map { plain in request.cursor.map { .binary(.or, plain, $0) } ?? plain }
        self.now = now
        candidates.now = request.now

        var table = ComputedColumns()
        let remaining = request.cursor == nil ? parts.filter(\.hasFunction) : parts
        let filter = remaining.reduce(nil, ExpressionNode.conjunction).map { table.replaced($0) }
        let terms = request.isReversed ? request.order.map(\.reversed) : request.order
        let order = terms.map { term in
            if !term.node.hasFunction, [.string, .enumeration].contains(term.node.type.kindForOrder) {
                return RowOrder(table.rank(term), descending: false)
            }
            // Where nothing is said, nulls stand where the database puts them.
            let nulls: RowOrder.Nulls = (engine.dialect == .postgresql) == term.isDescending ? .first : .last
            return RowOrder(table.replaced(term.node), descending: term.isDescending, nulls: term.nulls ?? nulls)
        }
        let cursor = request.cursor.map { table.replaced($0) }
        candidates.selections = keys + table.selections
        candidates.ranks = table.ranks
        self.table = table
        self.functions = table.functions.compactMap { functions[$0] }
        self.order = order
        scan = CandidateScan(table, filter: filter, cursor: cursor, order: order)
        self.filter = try filter.map { try table.compiled($0) }
        self.cursor = try cursor.map { try table.compiled($0) }
        orderKeys = try order.map { try table.compiled($0.node) }
        self.candidates = candidates
    }

    /// The keys of the rows that the query gives, in their order.
    func keys(on connection: any SQLConnection) async throws -> [SQLValue] {
        // The row of a cursor is looked up first where another scan gives it the same place. A rank is a place among the rows of one scan:
        // there, all rows are kept until the cursor's turns up.
        let looksUp = table.ranks.isEmpty && batches != nil
        let limit = cursor == nil || looksUp ? RowPage.end(take: request.take, skip: request.skip) : nil
        var rows: [(key: SQLValue, isCursor: Bool, matches: Bool)]
        if let (scan, batches) = batches {
            var best = BestCandidates(order, limit: limit, isReversed: isNumbered && request.isReversed)
            if looksUp, let cursor = request.cursor {
                let row = try await self.scan(scan, batches, best, where: cursor, on: connection).sorted().first { $0.isCursor }
                guard let row else { return [] }
                best.begin(at: row, isNumbered: isNumbered)
            }
            rows = try await self.scan(scan, batches, best, where: candidates.filter, on: connection).sorted().map {
                ($0.key, $0.isCursor, $0.matches)
            }
        } else {
            rows = try await self.scan(Best(order: order, limit: limit), on: connection).sorted().map {
                ($0.key, $0.isCursor, $0.matches)
            }
        }
        if cursor != nil, !looksUp { rows = rows.drop { !$0.isCursor }.filter(\.matches) }
        rows = Array(rows.dropFirst(request.skip ?? 0))
        if let take = request.take { rows = Array(rows.prefix(Int(clamping: take.magnitude))) }
        return rows.map(\.key)
    }

    func count(on connection: any SQLConnection) async throws -> Int {
        guard let (scan, batches) = batches else { return try await self.scan(Counted(), on: connection).count }
        return try await self.scan(scan, batches, CountedCandidates(), where: candidates.filter, on: connection).count
    }

    /// How to go through the candidates in batches; nil where a function has no such form.
    private var batches: (CandidateScan, [RowFunction.Batches])? {
        let batches = functions.compactMap(\.batches)
        guard let scan, batches.count == functions.count, engine.options.scoresInBatches else { return nil }
        return (scan, batches)
    }

    /// Reads candidates batch by batch; meanwhile the batch before is looked at.
    private func scan<Sink: CandidateSink>(
        _ scan: CandidateScan, _ batches: [RowFunction.Batches], _ sink: Sink, where filter: ExpressionNode?,
        on connection: any SQLConnection
    ) async throws -> Sink {
        var request = candidates
        request.filter = filter
        request.selections = keys + table.selections(batches)
        // The database need not sort what sorts by numbers here.
        if isNumbered { request.order = [] }
        let (now, keyTypes, isNumbered) = (now, keyTypes, isNumbered)
        let (found, place) = (Shared(sink), Shared(Int64(0)))
        try await reading(request, on: connection) { cursor in
            try await withThrowingTaskGroup(of: Void.self) { group in
                while true {
                    let batch = try await cursor.read(upTo: Self.batchSize) { rows in
                        try place.value.withLock { place in
                            var batch = CandidateScan.Batch(functions: batches.map { $0.make(now) })
                            while var row = try rows.next() {
                                place += 1
                                try scan.read(&row, keyTypes, place: isNumbered ? nil : place, into: &batch)
                            }
                            return batch
                        }
                    }
                    try await group.waitForAll()
                    if batch.keys.isEmpty { return }
                    group.addTask { try found.value.withLock { try scan.evaluate(batch, now: now, into: &$0) } }
                }
            }
        }
        return found.value.withLock { $0 }
    }

    /// Whether the key itself tells where a row stands among equals. Elsewhere the database sorts by it, in its own way.
    private var isNumbered: Bool { keyTypes.count == 1 && keyTypes[0].isInteger }

    /// So many rows are scored in about the time that a change of threads takes, many times over.
    private static let batchSize = 4096

    /// Reads candidates and evaluates them one by one: for what is no number.
    private func scan<Sink: ComputedSink>(
        _ start: Sink, on connection: any SQLConnection
    ) async throws -> Sink {
        let bodies = functions.map(\.body)
        let sink = Mutex(start)
        try await reading(candidates, on: connection) { cursor in
            var isDone = false
            while !isDone {
                isDone = try await cursor.read(upTo: Self.batchSize) { rows in
                    try sink.withLock { sink in
                        var read = 0
                        while var row = try rows.next() {
                            read += 1
                            if let candidate = try candidate(&row, bodies) { sink.add(candidate) }
                        }
                        return read == 0
                    }
                }
            }
        }
        return sink.withLock { $0 }
    }

    private func reading(
        _ request: FindRequest, on connection: any SQLConnection, _ body: (any SQLCursor) async throws -> Void
    ) async throws {
        let statement = try request.statement(in: engine)
        try await engine.observed(statement, model: request.model, columns: []) {
            let cursor =
                if let connection = connection as? any SQLReadingAhead {
                    try await connection.openAhead(statement)
                } else {
                    try await connection.open(statement)
                }
            do {
                try await body(cursor)
                await cursor.close()
            } catch {
                await cursor.close()
                throw error
            }
        }
    }

    /// Nil if the row does not match.
    private func candidate(_ row: inout SQLRow, _ bodies: [RowFunction.Body]) throws -> Candidate? {
        var parts: [SQLValue] = []
        for type in keyTypes { parts.append(try row.value(of: type)) }
        let values = ComputedRow(try table.values(of: &row, bodies))
        let isCursor = try cursor?.value(of: values, now: now).isTrue ?? false
        let matches = try filter?.value(of: values, now: now).isTrue ?? true
        guard matches || isCursor else { return nil }
        let keys = try orderKeys.map { try $0.value(of: values, now: now) }
        return Candidate(key: parts.count == 1 ? parts[0] : .list(parts), order: keys, isCursor: isCursor, matches: matches)
    }

    struct Candidate: Sendable {
        var key: SQLValue
        var order: [SQLValue]
        var isCursor: Bool
        /// False for a cursor's row that is none of the query's own.
        var matches: Bool
    }
}

/// A value that one task after the other changes.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}

/// What becomes of the rows that match.
private protocol ComputedSink: Sendable {
    mutating func add(_ candidate: ComputedQuery.Candidate)
}

private struct Counted: ComputedSink {
    var count = 0

    mutating func add(_ candidate: ComputedQuery.Candidate) { count += 1 }
}

/// The first rows in an order. Equal rows keep the order in which they came, which is that of the key.
private struct Best: ComputedSink {
    let order: [RowOrder]
    let limit: Int?
    private var rows: [ComputedQuery.Candidate] = []

    init(order: [RowOrder], limit: Int?) {
        self.order = order
        self.limit = limit
    }

    mutating func add(_ candidate: ComputedQuery.Candidate) {
        rows.append(candidate)
        // Cutting at twice the limit makes each row take part in a constant number of sorts.
        if let limit, (rows.count - 1024) / 2 > limit { rows = Array(sorted().prefix(limit)) }
    }

    func sorted() -> [ComputedQuery.Candidate] {
        // The standard library's sort is stable, though it does not promise to be: positions make it certain.
        rows.enumerated().sorted { left, right in
            order.precedes(left.element.order, right.element.order) ?? (left.offset < right.offset)
        }.map(\.element)
    }
}

/// Expressions taken apart: what the database computes, what functions compute from it, and what is left to evaluate.
struct ComputedColumns: Sendable {
    private(set) var functions: [RowFunction] = []
    private var calls: [ExpressionNode] = []
    private var arguments: [[ExpressionNode]] = []
    private var plain: [ExpressionNode] = []
    private(set) var ranks: [RowOrder] = []

    var plainTypes: [ValueType] { plain.map(\.type) }

    /// The same where functions read columns of their own choice.
    func selections(_ batches: [RowFunction.Batches]) -> [ExpressionNode] { batches.flatMap(\.selections) + plain }

    /// The columns that a candidate's row holds: each call's arguments, then the plain parts; ranks follow.
    var selections: [ExpressionNode] { arguments.flatMap(\.self) + plain }

    /// The expression with each call of a function, and each part that has none, as a column of a `ComputedRow`.
    mutating func replaced(_ node: ExpressionNode) -> ExpressionNode {
        if case .function(let function, let arguments) = node {
            let index = calls.firstIndex(of: node) ?? calls.count
            if index == calls.count {
                calls.append(node)
                functions.append(function)
                self.arguments.append(arguments)
            }
            return Self.column("f\(index)", node.type)
        }
        switch node {
        case .literal, .now: return node
        default: break
        }
        guard node.hasFunction else {
            let index = plain.firstIndex(of: node) ?? plain.count
            if index == plain.count { plain.append(node) }
            return Self.column("p\(index)", node.type)
        }
        return node.mappingChildren { replaced($0) }
    }

    /// The place of a row in an order that only the database knows, as text has.
    mutating func rank(_ term: RowOrder) -> ExpressionNode {
        ranks.append(term)
        return Self.column("r\(ranks.count - 1)", .bigInt)
    }

    private static func column(_ name: String, _ type: ValueType) -> ExpressionNode {
        .column(ColumnReference(depth: 0, model: "", field: name, type: type))
    }

    func values(of row: inout SQLRow, _ bodies: [RowFunction.Body]) throws -> [SQLValue] {
        var values: [SQLValue] = []
        for body in bodies { values.append(try body(&row).map(SQLValue.double) ?? .null) }
        for node in plain { values.append(try row.value(of: node.type)) }
        for _ in ranks { values.append(.int(try row.int64())) }
        return values
    }

    /// What is left of an expression, ready to be evaluated on `ComputedRow`s; all expressions must be replaced before.
    func compiled(_ node: ExpressionNode) throws(PrismaError) -> CompiledExpression {
        guard !node.hasAggregate else {
            throw PrismaError(
                .invalidExpression, "A prediction of related rows cannot be part of a condition on PostgreSQL.",
                help: "Query the related model by the prediction first, and use the keys.")
        }
        let starts: [Character: Int] = ["f": 0, "p": functions.count, "r": functions.count + plain.count]
        let places = FieldPlaces { _, name in
            guard let kind = name.first, let start = starts[kind], let index = Int(name.dropFirst()) else { return nil }
            return start + index
        } key: { _ in
            []
        }
        return try CompiledExpression(node, on: "", in: places)
    }
}

/// The values of a row that `ComputedColumns` took an expression apart for.
struct ComputedRow: EvaluationRow {
    private let values: [SQLValue]

    init(_ values: [SQLValue]) {
        self.values = values
    }

    func value(at place: Int) -> SQLValue { values.indices.contains(place) ? values[place] : .null }

    func related(by field: String) -> [any EvaluationRow] { [] }
}

extension ExpressionNode {
    var hasFunction: Bool {
        if case .function = self { return true }
        return children.contains(where: \.hasFunction)
    }

    fileprivate var hasAggregate: Bool {
        if case .aggregate = self { return true }
        return children.contains(where: \.hasAggregate)
    }

    /// The conditions that must all hold.
    var conjuncts: [ExpressionNode] {
        if case .binary(.and, let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
    }
}

extension ValueType {
    fileprivate enum OrderKind { case string, enumeration, other }

    fileprivate var kindForOrder: OrderKind {
        switch self {
        case .string: .string
        case .enumeration: .enumeration
        default: .other
        }
    }
}

extension ModelPlan {
    /// The primary key's columns, of the outermost row.
    package func keyColumns() throws(PrismaError) -> [ExpressionNode] {
        var columns: [ExpressionNode] = []
        for name in primaryKey {
            guard let type = model.field(named: name)?.valueType else { continue }
            columns.append(.column(ColumnReference(depth: 0, model: model.name, field: name, type: type)))
        }
        return columns
    }
}
