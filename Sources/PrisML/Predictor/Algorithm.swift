public import Prisma

/// What learns from the rows.
public enum Algorithm: Hashable, Sendable {
    case gradientBoostedTrees(GradientBoosting)
    case randomForest(RandomForest)
    /// A linear model: logistic for classes, least squares for numbers.
    case linear(Linear)
    /// An estimator of scikit-learn, by its full name, with its parameters.
    case scikitLearn(String, parameters: [String: JSON] = [:])
    /// One's own training in Python: the path of a script with a function `train(x, y, request)`.
    ///
    /// What the script says is part of what was trained: a changed script makes the artifact stale where the script is at hand.
    case python(script: String)

    /// Trees that each correct those before them.
    public static func gradientBoostedTrees(
        rounds: Int = 200, depth: Int = 6, learningRate: Double = 0.1, minimumChildWeight: Double = 1, rowSample: Double = 1,
        columnSample: Double = 1, lambda: Double = 1, alpha: Double = 0, gamma: Double = 0, earlyStopping: Int? = 20
    ) -> Algorithm {
        .gradientBoostedTrees(
            GradientBoosting(
                rounds: rounds, depth: depth, learningRate: learningRate, minimumChildWeight: minimumChildWeight, rowSample: rowSample,
                columnSample: columnSample, lambda: lambda, alpha: alpha, gamma: gamma, earlyStopping: earlyStopping))
    }

    /// Trees that vote.
    public static func randomForest(
        trees: Int = 100, depth: Int = 10, minimumChildWeight: Double = 1, rowSample: Double = 0.632, columnSample: Double = 0.5
    ) -> Algorithm {
        .randomForest(
            RandomForest(
                trees: trees, depth: depth, minimumChildWeight: minimumChildWeight, rowSample: rowSample, columnSample: columnSample))
    }

    /// A weighted sum of the features, through the logistic function; for classes only.
    public static func logistic(l2: Double = 1) -> Algorithm { .linear(Linear(l2: l2, isLogistic: true)) }

    /// A weighted sum of the features; for classes the same as ``logistic(l2:)``.
    public static func linear(l2: Double = 1) -> Algorithm { .linear(Linear(l2: l2)) }

    public struct GradientBoosting: Hashable, Sendable {
        public var rounds: Int
        public var depth: Int
        public var learningRate: Double
        public var minimumChildWeight: Double
        public var rowSample: Double
        public var columnSample: Double
        public var lambda: Double
        public var alpha: Double
        public var gamma: Double
        /// Stops when the validation rows have not got better for so many rounds; nil grows all rounds.
        public var earlyStopping: Int?
    }

    public struct RandomForest: Hashable, Sendable {
        public var trees: Int
        public var depth: Int
        public var minimumChildWeight: Double
        public var rowSample: Double
        public var columnSample: Double
    }

    public struct Linear: Hashable, Sendable {
        public var l2: Double
        /// Whether it was asked for by the name that numbers do not have; what is learned of classes is the same.
        package var isLogistic = false
    }
}

extension Algorithm {
    /// The algorithm and its parameters, for the definition's hash and the artifact.
    package var canonical: JSON {
        switch self {
        case .gradientBoostedTrees(let p):
            [
                "name": "gradientBoostedTrees", "rounds": .int(Int64(p.rounds)), "depth": .int(Int64(p.depth)),
                "learningRate": .double(p.learningRate), "minimumChildWeight": .double(p.minimumChildWeight),
                "rowSample": .double(p.rowSample), "columnSample": .double(p.columnSample), "lambda": .double(p.lambda),
                "alpha": .double(p.alpha), "gamma": .double(p.gamma),
                "earlyStopping": p.earlyStopping.map { .int(Int64($0)) } ?? .null,
            ]
        case .randomForest(let p):
            [
                "name": "randomForest", "trees": .int(Int64(p.trees)), "depth": .int(Int64(p.depth)),
                "minimumChildWeight": .double(p.minimumChildWeight), "rowSample": .double(p.rowSample),
                "columnSample": .double(p.columnSample),
            ]
        case .linear(let p): ["name": "linear", "l2": .double(p.l2)]
        case .scikitLearn(let name, let parameters):
            ["name": "scikitLearn", "estimator": .string(name), "parameters": .object(parameters)]
        case .python(let script): ["name": "python", "script": .string(script)]
        }
    }
}
