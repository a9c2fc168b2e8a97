public import Prisma

/// A row with predictions: the row's own fields show through, the predictions are under `ml`.
@dynamicMemberLookup
public struct PredictedRecord<Model: Record, Predictions: Sendable>: Sendable {
    public let row: Model
    /// What was predicted: one prediction, or a tuple of several.
    public let ml: Predictions

    public subscript<Value>(dynamicMember field: KeyPath<Model, Value>) -> Value { row[keyPath: field] }
}

/// The queries of a model whose rows come with predictions.
public struct PredictingQueries<Model: Record, each Item: Includable>: Sendable {
    fileprivate let queries: ModelQueries<Model>
    fileprivate let items: (repeat each Item)

    public typealias Row = PredictedRecord<Model, (repeat (each Item).Loaded)>

    init(_ queries: ModelQueries<Model>, _ items: repeat each Item) {
        self.queries = queries
        self.items = (repeat each items)
    }

    /// The row with a unique key; nil where there is none.
    public func findUnique(where condition: ModelQueries<Model>.Condition) async throws -> Row? {
        try await rows(try queries.uniqueRequest(condition)).first
    }

    /// The first row that matches; nil where none does.
    public func findFirst(
        where condition: ModelQueries<Model>.Condition? = nil,
        @RowOrderBuilder orderBy: ModelQueries<Model>.Ordering = { _ in [] }, skip: Int? = nil
    ) async throws -> Row? {
        try await findMany(where: condition, orderBy: orderBy, take: 1, skip: skip).first
    }

    /// All rows that match, in an order, from a position.
    public func findMany(
        where condition: ModelQueries<Model>.Condition? = nil,
        @RowOrderBuilder orderBy: ModelQueries<Model>.Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        cursor: ModelQueries<Model>.Condition? = nil
    ) async throws -> [Row] {
        try await rows(
            queries.request(
                where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip, cursor: cursor?(Model.columns)))
    }

    private func rows(_ request: FindRequest) async throws -> [Row] {
        let (rows, loaded, order) = try await queries.gathered(request, repeat each items)
        return order.map { Row(row: rows[$0], ml: (repeat (each loaded)[$0])) }
    }
}

extension ModelQueries {
    /// Queries whose rows come with predictions under `ml`.
    ///
    /// ```swift
    /// let user = try await prisma.user.withML(churn).findUnique(where: { $0.id == 7 })
    /// print(user?.email, user?.ml.probability)
    /// ```
    public func withML<each Item: Includable>(_ predictors: repeat each Item) -> PredictingQueries<Model, repeat each Item> {
        PredictingQueries(self, repeat each predictors)
    }

    /// The predictions of all rows that match, as `withML(…).findMany` gives them.
    public func withMLMany<each Item: Includable>(
        _ predictors: repeat each Item, where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] },
        take: Int? = nil, skip: Int? = nil, cursor: Condition? = nil
    ) async throws -> [PredictedRecord<Model, (repeat (each Item).Loaded)>] {
        try await withML(repeat each predictors).findMany(where: condition, orderBy: orderBy, take: take, skip: skip, cursor: cursor)
    }
}

/// Something to include whose answers need the row's own query and no other: predictions of every kind, but no relations.
///
/// A type that conforms promises that its inclusion reads nothing but the columns that it adds to that query: a stream hands rows on while
/// its query still runs on the connection. Only this package's predictors and experiments can keep that promise, since an `Inclusion`
/// can be made nowhere else; a type of your own may wrap one of them and give its inclusion on.
public protocol PredictingIncludable<Loaded>: Includable {}

extension Predictor: PredictingIncludable {}
extension PerRowPredictor: PredictingIncludable {}
extension ExplainedPredictor: PredictingIncludable {}
extension LoggedPredictor: PredictingIncludable {}
extension Experiment: PredictingIncludable {}

extension ModelQueries {
    /// All rows that match with a prediction beside each, one after the other, in constant memory; a batch is scored in one go.
    ///
    /// ```swift
    /// for try await (user, risk) in try prisma.user.stream(where: { churn($0).probability > 0.8 }, include: churn) { … }
    /// ```
    public func stream<Item: PredictingIncludable>(
        where condition: Condition? = nil, @RowOrderBuilder orderBy: Ordering = { _ in [] }, take: Int? = nil, skip: Int? = nil,
        batch: Int = 500, include item: Item
    ) throws -> RowStream<(Model, Item.Loaded)> {
        try stream(
            item, where: condition?(Model.columns), orderBy: orderBy(Model.columns), take: take, skip: skip, batch: batch)
    }
}
