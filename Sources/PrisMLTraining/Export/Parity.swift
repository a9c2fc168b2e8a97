package import ONNX
internal import PrisML

/// How far an exported model's answers are from its trainer's.
package struct Parity: Sendable, Hashable, Codable {
    /// The largest distance of two scores; nil where the trainer gave none to compare with.
    ///
    /// Of a probability it is the distance itself. Of a number it is a share of the row's own score, and where that is small, of a tenth of
    /// the distance between the least and the largest score of all rows: beside what a model adds up, a sum near 0 has no last bits of its
    /// own.
    package var largest: Double?
    /// The row with the largest distance.
    package var row: Int
    package var rows: Int
    /// Whether the model answers by ONNX Runtime only.
    package var needsRuntime: Bool

    /// Above this an artifact is not written.
    package static let limit = 1e-5

    /// The share of the scores' spread that a regression's row is compared with at least.
    private static let leastShare = 0.1

    package var holds: Bool { largest.map { $0 <= Self.limit } ?? true }

    /// Runs the exported model over the rows and compares its scores with the trainer's, if it gave any.
    package init(of model: ONNXModel, task: LearningTask, on features: FeatureMatrix, trainer result: TrainingResult) throws {
        try self.init(of: model, task: task, on: features, trainer: result.scores)
        if !result.scoresAreTrainers { (largest, row) = (nil, 0) }
    }

    /// Runs the exported model over the rows and compares its scores with the trainer's.
    package init(of model: ONNXModel, task: LearningTask, on features: FeatureMatrix, trainer scores: [Float]) throws {
        let answers = try ModelScores(of: model, task: task, on: features)
        guard answers.values.count == scores.count else {
            throw TrainingError(
                .parityFailed, "the exported model gave \(answers.values.count) scores, the trainer \(scores.count)",
                suggestion: "report it with the definition of the predictor")
        }
        // A value of a million has a last bit that is worth more than 1e-5; what counts is the distance beside the value itself.
        let spread = Double(scores.max() ?? 0) - Double(scores.min() ?? 0)
        let unit = { (score: Float) in task == .regression ? max(Double(score.magnitude), spread * Self.leastShare) : 1 }
        var largest = 0.0
        (row, rows, needsRuntime) = (0, features.rowCount, answers.needsRuntime)
        for (index, pair) in zip(answers.values, scores).enumerated() where pair.0 != pair.1 {
            let distance = (Double(pair.0) - Double(pair.1)).magnitude / unit(pair.1)
            // A NaN is no distance, and no agreement either.
            if !(distance <= largest) { (largest, row) = (distance.isNaN ? .infinity : distance, index / task.scoreCount) }
            if largest == .infinity { break }
        }
        self.largest = largest
    }

    /// Throws when the distance is above ``limit``.
    package func require() throws {
        guard holds else {
            throw TrainingError(
                .parityFailed,
                "the exported model's answer differs by \(largest ?? 0) from the trainer's, at row \(row + 1) of the \(rows) held out",
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
