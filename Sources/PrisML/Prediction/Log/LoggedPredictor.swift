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
        try await inclusion(in: engine, isStrict: true) { try $0.map { try $0.get() } }
    }

    /// The same with each row's own error, which is not logged, in place of its answer, where there is one.
    public var perRow: some PredictingIncludable<Result<Prediction<Label>, PredictorError>> {
        AnswersPerRow { engine in try await inclusion(in: engine, isStrict: false) { $0 } }
    }

    private func inclusion<Answer: Sendable>(
        in engine: PrismaEngine, isStrict: Bool,
        _ answers: @escaping @Sendable ([Result<Prediction<Label>, PredictorError>]) throws -> [Answer]
    ) async throws -> Inclusion<Answer> {
        let loaded = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
        let reader = try loaded.reader(predictor.definition, in: engine, besideRecord: true)
        let keys = try KeyReader(of: try engine.plan(Model.modelName), besideRecord: true)
        return Inclusion(selections: reader.selections + keys.selections) { [labels = predictor.labels, now = engine.instant] in
            KeyedCollector(EncodedRows(loaded, reader, now: now, isStrict: isStrict), keys) { features, keys in
                let start = ContinuousClock.now
                let results = try features.predictions(by: labels)
                let latency = ContinuousClock.now - start
                let answers = try answers(results)
                add(zip(keys, results), latency: latency, time: engine.options.clock())
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

    /// What is predicted for a row that is not saved yet, which has no key; the predictor must be loaded.
    public func predict(_ row: Model.Create) throws -> Prediction<Label> {
        try logging("") { try predictor.predict(row) }
    }

    /// What is predicted for features by their names, which have no key; the predictor must be loaded.
    public func predict(features: [String: JSON]) throws -> Prediction<Label> {
        try logging("") { try predictor.predict(features: features) }
    }

    /// What is predicted for rows in hand, in their order, all of them or none; the predictor must be loaded.
    public func predict(_ rows: [Model]) throws -> [Prediction<Label>] {
        try logging(rows) { try $0.predict(rows).map { .success($0) } }.map { try $0.get() }
    }

    /// The same for rows and their related rows.
    public func predict(_ rows: [RecordRow<Model>]) throws -> [Prediction<Label>] {
        try logging(rows.map(\.record)) { try $0.predict(rows).map { .success($0) } }.map { try $0.get() }
    }

    /// What is predicted for rows in hand, in their order: for one that fails its error, which is not logged, for the others the answer.
    public func predictEach(_ rows: [Model]) throws -> [Result<Prediction<Label>, PredictorError>] {
        try logging(rows) { try $0.predictEach(rows) }
    }

    /// The same for rows and their related rows.
    public func predictEach(_ rows: [RecordRow<Model>]) throws -> [Result<Prediction<Label>, PredictorError>] {
        try logging(rows.map(\.record)) { try $0.predictEach(rows) }
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
