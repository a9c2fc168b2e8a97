public import Prisma

extension PrismaClientProtocol {
    /// As `predict(_:ids:)` of the predictor, with the answers in the log.
    public func predict<Model, Label, ID: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [ID]
    ) async throws -> PredictionsByID<ID, Label> {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        return try PredictionsByID(keys.sorted(try await answers(of: logged, keys, isStrict: true)))
    }

    /// The same for rows whose key has several fields.
    public func predict<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> PredictionsByID<(First, Second, repeat each Rest), Label> {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        return try PredictionsByID(keys.sorted(try await answers(of: logged, keys, isStrict: true)))
    }

    /// As `predictEach(_:ids:)` of the predictor, with the answers, and not the failures, in the log.
    public func predictEach<Model, Label, ID: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)], missing: [ID]) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        let answers = keys.sorted(try await answers(of: logged, keys, isStrict: false))
        return (answers.found.map { ($0.id, $0.answer) }, answers.missing)
    }

    /// The same for rows whose key has several fields.
    public func predictEach<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> (
        found: [(id: (First, Second, repeat each Rest), result: Result<Prediction<Label>, PredictorError>)],
        missing: [(First, Second, repeat each Rest)]
    ) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        let answers = keys.sorted(try await answers(of: logged, keys, isStrict: false))
        return (answers.found.map { ($0.id, $0.answer) }, answers.missing)
    }

    private func answers<Model, Label, ID>(
        of logged: LoggedPredictor<Model, Label>, _ keys: RowKeys<ID>, isStrict: Bool
    ) async throws -> [String: Result<Prediction<Label>, PredictorError>] {
        let start = ContinuousClock.now
        let answers = try await answers(of: logged.predictor, keys, isStrict: isStrict)
        // One that fails fails all, which nobody is told of then.
        if isStrict { for answer in answers.values { _ = try answer.get() } }
        let latency = ContinuousClock.now - start
        logged.add(
            keys.texts.compactMap { key in answers[key].map { (key, $0) } }, latency: latency, time: engine.options.clock())
        return answers
    }
}
