/// Which trainer a person asks for: `--trainer native|docker|python`.
package enum TrainerKind: String, Sendable, Hashable, CaseIterable {
    case native
    case docker
    case python
}

/// Finds the trainer for an algorithm.
package struct TrainerChoice: Sendable {
    package var kind: TrainerKind?
    package var environment: PythonEnvironment

    package init(_ kind: TrainerKind? = nil, environment: PythonEnvironment = PythonEnvironment()) {
        self.kind = kind
        self.environment = environment
    }

    /// The trainer, nil for the native one.
    ///
    /// When nothing is said: native where the algorithm is; else Docker where an engine answers; else Python where it has the packages.
    package func trainer(isNative: Bool, progress: @Sendable (String) -> Void = { _ in }) async throws -> PythonTrainer? {
        switch kind {
        case .native:
            guard isNative else {
                throw TrainingError(
                    .invalidParameter, "the algorithm is one of Python's, and --trainer is native", at: "algorithm",
                    suggestion: "use --trainer python or docker, or a native algorithm")
            }
            return nil
        case .docker:
            guard let docker = DockerTrainer(variables: environment.variables), await docker.isRunning() else {
                throw TrainingError(
                    .trainerMissing, "no Docker engine answers", suggestion: "start it, and see that 'docker version' names a server")
            }
            return try await docker.trainer(progress: progress)
        case .python: return try await environment.find().trainer
        case nil:
            if isNative { return nil }
            // A Python that was named is meant.
            if environment.named != nil { return try await environment.find().trainer }
            if let docker = DockerTrainer(variables: environment.variables), await docker.isRunning() {
                return try await docker.trainer(progress: progress)
            }
            return try await environment.find().trainer
        }
    }
}

extension PythonAlgorithm {
    /// What comes nearest to a native algorithm in Python, for those who want it trained there.
    package init(nearestTo algorithm: TrainingAlgorithm, task: LearningTask) {
        let isRegression = task == .regression
        switch algorithm {
        case .python(let own): self = own
        case .linear(let given):
            self.init(
                isRegression
                    ? .estimator("sklearn.linear_model.Ridge", parameters: "{\"alpha\":\(given.l2)}")
                    : .estimator(
                        "sklearn.linear_model.LogisticRegression", parameters: "{\"C\":\(1 / max(given.l2, 1e-12)),\"max_iter\":10000}"))
        case .trees(let given) where given.method == .randomForest:
            self.init(
                .estimator(
                    "sklearn.ensemble.RandomForest\(isRegression ? "Regressor" : "Classifier")",
                    parameters: """
                        {"n_estimators":\(given.rounds),"max_depth":\(given.depth),"max_features":\(given.columnsPerNode),\
                        "max_samples":\(given.subsample),"bootstrap":true}
                        """), seed: given.seed, threads: given.threads)
        case .trees(let given):
            self.init(
                .estimator(
                    "xgboost.XGB\(isRegression ? "Regressor" : "Classifier")",
                    parameters: """
                        {"n_estimators":\(given.rounds),"max_depth":\(given.depth),"learning_rate":\(given.learningRate),\
                        "min_child_weight":\(given.minimumChildWeight),"subsample":\(given.subsample),\
                        "colsample_bytree":\(given.columnsPerTree),"reg_lambda":\(given.l2),"reg_alpha":\(given.l1),\
                        "gamma":\(given.minimumGain),"tree_method":"hist"}
                        """), seed: given.seed, threads: given.threads)
        }
    }
}
