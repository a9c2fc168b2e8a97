/// Rows that a model has answered, beside what is true of them.
package struct ScoredRows: Sendable, Hashable {
    package let task: LearningTask
    package let labels: [Float]
    /// `task.scoreCount` numbers for each row.
    package let scores: [Float]
    /// From this probability on a row is answered with class 1 (of two).
    package let threshold: Float

    package var count: Int { labels.count }

    package init(_ task: LearningTask, labels: [Float], scores: [Float], threshold: Float = 0.5) throws {
        guard scores.count == labels.count * task.scoreCount else {
            throw TrainingError(
                .invalidData, "\(labels.count) labels have \(scores.count) scores, not \(task.scoreCount) each",
                suggestion: "pass the scores of the same rows")
        }
        let broken = Set(scores.indices.lazy.filter { !scores[$0].isFinite }.map { $0 / max(task.scoreCount, 1) }).count
        if broken > 0 {
            throw TrainingError(
                .invalidData, "the model's answers for \(broken) of \(labels.count) rows are not numbers",
                suggestion: "look at the features for extreme values")
        }
        if task.classCount > 0, let row = labels.firstIndex(where: { !(0..<task.classCount).contains(Int(exactly: $0) ?? -1) }) {
            throw TrainingError(
                .invalidData, "row \(row) has the label \(labels[row]), which is no class", suggestion: "number the classes from 0")
        }
        self.task = task
        self.labels = labels
        self.scores = scores
        self.threshold = threshold
    }

    /// The class that is answered for a row; 0 for a regression.
    package func answer(_ row: Int) -> Int {
        switch task {
        case .regression: return 0
        case .binary: return scores[row] >= threshold ? 1 : 0
        case .classes(let count):
            var best = 0
            for index in 1..<max(count, 1) where scores[row * count + index] > scores[row * count + best] { best = index }
            return best
        }
    }
}
