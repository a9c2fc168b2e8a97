/// Writes a model of classical machine learning as an ONNX file: columns of floats, prepared, then trees or a linear model.
///
/// ```swift
/// var pipeline = PipelineBuilder(columns: 3)
/// pipeline.impute(with: [0, 0, 1])
/// let model = try pipeline.classifier(trees, labels: .integers([0, 1]), transform: .logistic, baseValues: [0.2])
/// let file = model.encoded()
/// ```
///
/// The input is named `X`, of shape `[rows, columns]`. A regression's output is `prediction`; a classifier's are `label` and `probabilities`.
public struct PipelineBuilder: Sendable {
    public static let inputName = "X"
    public static let labelName = "label"
    public static let probabilitiesName = "probabilities"
    public static let predictionName = "prediction"

    /// The number of columns of the input.
    public let columns: Int
    private var nodes: [ONNXNode] = []
    private var last = PipelineBuilder.inputName

    public init(columns: Int) {
        self.columns = columns
    }

    /// Puts a column's value where the row has NaN.
    public mutating func impute(with values: [Float]) {
        append("Imputer", [ONNXAttribute("imputed_value_floats", values), ONNXAttribute("replaced_value_float", Float.nan)])
    }

    /// Maps each column to (value - offset) * scale.
    public mutating func scale(offsets: [Float], scales: [Float]) {
        append("Scaler", [ONNXAttribute("offset", offsets), ONNXAttribute("scale", scales)])
    }

    // MARK: Estimators

    /// A regression by trees; with several targets, each leaf says which it adds to.
    public func regressor(
        _ trees: [EnsembleTree], targets: Int = 1, aggregate: TreeEnsemble.Aggregate = .sum, transform: PostTransform = .none,
        baseValues: [Float] = []
    ) throws -> ONNXModel {
        let names: [TreeEnsemble.Aggregate: String] = [.average: "AVERAGE", .sum: "SUM", .minimum: "MIN", .maximum: "MAX"]
        var attributes = try EnsembleAttributes(trees, prefix: "target", columns: columns, outputs: targets).all
        attributes.append(ONNXAttribute("n_targets", Int64(targets)))
        attributes.append(ONNXAttribute("aggregate_function", names[aggregate] ?? "SUM"))
        attributes.append(ONNXAttribute("post_transform", transform.rawValue))
        if !baseValues.isEmpty { attributes.append(ONNXAttribute("base_values", baseValues)) }
        return regression("TreeEnsembleRegressor", attributes, targets: targets)
    }

    /// A classification by trees.
    ///
    /// For two classes and `.logistic` let every leaf add to output 0: the sum is the second class's log-odds, as gradient boosting trains it.
    /// For more classes, each leaf says which class it adds to.
    public func classifier(
        _ trees: [EnsembleTree], labels: ClassLabels, transform: PostTransform = .none, baseValues: [Float] = []
    ) throws -> ONNXModel {
        var trees = trees
        if transform == .logistic, labels.count == 2, trees.allSatisfy(\.addsNothingNegative) {
            // ONNX Runtime takes scores that are all positive for probabilities and compares them to 0.5, log-odds or not. A tree that adds
            // -1 + 1 says that they are scores, and changes no sum.
            trees.insert(EnsembleTree([.leaf([(0, -1), (0, 1)])]), at: 0)
        }
        var attributes = try EnsembleAttributes(trees, prefix: "class", columns: columns, outputs: labels.count).all
        attributes.append(Self.attribute(labels, integers: "classlabels_int64s"))
        attributes.append(ONNXAttribute("post_transform", transform.rawValue))
        if !baseValues.isEmpty { attributes.append(ONNXAttribute("base_values", baseValues)) }
        return classification("TreeEnsembleClassifier", attributes, labels)
    }

