import Prisma

/// Makes a typed prediction of a model's scores.
struct PredictedLabels<Label: Sendable>: Sendable {
    let predictor: String
    /// The label for a class, by its name in the artifact, or for a number.
    let labelled: @Sendable (_ className: String?, _ score: Double) -> Label?

    func prediction(_ scores: some RandomAccessCollection<Float>, _ loaded: LoadedPredictor) throws(PredictorError) -> Prediction<Label> {
        let score = try loaded.finiteScore(scores)
        let names = loaded.classes
        guard let chosen = loaded.predictedClass(scores) else {
            guard let label = labelled(nil, score) else { throw noLabel("\(score)") }
            return Prediction(label: label, score: score, version: loaded.version, classes: .none)
        }
        guard let label = labelled(names[chosen], score) else { throw noLabel(names[chosen]) }
        guard names.count == 2 else {
            var all: [(label: Label, probability: Double)] = []
            for (name, probability) in zip(names, scores) {
                guard let label = labelled(name, score) else { throw noLabel(name) }
                all.append((label, Double(probability)))
            }
            return Prediction(label: label, score: score, version: loaded.version, classes: .several(all))
        }
        guard let other = labelled(names[1 - chosen], score) else { throw noLabel(names[1 - chosen]) }
        let rest = scores.count == 2 ? Double(scores.first ?? .nan) : 1 - score
        return Prediction(
            label: label, score: score, version: loaded.version,
            classes: chosen == 1 ? .two((label, score), (other, rest)) : .two((label, rest), (other, score)))
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
