public import Prisma

/// An experiment whose versions are loaded: answers for rows in hand, without waiting; any number of tasks may share it.
public struct ReadyExperiment<Model: Record, Label: ColumnValue>: Sendable {
    private let assignment: Assignment
    private let arms: [String: ReadyPredictor<Model, Label>]

    init(_ experiment: Experiment<Model, Label>, engine: PrismaEngine) async throws {
        assignment = experiment.assignment
        var arms: [String: ReadyPredictor<Model, Label>] = [:]
        for (arm, _) in experiment.assignment.arms {
            arms[arm] = try await ReadyPredictor(
                experiment.predictor, engine: engine, version: try await experiment.fixedModel(of: arm, in: engine))
        }
        self.arms = arms
    }

    /// What the arm of a row in hand predicts for it.
    public func predict(_ row: Model) throws -> AssignedPrediction<Label> {
        try answer(row) { try $0.predict(row) }
    }

    /// What the arm of a row in hand predicts for it and its related rows.
    public func predict(_ row: RecordRow<Model>) throws -> AssignedPrediction<Label> {
        try answer(row.record) { try $0.predict(row) }
    }

    /// What their arms predict for rows in hand, in their order; all of them or none.
    public func predict(_ rows: [Model]) throws -> [AssignedPrediction<Label>] {
        try answers(rows, rows) { try $0.predict($1).map { .success($0) } }.map { try $0.get() }
    }

    /// The same for rows and their related rows.
    public func predict(_ rows: [RecordRow<Model>]) throws -> [AssignedPrediction<Label>] {
        try answers(rows, rows.map(\.record)) { try $0.predict($1).map { .success($0) } }.map { try $0.get() }
    }

    /// What their arms predict for rows in hand, in their order: for one that fails its error, for the others the answer.
    public func predictEach(_ rows: [Model]) throws -> [Result<AssignedPrediction<Label>, PredictorError>] {
        try answers(rows, rows) { try $0.predictEach($1) }
    }

    private func answers<Row>(
        _ rows: [Row], _ records: [Model],
        _ predict: (ReadyPredictor<Model, Label>, [Row]) throws -> [Result<Prediction<Label>, PredictorError>]
    ) throws -> [Result<AssignedPrediction<Label>, PredictorError>] {
        guard let any = arms.values.first else { return [] }
        let keys = try any.keys(of: records)
        let places = Dictionary(grouping: rows.indices) { assignment.arm(for: keys[$0]) }
        var answers = [Result<AssignedPrediction<Label>, PredictorError>?](repeating: nil, count: rows.count)
        for (arm, places) in places {
            for (place, result) in zip(places, try predict(ready(arm), places.map { rows[$0] })) {
                answers[place] = result.map { AssignedPrediction(arm: arm, key: keys[place], prediction: $0) }
            }
        }
        return answers.compactMap(\.self)
    }

    private func answer(
        _ row: Model, _ predict: (ReadyPredictor<Model, Label>) throws -> Prediction<Label>
    ) throws -> AssignedPrediction<Label> {
        // All arms know the model's key.
        let key = try arms.values.first?.key(of: row) ?? ""
        let arm = assignment.arm(for: key)
        return AssignedPrediction(arm: arm, key: key, prediction: try predict(ready(arm)))
    }

    private func ready(_ arm: String) throws(PredictorError) -> ReadyPredictor<Model, Label> {
        guard let ready = arms[arm] else {
            throw PredictorError(
                .invalidExperiment, predictor: assignment.experiment, "The experiment has no arm \(arm).", help: "Make it anew.")
        }
        return ready
    }
}

extension Experiment {
    /// Loads what the arms ask, for rows in hand.
    ///
    /// ```swift
    /// let ready = try await test.load(with: prisma)          // once
    /// let answer = try ready.predict(user)                   // answer.arm, answer.prediction
    /// ```
    public func load(with prisma: some PrismaClientProtocol) async throws -> ReadyExperiment<Model, Label> {
        try await ReadyExperiment(self, engine: prisma.engine)
    }
}
