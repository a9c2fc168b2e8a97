/// Rows that are read while they are used, in constant memory.
///
/// ```swift
/// for try await user in prisma.user.stream(where: { $0.plan == .pro }) { print(user.email) }
/// ```
/// It holds a connection from the first row to the last, or until the loop is left.
public struct RowStream<Row: Sendable>: AsyncSequence, Sendable {
    public typealias Element = Row

    private let produce: @Sendable (AsyncStream<Void>, AsyncThrowingStream<[Row], any Error>.Continuation) async -> Void

    init(
        _ produce: @escaping @Sendable (AsyncStream<Void>, AsyncThrowingStream<[Row], any Error>.Continuation) async -> Void
    ) {
        self.produce = produce
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(produce)
    }

    public final class Iterator: AsyncIteratorProtocol {
        private var batch: IndexingIterator<[Row]> = [].makeIterator()
        private var batches: AsyncThrowingStream<[Row], any Error>.Iterator
        /// One element asks for one batch: what was not asked for is not read.
        private let requests: AsyncStream<Void>.Continuation
        private let task: Task<Void, Never>

        init(_ produce: @escaping @Sendable (AsyncStream<Void>, AsyncThrowingStream<[Row], any Error>.Continuation) async -> Void) {
            let (requested, requests) = AsyncStream<Void>.makeStream()
            let (produced, batches) = AsyncThrowingStream<[Row], any Error>.makeStream()
            self.requests = requests
            self.batches = produced.makeAsyncIterator()
            task = Task { await produce(requested, batches) }
        }

        deinit {
            requests.finish()
            task.cancel()
        }

        public func next() async throws -> Row? {
            if let row = batch.next() { return row }
            requests.yield()
            guard let rows = try await batches.next() else {
                // A task that was cancelled gets nil from the stream; it must not look like the end.
                try Task.checkCancellation()
                return nil
            }
            batch = rows.makeIterator()
            return batch.next()
        }
    }
}

extension ModelQueries {
    /// All rows that match, one after the other, in constant memory.
    ///
    /// A condition may ask for predictions; an order may on SQLite, which sorts by them itself.
    public func stream(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        batch: Int = 500
    ) throws -> RowStream<Model> {
        let request = try request(where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip)
        return try RowStream(engine, request, batch: batch) { StreamedRecords<Model>() }
    }
}

/// Makes something of the rows of a batch.
protocol StreamedBatch<Row>: Sendable {
    associatedtype Row: Sendable

    mutating func add(_ row: inout SQLRow) throws
    consuming func rows(_ context: QueryContext) async throws -> [Row]
}

private struct StreamedRecords<Model: Record>: StreamedBatch {
    private var records: [Model] = []

    init() {}

    mutating func add(_ row: inout SQLRow) throws { records.append(try Model(row: &row)) }

    consuming func rows(_ context: QueryContext) -> [Model] { records }
}

/// Records with something beside each of them that needs nothing but the query's own columns.
private struct StreamedInclusion<Model: Record, Loaded: Sendable>: StreamedBatch {
    private var records: [Model] = []
    private var collector: any InclusionCollector<Loaded>

    init(_ inclusion: Inclusion<Loaded>) {
        collector = inclusion.makeCollector()
    }

    mutating func add(_ row: inout SQLRow) throws {
        row.beginRecord(Model.self)
        records.append(try Model(row: &row))
        try collector.collect(&row)
    }

    consuming func rows(_ context: QueryContext) async throws -> [(Model, Loaded)] {
        let records = records
        return Array(zip(records, try await collector.load(in: context)))
    }
}

extension ModelQueries {
    /// The rows that match with something beside each of them, one after the other, in constant memory.
    ///
    /// - Parameter item: it may need the query's own columns and no further query: the connection is at the rows.
    package func stream<Item: Includable>(
        _ item: Item, where condition: RowExpression<Bool>?, orderBy: [RowOrder], take: Int?, skip: Int?, batch: Int
    ) throws -> RowStream<(Model, Item.Loaded)> {
        let request = try request(where: condition, orderBy: orderBy, take: take, skip: skip)
        return try RowStream(engine, request, batch: batch, including: item) { StreamedInclusion<Model, Item.Loaded>($0) }
    }
}

extension RowStream {
    fileprivate init<Batch: StreamedBatch<Row>>(
        _ engine: PrismaEngine, _ request: FindRequest, batch: Int, _ make: @escaping @Sendable () -> Batch
    ) throws {
        try self.init(engine, request, batch: batch) { _ in ([], make) }
    }

    fileprivate init<Item: Includable, Batch: StreamedBatch<Row>>(
        _ engine: PrismaEngine, _ request: FindRequest, batch: Int, including item: Item,
        _ make: @escaping @Sendable (Inclusion<Item.Loaded>) -> Batch
    ) throws {
        try self.init(engine, request, batch: batch) { engine in
            let inclusion = try await item.inclusion(in: engine)
            return (inclusion.selections, { make(inclusion) })
        }
    }

    /// - Parameter prepare: what is selected beside the records, and what makes something of a batch.
    private init<Batch: StreamedBatch<Row>>(
        _ engine: PrismaEngine, _ request: FindRequest, batch: Int,
        _ prepare: @escaping @Sendable (PrismaEngine) async throws -> ([ExpressionNode], @Sendable () -> Batch)
    ) throws {
        try StreamedRows.check(request, in: engine)
        self.init { requests, batches in
            let engine = engine.forOneQuery
            do {
                let (selections, make) = try await prepare(engine)
                var request = request
                request.selections += selections
                try await engine.withConnection(for: .read, preparing: request.nodes) { [request] engine, connection in
                    let functions = try await engine.prepareFunctions(of: request.nodes, on: connection)
                    let rows = try StreamedRows(request, functions, in: engine)
                    let cursor = try await connection.open(rows.statement)
                    do {
                        var place = rows.start
                        for await _ in requests {
                            var found: [Row] = []
                            // A batch in which no row matches is no end.
                            while found.isEmpty, !place.isAtEnd {
                                let (read, next) = try await cursor.read(upTo: Swift.max(1, batch)) { [place] source in
                                    var (read, place) = (make(), place)
                                    try rows.read(&source, &place) { try read.add(&$0) }
                                    return (read, place)
                                }
                                place = next
                                found = try await read.rows(QueryContext(engine: engine, connection: connection))
                            }
                            if found.isEmpty { break }
                            batches.yield(found)
                        }
                        await cursor.close()
                    } catch {
                        await cursor.close()
                        throw error
                    }
                }
                batches.finish()
            } catch let error as PrismaError {
                batches.finish(throwing: engine.explained(error, model: request.model, columns: nil))
            } catch {
                batches.finish(throwing: error)
            }
        }
    }
}
