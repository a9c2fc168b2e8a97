public import Prisma

/// The predictions of rows that were asked for by their keys.
public struct PredictionsByID<ID: ColumnValue, Label: Sendable>: Sendable {
    /// The rows that are there, in the order of the keys that were given; a key that was given twice is there twice.
    public let found: [(id: ID, prediction: Prediction<Label>)]
    /// The keys that no row has, in the order in which they were given.
    public let missing: [ID]
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
        let results = try await predictEach(predictor, ids: ids, isStrict: true)
        return PredictionsByID(found: try results.found.map { ($0.id, try $0.result.get()) }, missing: results.missing)
    }

    /// As `predict(_:ids:)`, with the error of a row that fails beside the answers of the others.
    public func predictEach<Model, Label, ID: ColumnValue>(
        _ predictor: Predictor<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)], missing: [ID]) {
        try await predictEach(predictor, ids: ids, isStrict: false)
    }

    private func predictEach<Model, Label, ID: ColumnValue>(
        _ predictor: Predictor<Model, Label>, ids: [ID], isStrict: Bool
    ) async throws -> (found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)], missing: [ID]) {
        let engine = engine
        let key = try key(of: Model.self, givenAs: ID.self, for: predictor.name)
        let loaded = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
        let spelling = KeySpelling(of: try engine.plan(Model.modelName))
        var answers: [SQLValue: Result<Prediction<Label>, PredictorError>] = [:]
        for chunk in Array(Set(ids.map(\.sqlValue))).chunked(by: 5000) {
            var request = FindRequest(model: Model.modelName)
            request.selectsRecord = false
            request.selections = [key] + predictor.definition.features.flatMap(\.selections)
            request.filter = .membership(key, Array(chunk), key.type)
            let (keys, features) = try await engine.withConnection(for: .read) { [request] connection in
                try await engine.read(request, on: connection, columns: [], into: ([SQLValue](), EncodedRows(loaded, isStrict: isStrict))) {
                    state, row in
                    state.0.append(try row.value(of: key.type))
                    try state.1.append(&row)
                }.state
            }
            for (key, result) in zip(keys, try features.predictions(by: predictor.labels)) { answers[spelling(key)] = result }
        }
        var found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)] = []
        var missing: [ID] = []
        for id in ids {
            if let answer = answers[spelling(id.sqlValue)] { found.append((id, answer)) } else { missing.append(id) }
        }
        return (found, missing)
    }
}

extension PrismaClientProtocol {
    /// The one column of a model's key, if keys can be given as a type.
    func key<Model: Record, ID: ColumnValue>(
        of model: Model.Type, givenAs type: ID.Type, for predictor: String
    ) throws -> ExpressionNode {
        let keys = try engine.plan(Model.modelName).keyColumns()
        guard keys.count == 1, let key = keys.first, key.type.accepts(ID.valueType) else {
            throw PredictorError(
                .invalidFeatures, predictor: predictor,
                "\(Model.modelName) has "
                    + (keys.count == 1 ? "a key of type \(keys[0].type), not \(ID.self)." : "no key of one field."),
                help: "Ask a query for the predictions: `prisma.findMany(where: \u{2026}, include: \(predictor))`.")
        }
        return key
    }
}

extension ValueType {
    /// Whether a key of this type can be given as another: whole numbers of either width.
    fileprivate func accepts(_ other: ValueType) -> Bool { self == other || isInteger && other.isInteger }
}
