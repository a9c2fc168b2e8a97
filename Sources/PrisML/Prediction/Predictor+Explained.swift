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

/// Includes predictions with their explanations. A row that fails fails the query.
public struct ExplainedPredictor<Model: Record, Label: ColumnValue>: Includable {
    let predictor: Predictor<Model, Label>

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<ExplainedPrediction<Label>> {
        let labels = predictor.labels
        return try await explanations(predictor.definition, predictor.store, in: engine, isStrict: true) { features, explainer in
            try features.explained(by: labels, explainer).map { try $0.get() }
        }
    }

    /// The same with each row's own error in place of its answer, where there is one.
    public var perRow: some PredictingIncludable<Result<ExplainedPrediction<Label>, PredictorError>> {
        AnswersPerRow { [predictor] engine in
            let labels = predictor.labels
            return try await explanations(predictor.definition, predictor.store, in: engine, isStrict: false) { features, explainer in
                try features.explained(by: labels, explainer)
            }
        }
    }
}

/// Includes the explanations alone: what `churn($0).explanation` gives. A row that fails fails the query.
public struct PredictedExplanation: Includable {
    let definition: PredictorDefinition
    let store: ArtifactStore

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<Explanation> {
        try await explanations(definition, store, in: engine, isStrict: true) { features, explainer in
            try features.explanations(explainer)
        }
    }
}

private func explanations<Answer: Sendable>(
    _ definition: PredictorDefinition, _ store: ArtifactStore, in engine: PrismaEngine, isStrict: Bool,
    _ answer: @escaping @Sendable (EncodedRows, ModelExplainer) throws -> [Answer]
) async throws -> Inclusion<Answer> {
    let loaded = try await PredictorCache.predictor(for: definition, in: store, engine: engine)
    let (explainer, reader) = (try loaded.explainer(), try loaded.reader(definition, in: engine, besideRecord: true))
    return Inclusion(selections: reader.selections) { [now = engine.instant] in
        PredictionCollector(features: EncodedRows(loaded, reader, now: now, isStrict: isStrict)) { try answer($0, explainer) }
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
    func explanation(
        _ row: ArraySlice<Float>, predicted: Int?, _ explainer: ModelExplainer
    ) throws(PredictorError) -> Explanation {
        let outputs = explainer.outputs
        let output = outputs.count == 1 || classes.count == 2 ? outputs.last ?? 0 : predicted ?? 0
        let (base, columns) = explainer.contributions(of: row.map(Double.init), output: output)
        guard base.isFinite, columns.allSatisfy(\.isFinite) else { throw notExplained(columns) }
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

    private func notExplained(_ columns: [Double]) -> PredictorError {
        let names = zip(encoders.flatMap(\.columns), columns).filter { !$0.1.isFinite }.map { "\"\($0.0)\"" }
        return PredictorError(
            .evaluationFailed, predictor: name,
            "The model \(version) has no reasons for a row: what it makes of \(names.joined(separator: ", ")) is no number.",
            help: "Correct the stored value, which is infinite, or train again with features in a smaller range.")
    }
}
