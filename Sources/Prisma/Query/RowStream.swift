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
    public func stream(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        batch: Int = 500
    ) throws -> RowStream<Model> {
        let request = try request(where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip)
        guard !request.isReversed, !request.nodes.contains(where: \.hasFunction) else {
            throw PrismaError(
                .validationFailed, "A stream cannot take from the end, nor filter or sort by a prediction.", model: Model.modelName,
                help: "Order the other way round, or use findMany.")
        }
        let statement = try request.statement(in: engine)
        return RowStream { [engine] requests, batches in
            do {
                try await engine.withConnection(for: .read) { connection in
                    let cursor = try await connection.open(statement)
                    do {
                        for await _ in requests {
                            let rows = try await cursor.read(upTo: max(1, batch)) { rows in try Model.read(&rows) }
                            if rows.isEmpty { break }
                            batches.yield(rows)
                        }
                        await cursor.close()
                    } catch {
                        await cursor.close()
                        throw error
                    }
                }
                batches.finish()
            } catch let error as PrismaError {
                batches.finish(throwing: engine.explained(error, model: Model.modelName, columns: nil))
            } catch {
                batches.finish(throwing: error)
            }
        }
    }
}
