public import Prisma

/// The predictions of rows that were asked for by their keys.
public struct PredictionsByID<ID: Sendable, Label: Sendable>: Sendable {
    /// The rows that are there, in the order of the keys that were given; a key that was given twice is there twice.
    public let found: [(id: ID, prediction: Prediction<Label>)]
    /// The keys that no row has, in the order in which they were given.
    public let missing: [ID]

    init(_ answers: (found: [(id: ID, answer: Result<Prediction<Label>, PredictorError>)], missing: [ID])) throws {
        found = try answers.found.map { ($0.id, try $0.answer.get()) }
        missing = answers.missing
    }
}

extension PrismaClientProtocol {
    /// What is predicted for the rows with these keys: the database computes the features, the rows themselves are not read.
    ///
    /// ```swift
    /// let risks = try await prisma.predict(churn, ids: [3, 1, 2])
    /// for (id, risk) in risks.found { print(id, risk.probability) }
    /// ```
    public func predict<Model, Label, ID: ColumnValue>(
        _ predictor: Predictor<Model, Label>, ids: [ID]
    ) async throws -> PredictionsByID<ID, Label> {
        let keys = try RowKeys(ids, of: Model.self, in: engine, predictor.name)
        return try PredictionsByID(keys.matched(with: try await answers(of: predictor, keys, isStrict: true)))
    }

    /// The same for rows whose key has several fields.
    ///
    /// ```swift
    /// let answers = try await prisma.predict(dear, ids: [(orderId, 1), (orderId, 2)])
    /// ```
    public func predict<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ predictor: Predictor<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> PredictionsByID<(First, Second, repeat each Rest), Label> {
        let keys = try RowKeys(ids, of: Model.self, in: engine, predictor.name)
        return try PredictionsByID(keys.matched(with: try await answers(of: predictor, keys, isStrict: true)))
    }

    /// As `predict(_:ids:)`, with the error of a row that fails beside the answers of the others.
    public func predictEach<Model, Label, ID: ColumnValue>(
        _ predictor: Predictor<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)], missing: [ID]) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, predictor.name)
        let answers = keys.matched(with: try await answers(of: predictor, keys, isStrict: false))
        return (answers.found.map { ($0.id, $0.answer) }, answers.missing)
    }

    /// The same for rows whose key has several fields.
    public func predictEach<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ predictor: Predictor<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> (
        found: [(id: (First, Second, repeat each Rest), result: Result<Prediction<Label>, PredictorError>)],
        missing: [(First, Second, repeat each Rest)]
    ) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, predictor.name)
        let answers = keys.matched(with: try await answers(of: predictor, keys, isStrict: false))
        return (answers.found.map { ($0.id, $0.answer) }, answers.missing)
    }
}

extension PrismaClientProtocol {
    /// What is predicted for rows by their keys, or the row's error, by the key as text.
    func answers<Model, Label, ID>(
        of predictor: Predictor<Model, Label>, _ keys: RowKeys<ID>, isStrict: Bool
    ) async throws -> [String: Result<Prediction<Label>, PredictorError>] {
        try await answers(to: keys, of: Model.self) { engine in
            let loaded = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
            let reader = try loaded.reader(predictor.definition, in: engine, besideRecord: false)
            let keys = try KeyReader(of: try engine.plan(Model.modelName), besideRecord: false)
            return Inclusion(selections: reader.selections + keys.selections) { [labels = predictor.labels, now = engine.instant] in
                KeyedCollector(EncodedRows(loaded, reader, now: now, isStrict: isStrict), keys) { features, keys in
                    Array(zip(keys, try features.predictions(by: labels)))
                }
            }
        }
    }

    /// What an inclusion, which needs no record, says of rows by their keys; by the key as text.
    func answers<Model: Record, ID, Answer: Sendable>(
        to keys: RowKeys<ID>, of model: Model.Type,
        _ inclusion: @Sendable (PrismaEngine) async throws -> Inclusion<(String, Answer)>
    ) async throws -> [String: Answer] {
        let engine = engine.forOneQuery
        let inclusion = try await inclusion(engine)
        var answers: [String: Answer] = [:]
        for condition in keys.conditions {
            var request = FindRequest(model: Model.modelName)
            request.selectsRecord = false
            request.selections = inclusion.selections
            request.filter = condition
            let found = try await engine.withConnection(for: .read) { [request] connection in
                let read = try await engine.read(request, on: connection, columns: [], into: inclusion.makeCollector()) { collector, row in
                    try collector.collect(&row)
                }
                return try await read.state.load(in: QueryContext(engine: engine, connection: connection))
            }
            for (key, answer) in found { answers[key] = answer }
        }
        return answers
    }
}
