public import Prisma

extension PrismaClientProtocol {
    /// What the arms of rows predict for them, by the rows' keys: the answers in the order of the keys, and the keys that no row has.
    public func predict<Model, Label, ID: ColumnValue>(
        _ experiment: Experiment<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, answer: AssignedPrediction<Label>)], missing: [ID]) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, experiment.predictor.name)
        let answers = keys.matched(with: try await answers(of: experiment, keys, isStrict: true))
        return (try answers.found.map { ($0.id, try $0.answer.get()) }, answers.missing)
    }

    /// The same for rows whose key has several fields.
    public func predict<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ experiment: Experiment<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> (
        found: [(id: (First, Second, repeat each Rest), answer: AssignedPrediction<Label>)], missing: [(First, Second, repeat each Rest)]
    ) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, experiment.predictor.name)
        let answers = keys.matched(with: try await answers(of: experiment, keys, isStrict: true))
        return (try answers.found.map { ($0.id, try $0.answer.get()) }, answers.missing)
    }

    /// As `predict(_:ids:)`, with the error of a row that fails beside the answers of the others.
    public func predictEach<Model, Label, ID: ColumnValue>(
        _ experiment: Experiment<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, result: Result<AssignedPrediction<Label>, PredictorError>)], missing: [ID]) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, experiment.predictor.name)
        let answers = keys.matched(with: try await answers(of: experiment, keys, isStrict: false))
        return (answers.found.map { ($0.id, $0.answer) }, answers.missing)
    }

    private func answers<Model, Label, ID>(
        of experiment: Experiment<Model, Label>, _ keys: RowKeys<ID>, isStrict: Bool
    ) async throws -> [String: Result<AssignedPrediction<Label>, PredictorError>] {
        try await answers(to: keys, of: Model.self) { engine in
            try await experiment.inclusion(in: engine, besideRecord: false, isStrict: isStrict) { $0 }
        }
    }
}
