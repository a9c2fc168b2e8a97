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
            let trends = given.monotone.isEmpty ? "" : ",\"monotonic_cst\":\(given.monotone)"
            self.init(
                .estimator(
                    "sklearn.ensemble.RandomForest\(isRegression ? "Regressor" : "Classifier")",
                    parameters: """
                        {"n_estimators":\(given.rounds),"max_depth":\(given.depth),"max_features":\(given.columnsPerNode),\
                        "max_samples":\(given.subsample),"bootstrap":true\(trends)}
                        """), seed: given.seed, threads: given.threads)
        case .trees(let given):
            let signs = given.monotone.map(String.init).joined(separator: ",")
            let trends = signs.isEmpty ? "" : ",\"monotone_constraints\":\"(\(signs))\""
            let patience = given.earlyStoppingRounds.map { ",\"early_stopping_rounds\":\($0)" } ?? ""
            self.init(
                .estimator(
                    "xgboost.XGB\(isRegression ? "Regressor" : "Classifier")",
                    parameters: """
                        {"n_estimators":\(given.rounds),"max_depth":\(given.depth),"learning_rate":\(given.learningRate),\
                        "min_child_weight":\(given.minimumChildWeight),"subsample":\(given.subsample),\
                        "colsample_bytree":\(given.columnsPerTree),"reg_lambda":\(given.l2),"reg_alpha":\(given.l1),\
                        "gamma":\(given.minimumGain),"tree_method":"hist"\(trends)\(patience)}
                        """), seed: given.seed, threads: given.threads)
        }
    }
}
