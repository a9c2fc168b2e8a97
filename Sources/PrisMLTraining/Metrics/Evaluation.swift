/// A metric with the range that it lies in for 95 of 100 samples of the same size.
package struct MeasuredMetric: Sendable, Hashable, Codable {
    package var kind: MetricKind
    package var value: Double
    package var lower: Double
    package var upper: Double
}

/// All that is measured of a model's answers.
package struct Evaluation: Sendable, Hashable, Codable {
    package var rows: Int
    /// Those metrics of the task that have a value: no area is measured where there is one class only, and no share of a single row.
    package var metrics: [MeasuredMetric]
    /// For each class, in the classes' order.
    package var classes: [ClassMetrics]
    package var confusion: ConfusionMatrix?

    package subscript(kind: MetricKind) -> MeasuredMetric? {
        metrics.first { $0.kind == kind }
    }

    /// Measures answers, with a bootstrap of so many samples for the ranges; 0 gives none.
    package init(_ rows: ScoredRows, samples: Int = 1000, seed: UInt64 = 0) throws {
        guard rows.count > 0 else {
            throw TrainingError(.invalidData, "there are no rows to measure a model on", suggestion: "keep a holdout")
        }
        let bootstrap = try Bootstrap(rows.sample, samples: samples, seed: seed)
        self.rows = rows.count
        metrics = bootstrap.metrics
        if rows.task.classCount > 0 {
            let confusion = ConfusionMatrix(rows)
            self.confusion = confusion
            classes = confusion.classMetrics
        } else {
            classes = []
        }
    }

    /// What is answered without looking at a row: each class by its frequency among the training rows, or their mean.
    package static func baseline(
        _ task: LearningTask, training labels: [Float], measuredOn holdout: [Float]
    ) throws -> Evaluation {
        let total = Float(max(labels.count, 1))
        let scores: [Float] =
            switch task {
            case .classes(let count): (0..<count).map { index in Float(labels.count { $0 == Float(index) }) / total }
            case .binary, .regression: [Float(labels.reduce(0.0) { $0 + Double($1) } / Double(total))]
            }
        return try Evaluation(
            ScoredRows(task, labels: holdout, scores: holdout.flatMap { _ in scores }), samples: 0)
    }
}
