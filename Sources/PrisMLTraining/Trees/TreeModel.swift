package import ONNX

/// Trees that were grown, with all that is needed to answer with them.
package struct TreeModel: Sendable, Hashable {
    package let task: LearningTask
    package let method: TreeParameters.Method
    /// The names of the columns that the trees read.
    package let columns: [String]
    package let trees: [DecisionTree]
    /// What each score's sum begins with; in log-odds where the task has classes and the trees were boosted.
    package let base: [Float]

    /// The model as ONNX: `X` in, `label` and `probabilities` or `prediction` out.
    package func onnx(labels: ClassLabels) throws -> ONNXModel {
        let ensemble = trees.map { tree in
            EnsembleTree(
                tree.nodes.map { node in
                    switch node {
                    case .branch(let column, let threshold, let missingGoesLow, let low, let high, _):
                        .branch(feature: column, mode: .less, threshold: threshold, missingGoesYes: missingGoesLow, yes: low, no: high)
                    case .leaf(let values): .leaf(zip(tree.outputs, values).map { (output: $0, weight: $1) })
                    }
                }, cover: tree.cover)
        }
        let builder = PipelineBuilder(columns: columns.count)
        let start = base.contains { $0 != 0 } ? base : []
        switch (task, method) {
        case (.regression, _): return try builder.regressor(ensemble, baseValues: start)
        case (.binary, .gradientBoosting): return try builder.classifier(ensemble, labels: labels, transform: .logistic, baseValues: start)
        case (.classes, .gradientBoosting): return try builder.classifier(ensemble, labels: labels, transform: .softmax, baseValues: start)
        case (_, .randomForest): return try builder.classifier(ensemble, labels: labels, baseValues: start)
        }
    }
}
