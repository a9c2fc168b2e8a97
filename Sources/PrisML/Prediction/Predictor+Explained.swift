public import Prisma

extension Predictor {
    /// The predictor with the reasons for its answers.
    ///
    /// ```swift
    /// for (user, answer) in try await prisma.user.findMany(include: churn.explained) {
    ///     print(user.email, answer.prediction.probability, answer.explanation.contributions.prefix(3))
    /// }
    /// ```
    public var explained: ExplainedPredictor<Model, Label> { ExplainedPredictor(predictor: self) }
}

/// Includes predictions with their explanations.
public struct ExplainedPredictor<Model: Record, Label: ColumnValue>: Includable {
    let predictor: Predictor<Model, Label>

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<ExplainedPrediction<Label>> {
        let labels = predictor.labels
        return try await explanations(predictor.definition, predictor.store, in: engine) { loaded, scores, explanation in
            ExplainedPrediction(prediction: try labels.prediction(scores, loaded), explanation: explanation)
        }
    }
}

/// Includes the explanations alone: what `churn($0).explanation` gives.
public struct PredictedExplanation: Includable {
    let definition: PredictorDefinition
    let store: ArtifactStore

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Explanation> {
        try await explanations(definition, store, in: engine) { _, _, explanation in explanation }
    }
}

private func explanations<Answer: Sendable>(
    _ definition: PredictorDefinition, _ store: ArtifactStore, in engine: PrismaEngine,
    _ answer: @escaping ExplanationCollector<Answer>.Making
) async throws -> Inclusion<Answer> {
    let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
    let explainer = try loaded.explainer()
    return Inclusion(selections: definition.features.flatMap(\.selections)) {
        ExplanationCollector(loaded: loaded, explainer: explainer, answer: answer)
    }
}

private struct ExplanationCollector<Answer: Sendable>: InclusionCollector {
    typealias Making = @Sendable (LoadedPredictor, UnsafeBufferPointer<Float>, Explanation) throws -> Answer

    let loaded: LoadedPredictor
    let explainer: ModelExplainer
    let answer: Making
    private var features: EncodedRows

    init(loaded: LoadedPredictor, explainer: ModelExplainer, answer: @escaping Making) {
        self.loaded = loaded
        self.explainer = explainer
        self.answer = answer
        features = EncodedRows(loaded)
    }

    mutating func collect(_ row: inout SQLRow) throws {
        try features.append(&row)
    }

    consuming func load(in context: QueryContext) async throws -> [Answer] {
        let scores = try loaded.scores(features.values)
        let width = loaded.scoreCount
        return try (0..<features.count).map { row in
            try scores.withUnsafeBufferPointer { scores in
                let own = UnsafeBufferPointer(rebasing: scores[row * width..<(row + 1) * width])
                return try answer(
                    loaded, own, loaded.explanation(features.row(row), predicted: loaded.predictedClass(own), explainer))
            }
        }
    }
}

extension LoadedPredictor {
    func explainer() throws(PredictorError) -> ModelExplainer {
        guard let explainer = modelExplainer else {
            throw PredictorError(
                .evaluationFailed, predictor: name, "The model \(version) cannot be explained exactly.",
                help: "Explanations are for trees and linear models that were trained here.")
        }
        return explainer
    }

    /// One row's explanation: of the second of two classes, of the predicted one of several, or of the number.
    func explanation(_ row: ArraySlice<Float>, predicted: Int?, _ explainer: ModelExplainer) -> Explanation {
        let outputs = explainer.outputs
        let output = outputs.count == 1 || classes.count == 2 ? outputs.last ?? 0 : predicted ?? 0
        let (base, columns) = explainer.contributions(of: row.map(Double.init), output: output)
        // Columns that an encoding made are folded back to the feature they come from.
        var position = 0
        let contributions = encoders.map { encoder in
            defer { position += encoder.width }
            let values = columns[position..<min(position + encoder.width, columns.count)]
            return Explanation.Contribution(feature: encoder.feature, value: values.reduce(0, +))
        }
        return Explanation(
            base: base, contributions: contributions.sorted { $0.value.magnitude > $1.value.magnitude },
            columns: zip(encoders.flatMap(\.columns), columns).map { Explanation.Contribution(feature: $0, value: $1) })
    }
}
