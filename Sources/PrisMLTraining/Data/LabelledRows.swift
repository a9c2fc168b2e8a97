/// Rows together with what is to be learned of them.
package struct LabelledRows: Sendable, Hashable {
    package let features: FeatureMatrix
    /// A number for each row: the class's index, or the value.
    package let labels: [Float]
    /// How much each row counts; nil when all count the same.
    package let weights: [Float]?

    package var count: Int { labels.count }

    package init(_ features: FeatureMatrix, labels: [Float], weights: [Float]? = nil) throws {
        guard labels.count == features.rowCount, weights.map({ $0.count == labels.count }) ?? true else {
            throw TrainingError(
                .invalidData, "\(features.rowCount) rows have \(labels.count) labels and \(weights?.count ?? labels.count) weights",
                suggestion: "pass one of each for every row")
        }
        let infinite = labels.count { !$0.isFinite }
        guard infinite == 0 else {
            throw TrainingError(
                .invalidData, "\(infinite) of \(labels.count) rows have a label that is not finite, or too large for 32 bits",
                at: "the label",
                suggestion: "leave such rows out with .trained { … }, or train on the label in larger units")
        }
        if let weights, let row = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
            throw TrainingError(.invalidData, "row \(row) has a negative or infinite weight", suggestion: "weights are 0 or more")
        }
        self.features = features
        self.labels = labels
        self.weights = weights
    }

    private init(unchecked features: FeatureMatrix, _ labels: [Float], _ weights: [Float]?) {
        self.features = features
        self.labels = labels
        self.weights = weights
    }

    /// Some of the rows, in the given order.
    package func rows(_ indices: [Int]) -> LabelledRows {
        let kept = indices.filter { labels.indices.contains($0) }
        return LabelledRows(
            unchecked: features.rows(kept), kept.map { labels[$0] }, weights.map { weights in kept.map { weights[$0] } })
    }

    /// The same rows, where a row of class k counts `classWeights[k]` times as much.
    package func weighted(byClass classWeights: [Float]) -> LabelledRows {
        let factors = labels.map { label in
            Int(exactly: label).flatMap { classWeights.indices.contains($0) ? classWeights[$0] : nil } ?? 1
        }
        return LabelledRows(unchecked: features, labels, weights.map { zip($0, factors).map(*) } ?? factors)
    }

    /// Refuses what no algorithm can learn: no rows, labels that are no classes, one and the same label everywhere.
    package func check(learnableAs task: LearningTask) throws {
        guard let first = labels.first else {
            throw TrainingError(.invalidData, "there are no rows to train on", suggestion: "look at the predictor's filter and label")
        }
        if task.classCount > 0,
            let row = labels.firstIndex(where: { !(0..<task.classCount).contains(Int(exactly: $0) ?? -1) })
        {
            throw TrainingError(
                .invalidData, "row \(row) has the label \(labels[row]), which is none of \(task.classCount) classes",
                suggestion: "number the classes from 0")
        }
        guard labels.contains(where: { $0 != first }) else {
            throw TrainingError(
                .invalidData, task.classCount > 0 ? "all \(count) rows are of one class" : "all \(count) rows have the same label",
                suggestion: "there is nothing to tell apart; look at the predictor's filter and label")
        }
        guard weights?.contains(where: { $0 > 0 }) ?? true else {
            throw TrainingError(.invalidData, "all weights are 0", suggestion: "give some rows a weight")
        }
    }

    /// Refuses other rows that have other columns.
    func check(sameColumnsAs others: [FeatureMatrix?]) throws {
        for other in others.compactMap({ $0 }) where other.names != features.names {
            throw TrainingError(
                .invalidData, "the rows to train on have the columns \(features.names), others have \(other.names)",
                suggestion: "pass the same features everywhere, in the same order")
        }
    }

    /// Weights that let every class count as much in all as any other: rows ÷ (classes × rows of the class).
    package func balancedClassWeights(classes: Int) -> [Float] {
        (0..<classes).map { index in
            let own = labels.count { $0 == Float(index) }
            return own > 0 ? Float(Double(count) / (Double(classes) * Double(own))) : 1
        }
    }
}
