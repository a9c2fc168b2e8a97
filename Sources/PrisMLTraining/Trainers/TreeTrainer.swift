/// Grows trees with XGBoost, in this process.
///
/// The same rows, parameters and seed give the same trees, to the bit, with any number of threads.
package struct TreeTrainer: Sendable {
    package let task: LearningTask
    package let parameters: TreeParameters

    package init(_ task: LearningTask, _ parameters: TreeParameters) {
        self.task = task
        self.parameters = parameters
    }

    /// Trains; `progress` is called after each round and may throw to stop.
    package func train(
        on rows: LabelledRows, validation: LabelledRows? = nil, scoring: FeatureMatrix? = nil,
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> TrainingResult {
        try check(rows, validation, scoring)
        switch parameters.method {
        case .gradientBoosting: return try boost(rows, validation, scoring, progress)
        case .randomForest: return try growForest(rows, scoring, progress)
        }
    }

    private func check(_ rows: LabelledRows, _ validation: LabelledRows?, _ scoring: FeatureMatrix?) throws {
        let problems = parameters.problems(columns: rows.features.columnCount, hasValidation: (validation?.count ?? 0) > 0)
        guard problems.isEmpty else {
            throw TrainingError(
                .invalidParameter, problems.joined(separator: "; "), at: "algorithm", suggestion: "change what is named")
        }
        try rows.check(learnableAs: task)
        try rows.check(sameColumnsAs: [validation?.features, scoring])
        // Squares of errors, and sums of them, must stay finite in 32 bits.
        if task == .regression, let label = rows.labels.first(where: { $0.magnitude > 1e15 }) {
            throw TrainingError(.invalidData, "a label is as large as \(label)", suggestion: "train on its logarithm, or in larger units")
        }
        if let weight = rows.weights?.first(where: { $0 > 1e9 }) {
            throw TrainingError(.invalidData, "a weight is as large as \(weight)", suggestion: "weights compare rows; 1 is a good middle")
        }
    }

    // MARK: Boosting

    private func boost(
        _ rows: LabelledRows, _ validation: LabelledRows?, _ scoring: FeatureMatrix?, _ progress: (TrainingProgress) throws -> Void
    ) throws -> TrainingResult {
        let objective = TreeObjective(rows, task: task, method: .gradientBoosting)
        let groups = task.scoreCount
        let matrix = try BinnedMatrix(grouping: rows.features, bins: parameters.maximumBins, threads: parameters.threads)
        let watched = try Watched(validation, threads: parameters.threads)
        let booster = try Booster(on: matrix)
        try booster.set(parameters, groups: groups, learningRate: parameters.learningRate)
        var gradients = [Float](repeating: 0, count: rows.count * groups)
        var hessians = gradients
        var losses: [Double] = []
        var best = 0
        for round in 0..<parameters.rounds {
            if Task.isCancelled { throw CancellationError() }
            try booster.withMargins(of: matrix, groups: groups) { objective.boost($0, &gradients, &hessians) }
            sample(round: round, groups: groups, &gradients, &hessians)
            try booster.grow(on: matrix, gradients: &gradients, hessians: &hessians)
            if let validation, validation.count > 0 {
                losses.append(try booster.withMargins(of: watched.matrix, groups: groups) { objective.loss($0, of: validation) })
                if losses[round] < losses[best] { best = round }
            }
            try progress(TrainingProgress(round: round + 1, rounds: parameters.rounds, loss: losses.last))
            if let patience = parameters.earlyStoppingRounds, round - best >= patience { break }
        }
        let kept = parameters.earlyStoppingRounds == nil ? 0 : best + 1
        var trees = try DecisionTree.trees(fromXGBoost: try booster.serialized(), columns: rows.features.columnCount)
        if kept > 0 { trees.removeLast(max(trees.count - kept * groups, 0)) }
        let model = TreeModel(task: task, method: .gradientBoosting, columns: rows.features.names, trees: trees, base: objective.base)
        let scores = try scoring.map { features in
            guard features.rowCount > 0 else { return [] as [Float] }
            let matrix = try BinnedMatrix(features, threads: parameters.threads)
            return try booster.withMargins(of: matrix, groups: groups, rounds: kept, objective.scores)
        }
        return TrainingResult(model: .trees(model), scores: scores ?? [], losses: losses)
    }

    /// The validation rows as XGBoost keeps them; a matrix without rows is never asked for anything.
    private struct Watched: ~Copyable {
        let matrix: BinnedMatrix

        init(_ rows: LabelledRows?, threads: Int) throws {
            let features = try rows?.features ?? FeatureMatrix(names: ["none"], values: [0])
            matrix = try BinnedMatrix(features, threads: threads)
        }
    }

    /// Takes the rows outside of a round's sample out: without a gradient they change no sum.
    private func sample(round: Int, groups: Int, _ gradients: inout [Float], _ hessians: inout [Float]) {
        guard let isSampled = sampled(round: round, rows: gradients.count / groups) else { return }
        for row in isSampled.indices where !isSampled[row] {
            for index in (row * groups)..<((row + 1) * groups) { (gradients[index], hessians[index]) = (0, 0) }
        }
    }

    private func sampled(round: Int, rows: Int) -> [Bool]? {
        guard parameters.subsample < 1 else { return nil }
        var random = RandomSequence(seed: parameters.seed, 1, UInt64(round))
        return (0..<rows).map { _ in random.nextUnit() < parameters.subsample }
    }

    // MARK: Forest

    private func growForest(
        _ rows: LabelledRows, _ scoring: FeatureMatrix?, _ progress: (TrainingProgress) throws -> Void
    ) throws -> TrainingResult {
        let objective = TreeObjective(rows, task: task, method: .randomForest)
        let groups = task.scoreCount
        let matrix = try BinnedMatrix(grouping: rows.features, bins: parameters.maximumBins, threads: parameters.threads)
        let booster = try Booster(on: matrix)
        try booster.set(parameters, groups: groups, learningRate: 1 / Double(parameters.rounds))
        var gradients = [Float](repeating: 0, count: rows.count * groups)
        var hessians = gradients
        objective.forest(&gradients, &hessians)
        for round in 0..<parameters.rounds {
            if Task.isCancelled { throw CancellationError() }
            var (sampledGradients, sampledHessians) = (gradients, hessians)
            sample(round: round, groups: groups, &sampledGradients, &sampledHessians)
            try booster.grow(on: matrix, gradients: &sampledGradients, hessians: &sampledHessians)
            try progress(TrainingProgress(round: round + 1, rounds: parameters.rounds))
        }
        var trees = try DecisionTree.trees(fromXGBoost: try booster.serialized(), columns: rows.features.columnCount)
        for index in trees.indices {
            if groups == 1 {
                trees[index].moveLeaves(by: objective.base[0] / Float(parameters.rounds), atLeast: task == .binary ? 0 : -.infinity)
            } else {
                trees[index].fillLeaves(
                    with: rows, classes: groups, sampled: sampled(round: index / groups, rows: rows.count),
                    share: 1 / Double(trees.count), prior: objective.base)
            }
        }
        let model = TreeModel(
            task: task, method: .randomForest, columns: rows.features.names, trees: trees,
            base: [Float](repeating: 0, count: groups))
        let scores = try scoring.map { features in
            guard groups == 1, features.rowCount > 0 else { return model.sums(of: features) }
            let matrix = try BinnedMatrix(features, threads: parameters.threads)
            return try booster.withMargins(of: matrix, groups: 1) { leaves in leaves.map { $0 + objective.base[0] } }
        }
        return TrainingResult(model: .trees(model), scores: scores ?? [], losses: [])
    }
}
