import Prisma

/// Makes a typed prediction of a model's scores.
struct PredictedLabels<Label: Sendable>: Sendable {
    let predictor: String
    /// The label for a class, by its name in the artifact, or for a number.
    let labelled: @Sendable (_ className: String?, _ score: Double) -> Label?

    func prediction(_ scores: UnsafeBufferPointer<Float>, _ loaded: LoadedPredictor) throws(PredictorError) -> Prediction<Label> {
        try VersionLabels(self, of: loaded).prediction(scores)
    }
}

/// The labels of one version, each made once: for many rows, or one after the other.
struct VersionLabels<Label: Sendable>: Sendable {
    private let labels: PredictedLabels<Label>
    /// The label of each class, in the order of the scores; empty for numbers.
    private let classes: [Label]
    private let isClassifier: Bool
    /// For two classes: the probability from which on the label is the second.
    private let threshold: Double
    private let predictor: String
    private let version: String

    init(_ labels: PredictedLabels<Label>, of loaded: LoadedPredictor) throws(PredictorError) {
        self.labels = labels
        var classes: [Label] = []
        for name in loaded.classes {
            guard let label = labels.labelled(name, 1) else { throw Self.noLabel(name, loaded.name) }
            classes.append(label)
        }
        self.classes = classes
        isClassifier = !classes.isEmpty
        threshold = loaded.threshold
        predictor = loaded.name
        version = loaded.version
    }

    // What is generic at run time looks types up in each call; these are the labels that nearly all predictors have.
    @specialized(where Label == Bool)
    @specialized(where Label == Double)
    @specialized(where Label == Int)
    @specialized(where Label == String)
    func prediction(_ scores: UnsafeBufferPointer<Float>) throws(PredictorError) -> Prediction<Label> {
        guard isClassifier else {
            let score = try finite(Double(scores.first ?? .nan))
            guard let label = labels.labelled(nil, score) else { throw Self.noLabel("\(score)", predictor) }
            return Prediction(number: label, score: score, version: version)
        }
        guard classes.count == 2 else {
            let score = try finite(Double(scores.max() ?? .nan))
            let chosen = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            return Prediction(label: classes[chosen], of: classes, shares: scores.map(Double.init), score: score, version: version)
        }
        let score = try finite(Double(scores.last ?? .nan))
        let rest = scores.count == 2 ? Double(scores[0]) : 1 - score
        return score >= threshold
            ? Prediction(label: classes[1], score, other: classes[0], rest, score: score, version: version)
            : Prediction(label: classes[0], rest, other: classes[1], score, score: score, version: version)
    }

    /// The main score, which is a number: what is none would be a null to a database.
    @inline(__always)
    private func finite(_ score: Double) throws(PredictorError) -> Double {
        guard score.isFinite else { throw LoadedPredictor.notFinite(score, predictor, version) }
        return score
    }

    private static func noLabel(_ answer: String, _ predictor: String) -> PredictorError {
        PredictorError(
            .evaluationFailed, predictor: predictor, "The model answered \(answer), which is no \(Label.self).",
            help: "Train again: the label's values changed since.")
    }
}

extension Predictor {
    var labels: PredictedLabels<Label> { PredictedLabels(predictor: name, labelled: labelled) }
}
