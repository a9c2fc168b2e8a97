import Testing

@testable import ONNX

/// What is fused gives what the steps give one after the other, to the last bit.
@Suite("Rows")
struct RowPlanTests {
    /// A converter's pipeline: numbers imputed and scaled, texts and numbers one-hot encoded, columns joined and chosen, then an estimator.
    private static func pipeline(_ random: inout SeededGenerator, forest: Bool) throws -> ONNXModel {
        let numbers = 4
        var graph = ONNXGraph(name: "pipeline")
        graph.inputs =
            (0..<numbers).map { ONNXValueInfo(name: "n\($0)", type: .tensor(.float, shape: [.named("N"), .fixed(1)])) }
            + [
                ONNXValueInfo(name: "m", type: .tensor(.float, shape: [.named("N"), .fixed(2)])),
                ONNXValueInfo(name: "t", type: .tensor(.string, shape: [.named("N"), .fixed(1)])),
                ONNXValueInfo(name: "u", type: .tensor(.string, shape: [.named("N"), .fixed(2)])),
            ]
        func number() -> Float { Float.random(in: -2...2, using: &random) }
        func ml(_ operation: String, _ input: String, _ output: String, _ attributes: [ONNXAttribute]) -> ONNXNode {
            ONNXNode(operation, domain: "ai.onnx.ml", inputs: [input], outputs: [output], attributes: attributes)
        }
        func concat(_ inputs: [String], _ output: String, axis: Int64) -> ONNXNode {
            ONNXNode("Concat", inputs: inputs, outputs: [output], attributes: [ONNXAttribute("axis", axis)])
        }
        let missing: Float = Bool.random(using: &random) ? .nan : 1
        graph.nodes = [
            concat((0..<numbers).map { "n\($0)" }, "numbers", axis: 1),
            ml(
                "Imputer", "numbers", "whole",
                [
                    ONNXAttribute("imputed_value_floats", (0..<numbers).map { _ in number() }),
                    ONNXAttribute("replaced_value_float", missing),
                ]),
            ml(
                "Scaler", "whole", "scaled",
                [ONNXAttribute("offset", (0..<numbers).map { _ in number() }), ONNXAttribute("scale", (0..<numbers).map { _ in number() })]),
            ml("OneHotEncoder", "t", "t1", [ONNXAttribute("cats_strings", ["b", "a", "ü", "a"])]),
            ml("OneHotEncoder", "t", "t2", [ONNXAttribute("cats_strings", ["c", "a"])]),
            concat(["t1", "t2"], "t3", axis: -1),
            ONNXNode("Reshape", inputs: ["t3", "shape"], outputs: ["t4"]),
            ml("OneHotEncoder", "u", "u1", [ONNXAttribute("cats_strings", ["x", "y", "z"])]),
            ONNXNode("Flatten", inputs: ["u1"], outputs: ["u2"], attributes: [ONNXAttribute("axis", Int64(1))]),
            ml("OneHotEncoder", "m", "m1", [ONNXAttribute("cats_int64s", [3, -1, 0] as [Int64])]),
            ONNXNode("Reshape", inputs: ["m1", "wide"], outputs: ["m2"]),
            concat(["m2", "scaled", "t4", "m", "u2", "numbers"], "all", axis: 1),
            ONNXNode("ArrayFeatureExtractor", domain: "ai.onnx.ml", inputs: ["all", "chosen"], outputs: ["some"]),
            ml("Scaler", "some", "last", [ONNXAttribute("offset", [number()]), ONNXAttribute("scale", [number()])]),
            concat(["all", "last"], "everything", axis: -1),
        ]
        let width = 6 + 4 + 6 + 2 + 6 + 4
        graph.initializers = [
            ONNXTensor(name: "shape", try Tensor([2], [-1, 6] as [Int64])), ONNXTensor(name: "wide", try Tensor([2], [0, -1] as [Int64])),
            ONNXTensor(name: "chosen", try Tensor([5], [8, 1, 13, 6, 25] as [Int64])),
            ONNXTensor(name: "factor", try Tensor([1], [forest ? 0.75 : 1] as [Float])),
        ]
        var builder = PipelineBuilder(columns: width + 5)
        let trees = (0..<30).map { _ in tree(width + 5, &random) }
        let estimator =
            forest
            ? try builder.classifier(trees, labels: .strings(["no", "yes"]), transform: .logistic, baseValues: [0.25])
            : try builder.linearRegressor(coefficients: [(0..<(width + 5)).map { _ in number() }], intercepts: [number()])
        builder = PipelineBuilder(columns: 1)
        var node = try #require(estimator.graph.nodes.last)
        node.inputs = ["everything"]
        node.outputs[node.outputs.count - 1] = "raw"
        graph.nodes.append(node)
        graph.nodes.append(ONNXNode("Mul", inputs: ["raw", "factor"], outputs: ["scores"]))
        graph.outputs = [ONNXValueInfo(name: "scores", type: .tensor(.float, shape: nil))]
        return ONNXModel(graph: graph, opsets: [.init(domain: "", version: 17), .init(domain: "ai.onnx.ml", version: 3)])
    }

