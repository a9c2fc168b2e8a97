/// What a model answers.
package enum LearningTask: Sendable, Hashable, Codable {
    /// One of two classes; labels are 0 and 1, and a row's score is the probability of 1.
    case binary
    /// One of several classes; labels count from 0, and a row's scores are the probability of each.
    case classes(Int)
    /// A number.
    case regression

    /// How many scores a row has.
    package var scoreCount: Int {
        if case .classes(let count) = self { count } else { 1 }
    }

    /// How many classes there are; 0 for a regression.
    package var classCount: Int {
        switch self {
        case .binary: 2
        case .classes(let count): count
        case .regression: 0
        }
    }

    /// Refuses scores of a classifier that are no probabilities; a last bit above 1 is none too much.
    package func requireProbabilities(_ scores: [Float]) throws {
        guard classCount > 0 else { return }
        let range: ClosedRange<Float> = -1e-5...1 + 1e-5
        let wrong = Set(scores.indices.lazy.filter { !range.contains(scores[$0]) }.map { $0 / scoreCount })
        guard wrong.isEmpty else {
            throw TrainingError(
                .invalidModel, "of \(scores.count / scoreCount) rows \(wrong.count) have answers that are no probabilities from 0 to 1",
                suggestion: "give an estimator with predict_proba, or a file whose output 'probabilities' has them")
        }
    }
}
