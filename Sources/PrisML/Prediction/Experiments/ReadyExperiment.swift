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
        guard let any = arms.values.first else { return [] }
        let keys = try any.keys(of: rows)
        let places = Dictionary(grouping: rows.indices) { assignment.arm(for: keys[$0]) }
        var answers = [AssignedPrediction<Label>?](repeating: nil, count: rows.count)
        for (arm, places) in places {
            for (place, prediction) in zip(places, try ready(arm).predict(places.map { rows[$0] })) {
                answers[place] = AssignedPrediction(arm: arm, key: keys[place], prediction: prediction)
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

extension PrismaClientProtocol {
    /// What the arms of rows predict for them, by the rows' keys: the answers in the order of the keys, and the keys that no row has.
    public func predict<Model, Label, ID: ColumnValue>(
        _ experiment: Experiment<Model, Label>, ids: [ID]
    ) async throws -> (found: [(id: ID, answer: AssignedPrediction<Label>)], missing: [ID]) {
        let key = try key(of: Model.self, givenAs: ID.self, for: experiment.predictor.name)
        let inclusion = try await experiment.inclusion(in: engine)
        let spelling = KeySpelling(of: try engine.plan(Model.modelName))
        var answers: [SQLValue: AssignedPrediction<Label>] = [:]
        for chunk in Array(Set(ids.map(\.sqlValue))).chunked(by: 5000) {
            var request = FindRequest(model: Model.modelName)
            request.selectsRecord = false
            request.selections = [key] + inclusion.selections
            request.filter = .membership(key, Array(chunk), key.type)
            let engine = engine
            let (keys, found) = try await engine.withConnection(for: .read) { [request] connection in
                let start = (keys: [SQLValue](), collector: inclusion.makeCollector())
                let state = try await engine.read(request, on: connection, columns: [], into: start) { state, row in
                    state.keys.append(try row.value(of: key.type))
                    try state.collector.collect(&row)
                }.state
                return (state.keys, try await state.collector.load(in: QueryContext(engine: engine, connection: connection)))
            }
            for (key, answer) in zip(keys, found) { answers[spelling(key)] = answer }
        }
        var found: [(id: ID, answer: AssignedPrediction<Label>)] = []
        var missing: [ID] = []
        for id in ids {
            if let answer = answers[spelling(id.sqlValue)] { found.append((id, answer)) } else { missing.append(id) }
        }
        return (found, missing)
    }
}