    private static func tree(_ columns: Int, _ random: inout SeededGenerator) -> EnsembleTree {
        func branch(_ yes: Int, _ no: Int) -> EnsembleTree.Node {
            .branch(
                feature: Int.random(in: 0..<columns, using: &random), mode: Bool.random(using: &random) ? .less : .lessOrEqual,
                threshold: Float.random(in: -1...1, using: &random), missingGoesYes: Bool.random(using: &random), yes: yes, no: no)
        }
        func leaf() -> EnsembleTree.Node { .leaf([(output: 0, weight: Float.random(in: -1...1, using: &random))]) }
        return EnsembleTree([branch(1, 2), branch(3, 4), branch(5, 6), leaf(), leaf(), leaf(), leaf()])
    }

    @Test("prepared columns are fused bit for bit, trees and linear models, for one row and for many", arguments: [1, 2, 3, 4, 5, 6])
    func differential(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let session = try Session(model: Self.pipeline(&random, forest: seed % 2 == 0))
        let count = 400
        var inputs: [String: Tensor] = [:]
        let texts = ["a", "b", "c", "ü", "x", "y", "z", ""]
        let values: [Float] = [.nan, 0, 1, -1, 3, 0.5, -0.0, .infinity, -.infinity, 1e20, -1.5]
        for info in session.inputs {
            guard case .tensor(let type, let shape?) = info.type, case .fixed(let width) = shape[1] else { continue }
            inputs[info.name] =
                type == .string
                ? try Tensor([count, width], (0..<(count * width)).map { _ in texts.randomElement(using: &random) ?? "" })
                : try Tensor([count, width], (0..<(count * width)).map { _ in values.randomElement(using: &random) ?? 0 })
        }
        let wanted = try #require(try session.run(inputs)["scores"]?.tensor)
        let predictor = try session.rowPredictor()
        #expect(predictor.columns.map(\.isText) == [false, false, false, false, false, false, true, true, true])
        var rows: [Float] = []
        for row in 0..<count {
            for column in predictor.columns {
                let tensor = try #require(inputs[column.input])
                let place = row * tensor.shape[1] + column.position
                rows.append(column.isText ? column.code(of: try tensor.strings()[place]) : try tensor.floats()[place])
            }
        }
        var scratch = predictor.makeScratch()
        for batch in [1, 7, count] {
            var scores = [Float](repeating: 0, count: count * predictor.outputCount)
            for first in stride(from: 0, to: count, by: batch) {
                let size = min(batch, count - first)
                try rows[(first * predictor.columnCount)...].withUnsafeBufferPointer { rows in
                    try scores[(first * predictor.outputCount)...].withUnsafeMutableBufferPointer { scores in
                        try predictor.predict(rows: rows, rowCount: size, into: scores, scratch: &scratch)
                    }
                }
            }
            #expect(scores.map(\.bitPattern) == (try wanted.floats()).map(\.bitPattern), "batches of \(batch)")
        }
    }

    @Test("the converters' own pipelines are compiled for rows")
    func converted() throws {
        var compiled: Set<String> = []
        for sample in try FixtureCase.all(in: "converted-models.bin") {
            guard let session = try? Session(contentsOf: sample.model), (try? session.rowPredictor()) != nil else { continue }
            compiled.insert(sample.name)
        }
        for name in [
            "columns and a forest", "columns and boosting", "columns and a logistic regression", "LightGBM, two classes",
            "XGBoost, three classes", "random forest, two classes", "random forest, maps", "histogram boosting, two classes",
        ] { #expect(compiled.contains(name), "\(name)") }
        #expect(compiled.count >= 30, "\(compiled.count)")
    }

    @Test(
        "what depends on more than the row's columns is refused with the reason",
        arguments: [
            ("zeros", "the encoder refuses unknown values"), ("rows", "it joins rows"), ("output", "the output 'other' is neither"),
        ])
    func refused(_ sample: (change: String, reason: String)) throws {
        var random = SeededGenerator(seed: 1)
        var model = try Self.pipeline(&random, forest: true)
        switch sample.change {
        case "zeros": model.graph.nodes[3].attributes.append(ONNXAttribute("zeros", Int64(0)))
        case "rows": model.graph.nodes[0].attributes = [ONNXAttribute("axis", Int64(0))]
        default:
            model.graph.outputs.append(ONNXValueInfo(name: "other", type: .tensor(.float, shape: nil)))
            model.graph.nodes.append(ONNXNode("Identity", inputs: ["numbers"], outputs: ["other"]))
        }
        let error = try #require(throws: ONNXError.self) { try Session(model: model).rowPredictor() }
        #expect(error.message.contains(sample.reason), "\(error)")
    }
}
