/// Fits linear models: logistic for classes, least squares for numbers, both with a squared penalty.
package struct LinearTrainer: Sendable {
    package let task: LearningTask
    package let parameters: LinearParameters

    package init(_ task: LearningTask, _ parameters: LinearParameters) {
        self.task = task
        self.parameters = parameters
    }

    /// Trains; `progress` is called after each step and may throw to stop.
    package func train(
        on rows: LabelledRows, scoring: FeatureMatrix? = nil, progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> TrainingResult {
        guard parameters.problems.isEmpty else {
            throw TrainingError(
                .invalidParameter, parameters.problems.joined(separator: "; "), at: "algorithm", suggestion: "change what is named")
        }
        try rows.check(learnableAs: task)
        try rows.check(sameColumnsAs: [scoring])

        let standardised = StandardisedRows(fitting: rows)
        // Labels of a regression are standardised as well, so that one tolerance fits thousandths and millions.
        let target = task == .regression ? Target(rows) : Target()
        let loss = LinearLoss(
            standardised, labels: rows.labels.map { (Double($0) - target.mean) / target.deviation }, weights: rows.weights, task: task,
            l2: parameters.l2)
        let fitted = try Minimiser(iterations: parameters.iterations).minimum(
            from: [Double](repeating: 0, count: loss.parameterCount), of: loss.value
        ) { step, value in
            if Task.isCancelled { throw CancellationError() }
            try progress(TrainingProgress(round: step, rounds: parameters.iterations, loss: value))
        }
        let width = standardised.columnCount
        let parts = (0..<task.scoreCount).map { Array(fitted.place[($0 * (width + 1))..<(($0 + 1) * (width + 1))]) }
        let model = LinearModel(
            task: task, columns: rows.features.names, offsets: standardised.offsets, scales: standardised.scales,
            coefficients: parts.map { $0.dropLast().map { $0 * target.deviation } },
            intercepts: parts.map { ($0.last ?? 0) * target.deviation + target.mean }, hasConverged: fitted.hasArrived)
        return TrainingResult(model: .linear(model), scores: scoring.map(model.scores) ?? [], losses: [])
    }

    private struct Target {
        var mean = 0.0
        var deviation = 1.0

        init() {}

        init(_ rows: LabelledRows) {
            let weights = rows.weights ?? [Float](repeating: 1, count: rows.count)
            let total = weights.reduce(0) { $0 + Double($1) }
            mean = zip(rows.labels, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) } / total
            let spread = zip(rows.labels, weights).reduce(0) { sum, pair in
                let distance = Double(pair.0) - mean
                return sum + Double(pair.1) * distance * distance
            }
            deviation = spread > 0 ? (spread / total).squareRoot() : 1
        }
    }
}
