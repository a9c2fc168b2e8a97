public import Prisma

extension PrismaClientProtocol {
    /// As `predict(_:ids:)` of the predictor, with the answers in the log.
    public func predict<Model, Label, ID: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [ID]
    ) async throws -> PredictionsByID<ID, Label> {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        return try await logging(keys, of: logged, isStrict: true) { try PredictionsByID($0) }
    }

    /// The same for rows whose key has several fields.
    public func predict<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> PredictionsByID<(First, Second, repeat each Rest), Label> {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        return try await logging(keys, of: logged, isStrict: true) { try PredictionsByID($0) }
    }

    /// As `predictEach(_:ids:)` of the predictor, with the answers, and not the failures, in the log.
    public func predictEach<Model, Label, ID: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)], missing: [ID]) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        return try await logging(keys, of: logged, isStrict: false) { answers in
            (answers.found.map { ($0.id, $0.answer) }, answers.missing)
        }
    }

    /// The same for rows whose key has several fields.
    public func predictEach<Model, Label, First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [(First, Second, repeat each Rest)]
    ) async throws -> (
        found: [(id: (First, Second, repeat each Rest), result: Result<Prediction<Label>, PredictorError>)],
        missing: [(First, Second, repeat each Rest)]
    ) {
        let keys = try RowKeys(ids, of: Model.self, in: engine, logged.predictor.name)
        return try await logging(keys, of: logged, isStrict: false) { answers in
            (answers.found.map { ($0.id, $0.answer) }, answers.missing)
        }
    }

    /// Asks about rows, and logs the answers unless what is made of them throws: one that fails fails all then, which nobody is told of.
    private func logging<Model, Label, ID, Answers>(
        _ keys: RowKeys<ID>, of logged: LoggedPredictor<Model, Label>, isStrict: Bool,
        _ make: ((found: [(id: ID, answer: Result<Prediction<Label>, PredictorError>)], missing: [ID])) throws -> Answers
    ) async throws -> Answers {
        let start = ContinuousClock.now
        let answers = try await answers(of: logged.predictor, keys, isStrict: isStrict)
        let latency = ContinuousClock.now - start
        let made = try make(keys.matched(with: answers))
        logged.add(
            keys.texts.compactMap { key in answers[key].map { (key, $0) } }, latency: latency, time: engine.options.clock())
        return made
    }
}
