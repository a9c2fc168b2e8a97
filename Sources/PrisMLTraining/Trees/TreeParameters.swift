/// How trees are grown: everything that a training by trees can be told.
package struct TreeParameters: Sendable, Hashable, Codable {
    package enum Method: String, Sendable, Hashable, Codable {
        /// Each round corrects what the rounds before it left over.
        case gradientBoosting
        /// Each round grows a tree of its own on a sample of rows; the answer is their mean.
        case randomForest
    }

    package var method = Method.gradientBoosting
    /// How many rounds; a round grows one tree, or one for each class.
    package var rounds = 200
    /// How many comparisons lie between the root and a leaf, at most.
    package var depth = 6
    /// How much of each round's correction is taken; a forest has no use for it.
    package var learningRate = 0.1
    /// The least weight of rows (of hessian, when boosting) on each side of a comparison.
    package var minimumChildWeight = 1.0
    /// The share of rows that a round sees.
    package var subsample = 1.0
    /// The share of columns that a tree, a level of it, and a node of it chooses from.
    package var columnsPerTree = 1.0
    package var columnsPerLevel = 1.0
    package var columnsPerNode = 1.0
    /// Penalties on a leaf's size: squared, and absolute.
    package var l2 = 1.0
    package var l1 = 0.0
    /// The least gain of a comparison.
    package var minimumGain = 0.0
    /// How many groups a column's values are sorted into.
    package var maximumBins = 256
    /// For each column 1 where the answer may only rise with it, -1 where it may only fall, 0 where both; empty for no constraints.
    package var monotone: [Int] = []
    /// Boosting ends when this many rounds brought nothing on the validation rows, and keeps the best round; nil grows all rounds.
    package var earlyStoppingRounds: Int?
    package var seed: UInt64 = 0
    /// How many threads work; 0 for all cores. It never changes the result.
    package var threads = 0

    package init(rounds: Int = 200, depth: Int = 6, learningRate: Double = 0.1, seed: UInt64 = 0) {
        self.rounds = rounds
        self.depth = depth
        self.learningRate = learningRate
        self.seed = seed
    }

    /// A forest, with a forest's habits: full steps, no shrinking, samples of rows and columns.
    package static func forest(trees: Int = 100, depth: Int = 10, columns: Int, task: LearningTask, seed: UInt64 = 0) -> TreeParameters {
        var parameters = TreeParameters(rounds: trees, depth: depth, learningRate: 1, seed: seed)
        parameters.method = .randomForest
        parameters.subsample = 0.632
        let share = task == .regression ? 1.0 / 3 : 1 / Double(max(columns, 1)).squareRoot()
        parameters.columnsPerNode = min(1, max(share, 1 / Double(max(columns, 1))))
        parameters.l2 = 0
        return parameters
    }
}

extension TreeParameters {
    /// Everything that is wrong with the parameters for so many columns; empty when they can be trained with.
    package func problems(columns: Int, hasValidation: Bool) -> [String] {
        var problems: [String] = []
        func check(_ holds: Bool, _ name: String, _ value: some CustomStringConvertible, _ wanted: String) {
            if !holds { problems.append("\(name) is \(value), but must be \(wanted)") }
        }
        check((1...100_000).contains(rounds), "rounds", rounds, "1 to 100000")
        check((1...30).contains(depth), "depth", depth, "1 to 30")
        check(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "above 0, at most 1")
        check(minimumChildWeight >= 0 && minimumChildWeight.isFinite, "minimumChildWeight", minimumChildWeight, "0 or more")
        for (name, share) in [
            ("subsample", subsample), ("columnsPerTree", columnsPerTree), ("columnsPerLevel", columnsPerLevel),
            ("columnsPerNode", columnsPerNode),
        ] {
            check(share > 0 && share <= 1, name, share, "above 0, at most 1")
        }
        for (name, value) in [("l2", l2), ("l1", l1), ("minimumGain", minimumGain)] {
            check(value >= 0 && value.isFinite, name, value, "0 or more")
        }
        check((2...65535).contains(maximumBins), "maximumBins", maximumBins, "2 to 65535")
        check(monotone.isEmpty || monotone.count == columns, "monotone", "for \(monotone.count) columns", "for each of \(columns) columns")
        check(monotone.allSatisfy { (-1...1).contains($0) }, "monotone", "\(monotone)", "-1, 0 or 1 for each column")
        check((0...1024).contains(threads), "threads", threads, "0 to 1024")
        if let earlyStoppingRounds {
            check(earlyStoppingRounds >= 1, "earlyStoppingRounds", earlyStoppingRounds, "1 or more")
            check(
                method == .gradientBoosting, "earlyStoppingRounds", earlyStoppingRounds,
                "nil for a forest, whose trees do not build on each other")
            check(hasValidation, "earlyStoppingRounds", earlyStoppingRounds, "nil where there are no validation rows")
        }
        return problems
    }
}