    /// A linear regression; one list of coefficients for each target.
    public func linearRegressor(coefficients: [[Float]], intercepts: [Float], transform: PostTransform = .none) throws -> ONNXModel {
        try check(coefficients, intercepts)
        return regression(
            "LinearRegressor",
            [
                ONNXAttribute("coefficients", coefficients.flatMap { $0 }), ONNXAttribute("intercepts", intercepts),
                ONNXAttribute("targets", Int64(coefficients.count)), ONNXAttribute("post_transform", transform.rawValue),
            ], targets: coefficients.count)
    }

    /// A linear classification: one list of coefficients for each class, or a single one for the second of two classes.
    public func linearClassifier(
        coefficients: [[Float]], intercepts: [Float], labels: ClassLabels, transform: PostTransform
    ) throws -> ONNXModel {
        try check(coefficients, intercepts)
        guard coefficients.count == labels.count || (coefficients.count == 1 && labels.count == 2) else {
            throw ONNXError(
                .invalidInput, "there are \(coefficients.count) lists of coefficients for \(labels.count) classes",
                suggestion: "pass one for each class, or one for the second of two")
        }
        return classification(
            "LinearClassifier",
            [
                ONNXAttribute("coefficients", coefficients.flatMap { $0 }), ONNXAttribute("intercepts", intercepts),
                Self.attribute(labels, integers: "classlabels_ints"), ONNXAttribute("post_transform", transform.rawValue),
                ONNXAttribute("multi_class", Int64(0)),
            ], labels)
    }

    // MARK: Parts

    private mutating func append(_ operation: String, _ attributes: [ONNXAttribute]) {
        let output = "step\(nodes.count)"
        nodes.append(ONNXNode(operation, domain: "ai.onnx.ml", name: output, inputs: [last], outputs: [output], attributes: attributes))
        last = output
    }

    private func check(_ coefficients: [[Float]], _ intercepts: [Float]) throws {
        guard !coefficients.isEmpty, coefficients.allSatisfy({ $0.count == columns }), intercepts.count == coefficients.count else {
            throw ONNXError(
                .invalidInput, "the coefficients do not fit \(columns) columns and \(intercepts.count) intercepts",
                suggestion: "pass one coefficient for each column, and one intercept for each output")
        }
    }

    private static func attribute(_ labels: ClassLabels, integers name: String) -> ONNXAttribute {
        switch labels {
        case .integers(let values): ONNXAttribute(name, values)
        case .strings(let values): ONNXAttribute("classlabels_strings", values)
        }
    }

    private func regression(_ operation: String, _ attributes: [ONNXAttribute], targets: Int) -> ONNXModel {
        model(
            ONNXNode(
                operation, domain: "ai.onnx.ml", name: "estimator", inputs: [last], outputs: [Self.predictionName], attributes: attributes),
            outputs: [ONNXValueInfo(name: Self.predictionName, type: .tensor(.float, shape: [.named("N"), .fixed(targets)]))])
    }

    private func classification(_ operation: String, _ attributes: [ONNXAttribute], _ labels: ClassLabels) -> ONNXModel {
        let type: ElementType = if case .strings = labels { .string } else { .int64 }
        return model(
            ONNXNode(
                operation, domain: "ai.onnx.ml", name: "estimator", inputs: [last], outputs: [Self.labelName, Self.probabilitiesName],
                attributes: attributes),
            outputs: [
                ONNXValueInfo(name: Self.labelName, type: .tensor(type, shape: [.named("N")])),
                ONNXValueInfo(name: Self.probabilitiesName, type: .tensor(.float, shape: [.named("N"), .fixed(labels.count)])),
            ])
    }

    private func model(_ estimator: ONNXNode, outputs: [ONNXValueInfo]) -> ONNXModel {
        var graph = ONNXGraph(name: "pipeline")
        graph.nodes = nodes + [estimator]
        graph.inputs = [ONNXValueInfo(name: Self.inputName, type: .tensor(.float, shape: [.named("N"), .fixed(columns)]))]
        graph.outputs = outputs
        return ONNXModel(
            graph: graph, opsets: [.init(domain: "", version: 17), .init(domain: "ai.onnx.ml", version: 3)])
    }
}
