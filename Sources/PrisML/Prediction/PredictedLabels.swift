import Prisma

/// Makes a typed prediction of a model's scores.
struct PredictedLabels<Label: Sendable>: Sendable {
    let predictor: String
    /// The label for a class, by its name in the artifact, or for a number.
    let labelled: @Sendable (_ className: String?, _ score: Double) -> Label?

    func prediction(_ scores: UnsafeBufferPointer<Float>, _ loaded: LoadedPredictor) throws(PredictorError) -> Prediction<Label> {
        try VersionLabels(self, of: loaded).prediction(try loaded.answer(scores))
    }
}

/// The labels of one version, each made once: for many rows, or one after the other.
@usableFromInline
final class VersionLabels<Label: Sendable>: Sendable {
    /// The label of each class, in the order of the scores; empty for numbers.
    @usableFromInline let classes: [Label]
    @usableFromInline let labelled: @Sendable (_ className: String?, _ score: Double) -> Label?
    private let predictor: String

    init(_ labels: PredictedLabels<Label>, of loaded: LoadedPredictor) throws(PredictorError) {
        labelled = labels.labelled
        predictor = loaded.name
        var classes: [Label] = []
        for name in loaded.classes {
            guard let label = labels.labelled(name, 1) else { throw Self.noLabel(name, loaded.name) }
            classes.append(label)
        }
        self.classes = classes
    }

    // Other modules can see this, and know the label: a type that is known only at run time is looked up in each call, and cores that do so
    // at once wait for each other.
    @inlinable
    func prediction(_ answer: ModelAnswer) throws(PredictorError) -> Prediction<Label> {
        switch classes.count {
        case 0:
            guard let label = labelled(nil, answer.score) else { throw noLabel(for: answer.score) }
            return Prediction(number: label, score: answer.score, version: answer.version)
        case 2:
            let (label, other) = (classes[answer.place], classes[1 - answer.place])
            return answer.place == 1
                ? Prediction(label: label, answer.score, other: other, answer.firstShare, score: answer.score, version: answer.version)
                : Prediction(label: label, answer.firstShare, other: other, answer.score, score: answer.score, version: answer.version)
        default:
            return Prediction(
                label: classes[answer.place], of: classes, shares: answer.shares, score: answer.score, version: answer.version)
        }
    }

    @usableFromInline
    func noLabel(for score: Double) -> PredictorError { Self.noLabel("\(score)", predictor) }

    private static func noLabel(_ answer: String, _ predictor: String) -> PredictorError {
        PredictorError(
            .evaluationFailed, predictor: predictor, "The model answered \(answer), which is no \(Label.self).",
            help: "Train again: the label's values changed since.")
    }
}

extension Predictor {
    var labels: PredictedLabels<Label> { PredictedLabels(predictor: name, labelled: labelled) }
}
