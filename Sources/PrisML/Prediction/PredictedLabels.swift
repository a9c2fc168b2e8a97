import Prisma

/// Makes a typed prediction of a model's scores.
struct PredictedLabels<Label: Sendable>: Sendable {
    let predictor: String
    /// The label for a class, by its name in the artifact, or for a number.
    let labelled: @Sendable (_ className: String?, _ score: Double) -> Label?

    func prediction(_ scores: UnsafeBufferPointer<Float>, _ loaded: LoadedPredictor) throws(PredictorError) -> Prediction<Label> {
        let score = try loaded.finiteScore(scores)
        guard let chosen = loaded.predictedClass(scores) else {
            guard let label = labelled(nil, score) else { throw noLabel("\(score)") }
            return Prediction(number: label, score: score, version: loaded.version)
        }
        let label = try label(chosen, score, loaded)
        guard loaded.classes.count == 2 else {
            var all: [Label] = []
            for place in loaded.classes.indices { all.append(try self.label(place, score, loaded)) }
            return Prediction(label: label, of: all, shares: scores.map(Double.init), score: score, version: loaded.version)
        }
        let other = try self.label(1 - chosen, score, loaded)
        let rest = scores.count == 2 ? Double(scores[0]) : 1 - score
        return chosen == 1
            ? Prediction(label: label, score, other: other, rest, score: score, version: loaded.version)
            : Prediction(label: label, rest, other: other, score, score: score, version: loaded.version)
    }

    private func label(_ place: Int, _ score: Double, _ loaded: LoadedPredictor) throws(PredictorError) -> Label {
        guard let label = labelled(loaded.classes[place], score) else { throw noLabel(loaded.classes[place]) }
        return label
    }

    private func noLabel(_ answer: String) -> PredictorError {
        PredictorError(
            .evaluationFailed, predictor: predictor, "The model answered \(answer), which is no \(Label.self).",
            help: "Train again: the label's values changed since.")
    }
}

extension Predictor {
    var labels: PredictedLabels<Label> { PredictedLabels(predictor: name, labelled: labelled) }
}
