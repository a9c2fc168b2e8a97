import ONNX
import PrisML
import Prisma

extension TrainingRun {
    /// The trainer's parameters for the definition's.
    func algorithm(for prepared: PreparedRows) throws -> TrainingAlgorithm {
        try algorithm(
            prepared.task, widths: prepared.encoders.map(\.width), stopsEarly: !prepared.split.validation.isEmpty)
    }

    /// The same, as far as it can be told without a row: what the features become is not known.
    var algorithmBeforeRows: TrainingAlgorithm {
        get throws {
            try algorithm(definition.task.learning, widths: definition.features.map { _ in 1 }, stopsEarly: definition.split.validation > 0)
        }
    }

    /// - Parameter widths: how many columns each feature becomes.
    private func algorithm(_ task: LearningTask, widths: [Int], stopsEarly: Bool) throws -> TrainingAlgorithm {
        var trees: TreeParameters
        switch definition.algorithm {
        case .gradientBoostedTrees(let given):
            trees = TreeParameters(rounds: given.rounds, depth: given.depth, learningRate: given.learningRate, seed: definition.seed)
            trees.minimumChildWeight = given.minimumChildWeight
            trees.subsample = given.rowSample
            trees.columnsPerTree = given.columnSample
            trees.l2 = given.lambda
            trees.l1 = given.alpha
            trees.minimumGain = given.gamma
            trees.earlyStoppingRounds = stopsEarly ? given.earlyStopping : nil
        case .randomForest(let given):
            trees = .forest(
                trees: given.trees, depth: given.depth, columns: widths.reduce(0, +), task: task, seed: definition.seed)
            trees.minimumChildWeight = given.minimumChildWeight
            trees.subsample = given.rowSample
            trees.columnsPerNode = given.columnSample
        case .linear(let given):
            return .linear(LinearParameters(l2: given.l2))
        case .scikitLearn(let name, let parameters):
            return .python(
                PythonAlgorithm(.estimator(name, parameters: JSON.object(parameters).text), seed: definition.seed, threads: threads))
        case .python(let path):
            guard let script = definition.algorithm.script(in: folder) else {
                throw TrainingError(.invalidParameter, "the script cannot be read", at: path, suggestion: "look whether it is there")
            }
            return .python(PythonAlgorithm(.script(name: path, text: script.text), seed: definition.seed, threads: threads))
        }
        if hasTrends {
            let trends = [Feature.Trend.any: 0, .rising: 1, .falling: -1]
            trees.monotone = zip(definition.features, widths).flatMap { feature, width in
                Array(repeating: trends[feature.trend] ?? 0, count: width)
            }
        }
        trees.threads = threads
        return .trees(trees)
    }

    private var hasTrends: Bool { definition.features.contains { $0.trend != .any } }

    /// What scikit-learn's forests cannot keep to, where one of them is to stand for ours.
    var forestInPython: String? {
        guard case .randomForest = definition.algorithm, hasTrends, trainer.kind == .python || trainer.kind == .docker else { return nil }
        // Of text the rows decide how many classes there are.
        guard case .classes = definition.task, definition.task.isBinary != true else { return nil }
        return "a feature has a trend, to which a .randomForest of several classes keeps only with the native trainer"
    }
}

extension PreparedRows {
    /// Refuses what the definition says of classes that the label turns out not to have; of text only the rows tell.
    func requireClasses(for definition: PredictorDefinition) throws {
        guard case .classes(nil) = definition.task else { return }
        var problems = definition.classWeights.unknownClasses(among: classes)
        if definition.threshold != .fixed(0.5), task != .binary {
            problems.append("a threshold decides between two classes, and the label has \(classes.count)")
        }
        guard problems.isEmpty else {
            throw TrainingError(
                .invalidParameter, problems.joined(separator: "; "), at: "predictor \(definition.name)",
                suggestion: "correct the definition; nothing was trained")
        }
    }
}

extension Algorithm {
    var isNative: Bool {
        switch self {
        case .gradientBoostedTrees, .randomForest, .linear: true
        case .scikitLearn, .python: false
        }
    }

    /// The name of an estimator whose models are known to use an operator that only ONNX Runtime has. What the name does not tell is seen
    /// when the model is there.
    var estimatorForRuntime: String? {
        guard case .scikitLearn(let name, _) = self else { return nil }
        return ["sklearn.neighbors.", "sklearn.gaussian_process."].contains(where: name.hasPrefix) ? name : nil
    }
}

extension PredictorTask {
    /// The task as far as the definition says it: classes that are found in the rows are not counted yet.
    var learning: LearningTask {
        switch self {
        case .binary: .binary
        case .regression: .regression
        case .classes(let names): names?.count == 2 ? .binary : .classes(names?.count ?? 0)
        }
    }
}
