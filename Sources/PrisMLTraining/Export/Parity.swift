package import ONNX
internal import PrisML

/// How far an exported model's answers are from its trainer's.
package struct Parity: Sendable, Hashable, Codable {
    /// The largest distance of two scores: a probability, or for a regression a share of the spread of the scores.
    package var largest: Double
    /// The row with the largest distance.
    package var row: Int
    package var rows: Int
    /// Whether the model answers by ONNX Runtime only.
    package var needsRuntime: Bool

    /// Above this an artifact is not written.
    package static let limit = 1e-5

    package var holds: Bool { largest <= Self.limit }

    /// Runs the exported model over the rows and compares its scores with the trainer's.
    package init(of model: ONNXModel, task: LearningTask, on features: FeatureMatrix, trainer scores: [Float]) throws {
        let answers = try ModelScores(of: model, task: task, on: features)
        guard answers.values.count == scores.count else {
            throw TrainingError(
                .parityFailed, "the exported model gave \(answers.values.count) scores, the trainer \(scores.count)",
                suggestion: "report it with the definition of the predictor")
        }
        // A value of a million has a last bit that is worth more than 1e-5; what counts is the distance beside the values themselves.
        let unit = task == .regression ? max(1, scores.reduce(0) { max($0, Double($1.magnitude)) }) : 1
        (largest, row, rows, needsRuntime) = (0, 0, features.rowCount, answers.needsRuntime)
        for (index, pair) in zip(answers.values, scores).enumerated() {
            let distance = (Double(pair.0) - Double(pair.1)).magnitude / unit
            // A NaN is no distance, and no agreement either.
            if !(distance <= largest) { (largest, row) = (distance.isNaN ? .infinity : distance, index / task.scoreCount) }
            if largest == .infinity { break }
        }
    }

    /// Throws when the distance is above ``limit``.
    package func require() throws {
        guard holds else {
            throw TrainingError(
                .parityFailed, "the exported model's answer differs by \(largest) from the trainer's, at row \(row) of \(rows)",
                suggestion: "nothing was written; report it with the definition of the predictor")
        }
    }
}

/// The scores of rows as our evaluator gives them: the second of two probabilities, all of several, or the value.
package struct ModelScores: Sendable {
    package let values: [Float]
    package let needsRuntime: Bool

    package init(of model: ONNXModel, task: LearningTask, on features: FeatureMatrix) throws {
        // Through the file's own bytes, as it will be opened later.
        let session = try Session(contentsOf: model.encoded())
        let scoring = try ScoringModel(session, columns: features.columnCount, isClassifier: task != .regression)
        needsRuntime = scoring.needsRuntime
        let scores = try scoring.scores(features.values)
        values =
            task == .binary && scores.count == features.rowCount * 2
            ? stride(from: 1, to: scores.count, by: 2).map { scores[$0] } : scores
    }
}
