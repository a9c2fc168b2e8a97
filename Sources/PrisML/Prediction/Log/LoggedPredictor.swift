public import Prisma

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Predictor {
    /// The predictor with a log of what it answers for rows: beside rows of a query, in hand and by key. Conditions and orders, which ask
    /// about far more rows than are given back, are not logged.
    public func logged(to log: PredictionLog) -> LoggedPredictor<Model, Label> { LoggedPredictor(predictor: self, log: log) }
}

/// A predictor whose answers are logged.
public struct LoggedPredictor<Model: Record, Label: ColumnValue>: Includable {
    let predictor: Predictor<Model, Label>
    let log: PredictionLog

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Prediction<Label>> {
        let loaded = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
        let plan = try engine.plan(Model.modelName)
        let (keys, spelling) = (try plan.keyColumns(), KeySpelling(of: plan))
        let labels = predictor.labels
        return Inclusion(selections: predictor.definition.features.flatMap(\.selections) + keys) {
            KeyedCollector<Prediction<Label>>(features: EncodedRows(loaded), keyTypes: keys.map(\.type)) { features, keys in
                let start = ContinuousClock.now
                let answers = try features.predictions(by: labels).map { try $0.get() }
                add(
                    zip(keys.lazy.map(spelling.text), answers.map { .success($0) }), latency: ContinuousClock.now - start,
                    time: engine.options.clock())
                return answers
            }
        }
    }

    /// What is predicted for a row in hand; the predictor must be loaded.
    public func predict(_ row: Model) throws -> Prediction<Label> {
        let ready = try predictor.ready()
        return try logging(try ready.key(of: row)) { try ready.predict(row) }
    }

    /// What is predicted for a row and its related rows; the predictor must be loaded.
    public func predict(_ row: RecordRow<Model>) throws -> Prediction<Label> {
        let ready = try predictor.ready()
        return try logging(try ready.key(of: row.record)) { try ready.predict(row) }
    }

    /// What is predicted for features by their names, which have no key; the predictor must be loaded.
    public func predict(features: [String: JSON]) throws -> Prediction<Label> {
        try logging("") { try predictor.predict(features: features) }
    }

    /// What is predicted for rows in hand, in their order, all of them or none; the predictor must be loaded.
    public func predict(_ rows: [Model]) throws -> [Prediction<Label>] {
        try logging(rows) { try $0.predict(rows).map { .success($0) } }.map { try $0.get() }
    }

    /// What is predicted for rows in hand, in their order: for one that fails its error, which is not logged, for the others the answer.
    public func predictEach(_ rows: [Model]) throws -> [Result<Prediction<Label>, PredictorError>] {
        try logging(rows) { try $0.predictEach(rows) }
    }

    private func logging(_ key: String, _ predict: () throws -> Prediction<Label>) rethrows -> Prediction<Label> {
        let start = ContinuousClock.now
        let answer = try predict()
        log.add(CollectionOfOne(entry(answer, key: key, latency: ContinuousClock.now - start, time: Date())))
        return answer
    }

    private func logging(
        _ rows: [Model], _ predict: (ReadyPredictor<Model, Label>) throws -> [Result<Prediction<Label>, PredictorError>]
    ) throws -> [Result<Prediction<Label>, PredictorError>] {
        let ready = try predictor.ready()
        let start = ContinuousClock.now
        let answers = try predict(ready)
        let latency = ContinuousClock.now - start
        let keys = try ready.keys(of: rows)
        add(zip(keys, answers), latency: latency, time: Date())
        return answers
    }

    /// Logs the answers among some results; each took its share of the time.
    func add(
        _ results: some Sequence<(String, Result<Prediction<Label>, PredictorError>)>, latency: Duration, time: Date
    ) {
        let results = Array(results)
        let share = latency / max(1, results.count)
        log.add(results.compactMap { key, result in (try? result.get()).map { entry($0, key: key, latency: share, time: time) } })
    }

    private func entry(_ answer: Prediction<Label>, key: String, latency: Duration, time: Date) -> PredictionLog.Entry {
        PredictionLog.Entry(
            predictor: predictor.name, version: answer.version, key: key, output: answer.score, latency: latency, time: time)
    }
}

extension PrismaClientProtocol {
    /// As `predict(_:ids:)` of the predictor, with the answers in the log.
    public func predict<Model, Label, ID: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [ID]
    ) async throws -> PredictionsByID<ID, Label> {
        let spelling = KeySpelling(of: try engine.plan(Model.modelName))
        let start = ContinuousClock.now
        let answers = try await predict(logged.predictor, ids: ids)
        logged.add(
            answers.found.map { (spelling.text($0.id.sqlValue), .success($0.prediction)) }, latency: ContinuousClock.now - start,
            time: engine.options.clock())
        return answers
    }

    /// As `predictEach(_:ids:)` of the predictor, with the answers, and not the failures, in the log.
    public func predictEach<Model, Label, ID: ColumnValue>(
        _ logged: LoggedPredictor<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, result: Result<Prediction<Label>, PredictorError>)], missing: [ID]) {
        let spelling = KeySpelling(of: try engine.plan(Model.modelName))
        let start = ContinuousClock.now
        let answers = try await predictEach(logged.predictor, ids: ids)
        logged.add(
            answers.found.map { (spelling.text($0.id.sqlValue), $0.result) }, latency: ContinuousClock.now - start,
            time: engine.options.clock())
        return answers
    }
}
