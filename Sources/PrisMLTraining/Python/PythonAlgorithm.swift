/// An estimator that Python trains: one of scikit-learn's or XGBoost's by its full name, or one's own script.
package struct PythonAlgorithm: Sendable, Hashable, Codable {
    package enum Source: Sendable, Hashable, Codable {
        /// `sklearn.ensemble.ExtraTreesClassifier`, with its parameters as a JSON object.
        case estimator(String, parameters: String)
        /// A script with a function `train(x, y, request)` that gives a fitted estimator or an ONNX file's bytes.
        case script(name: String, text: String)
    }

    package var source: Source
    package var seed: UInt64 = 0
    /// How many threads work; 0 leaves it to the estimator.
    package var threads = 0

    package init(_ source: Source, seed: UInt64 = 0, threads: Int = 0) {
        self.source = source
        self.seed = seed
        self.threads = threads
    }
}

/// A model that came as an ONNX file from another language.
package struct ForeignModel: Sendable, Hashable {
    package let task: LearningTask
    package let columns: [String]
    /// The ONNX file.
    package let file: [UInt8]
    /// How much each column matters, as the estimator has it; empty when it does not say.
    package let importances: [Double]
    /// How many rounds of trees it has; nil where that is not known.
    package let rounds: Int?
    /// What trained it: `python`, `scikit-learn`, … and their versions.
    package let versions: [String: String]
}
