package import ONNX

/// A model as it comes out of a training here.
package enum TrainedModel: Sendable, Hashable {
    case trees(TreeModel)
    case linear(LinearModel)
    case foreign(ForeignModel)

    package var task: LearningTask {
        switch self {
        case .trees(let model): model.task
        case .linear(let model): model.task
        case .foreign(let model): model.task
        }
    }

    /// The names of the columns that the model reads, in its order.
    package var columns: [String] {
        switch self {
        case .trees(let model): model.columns
        case .linear(let model): model.columns
        case .foreign(let model): model.columns
        }
    }

    /// The model as ONNX: `X` in, `label` and `probabilities` or `prediction` out.
    ///
    /// - Parameter labels: the classes' names; nil numbers them from 0.
    package func onnx(labels: ClassLabels? = nil) throws -> ONNXModel {
        let names = labels ?? .integers((0..<max(task.classCount, 1)).map { Int64($0) })
        guard task == .regression || names.count == task.classCount else {
            throw TrainingError(
                .invalidModel, "\(task.classCount) classes have \(names.count) names", suggestion: "pass one name for each class")
        }
        return switch self {
        case .trees(let model): try model.onnx(labels: names)
        case .linear(let model): try model.onnx(labels: names)
        // Its classes keep their numbers: what they are called is the artifact's to say.
        case .foreign(let model): try ONNXModel(bytes: model.file)
        }
    }

    /// How many rounds of trees it has, those that early stopping cut off not counted; nil for a model that does not come about in rounds.
    package var rounds: Int? {
        switch self {
        case .trees(let model): model.trees.count / max(model.task.scoreCount, 1)
        case .linear: nil
        case .foreign(let model): model.rounds
        }
    }

    /// What is worth a look before the model is trusted; nil if nothing is.
    package var warning: String? {
        guard case .linear(let model) = self, !model.hasConverged else { return nil }
        return
            "the linear fit ended at its last permitted step and not at its goal: a larger l2, or features that do not say the same, help"
    }

    /// What trained it, and its version; empty for what is part of PrisML.
    package var versions: [String: String] {
        switch self {
        case .trees: ["xgboost": XGBoostLibrary.version]
        case .linear: [:]
        case .foreign(let model): model.versions
        }
    }
}
