// What is wrong with an algorithm, as far as it can be told without a row.
extension Algorithm {
    /// Whether an answer that may only rise or fall with a feature does so.
    package var keepsToTrends: Bool {
        switch self {
        case .gradientBoostedTrees, .randomForest: true
        case .linear, .scikitLearn, .python: false
        }
    }

    func problems(for task: PredictorTask) -> [String] {
        switch self {
        case .gradientBoostedTrees(let p):
            [
                count("rounds", p.rounds, 1...100_000), count("depth", p.depth, 1...16), fraction("learningRate", p.learningRate),
                fraction("rowSample", p.rowSample), fraction("columnSample", p.columnSample),
                notNegative("minimumChildWeight", p.minimumChildWeight), notNegative("lambda", p.lambda), notNegative("alpha", p.alpha),
                notNegative("gamma", p.gamma), p.earlyStopping.flatMap { count("earlyStopping", $0, 1...100_000) },
            ].compactMap(\.self)
        case .randomForest(let p):
            [
                count("trees", p.trees, 1...10_000), count("depth", p.depth, 1...16), fraction("rowSample", p.rowSample),
                fraction("columnSample", p.columnSample), notNegative("minimumChildWeight", p.minimumChildWeight),
            ].compactMap(\.self)
        case .linear(let p):
            [
                notNegative("l2", p.l2), p.isLogistic && task == .regression ? unlearnable("a number", ".logistic", "use .linear") : nil,
            ].compactMap(\.self)
        case .scikitLearn(let name, _): problems(estimator: name, for: task)
        case .python(let script): script.isEmpty ? ["the script has no name"] : []
        }
    }

    /// What an estimator's name tells. The rest is seen by the Python that is to train it.
    private func problems(estimator name: String, for task: PredictorTask) -> [String] {
        if !name.hasPrefix("sklearn.") {
            return ["\"\(name)\" is not the full name of a scikit-learn estimator, as sklearn.ensemble.ExtraTreesClassifier"]
        }
        if task == .regression, name.hasSuffix("Classifier") { return [unlearnable("a number", name, "use a regressor")] }
        if task != .regression, name.hasSuffix("Regressor") { return [unlearnable("a class", name, "use a classifier")] }
        return []
    }

    private func unlearnable(_ label: String, _ algorithm: String, _ next: String) -> String {
        "the label is \(label), which \(algorithm) cannot learn: \(next)"
    }

    private func fraction(_ name: String, _ value: Double) -> String? {
        value > 0 && value <= 1 ? nil : "\(name) is \(value); it must be above 0 and at most 1"
    }

    private func notNegative(_ name: String, _ value: Double) -> String? {
        value >= 0 && value.isFinite ? nil : "\(name) is \(value); it must be 0 or more"
    }

    private func count(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> String? {
        range.contains(value) ? nil : "\(name) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)"
    }
}
