import Foundation
import ONNX
import Prisma
import TestSupport

/// A graph with one node, as an ONNX file.
private func model(_ node: ONNXNode, initializers: [ONNXTensor] = [], opset: Int = 17) -> ONNXModel {
    var graph = ONNXGraph(name: "g")
    graph.inputs = [ONNXValueInfo(name: "X", type: .tensor(.float, shape: [.named("rows"), .fixed(2)]))]
    graph.outputs = [ONNXValueInfo(name: "Y", type: .tensor(.float, shape: nil))]
    graph.initializers = initializers
    graph.nodes = [node]
    return ONNXModel(graph: graph, opsets: [.init(domain: "", version: opset), .init(domain: "ai.onnx.ml", version: 3)])
}

let modelProvocations: [Provocation] = [
    .init("malformedFile", "a file that is none", on: [.sqlite]) { _ in
        _ = try Session(contentsOf: Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n".utf8))
    },
    .init("unsupportedFile", "an opset of the future", on: [.sqlite]) { _ in
        _ = try Session(contentsOf: model(ONNXNode("Relu", inputs: ["X"], outputs: ["Y"]), opset: 9_999).encoded(), engine: .native)
    },
    .init("invalidGraph", "a name that nothing produces", on: [.sqlite]) { _ in
        _ = try Session(contentsOf: model(ONNXNode("Add", inputs: ["X", "nothing"], outputs: ["Y"])).encoded())
    },
    .init("invalidTree", "a branch that leads outside of the trees", on: [.sqlite]) { _ in
        let attributes: [ONNXAttribute] = [
            ONNXAttribute("nodes_treeids", [Int64(0)]), ONNXAttribute("nodes_nodeids", [Int64(0)]),
            ONNXAttribute("nodes_featureids", [Int64(0)]), ONNXAttribute("nodes_values", [Float(0.5)]),
            ONNXAttribute("nodes_modes", ["BRANCH_LEQ" as String]), ONNXAttribute("nodes_truenodeids", [Int64(7)]),
            ONNXAttribute("nodes_falsenodeids", [Int64(8)]), ONNXAttribute("target_treeids", [Int64(0)]),
            ONNXAttribute("target_nodeids", [Int64(0)]), ONNXAttribute("target_ids", [Int64(0)]),
            ONNXAttribute("target_weights", [Float(1)]), ONNXAttribute("n_targets", Int64(1)),
        ]
        let node = ONNXNode("TreeEnsembleRegressor", domain: "ai.onnx.ml", inputs: ["X"], outputs: ["Y"], attributes: attributes)
        _ = try Session(contentsOf: model(node).encoded())
    },
    .init("unsupportedOperator", "an operator without a native engine", on: [.sqlite]) { _ in
        _ = try Session(contentsOf: model(ONNXNode("Conv", inputs: ["X", "X"], outputs: ["Y"])).encoded(), engine: .native)
    },
    .init("invalidInput", "an input of another shape", on: [.sqlite]) { _ in
        let session = try Session(contentsOf: model(ONNXNode("Relu", inputs: ["X"], outputs: ["Y"])).encoded())
        _ = try session.run(["X": try Tensor([1, 3], [1, 2, 3] as [Float])])
    },
    .init("runtimeMissing", "a graph for ONNX Runtime, which is not here", on: [.sqlite]) { _ in
        let folder = try TemporaryFolder()
        let (file, rows) = (folder.file("m.onnx"), folder.file("rows.csv"))
        try Data("1,2\n".utf8).write(to: URL(filePath: rows))
        try Data(model(ONNXNode("Conv", inputs: ["X", "X"], outputs: ["Y"])).encoded()).write(to: URL(filePath: file))
        try ToolFailure.expect(
            ["onnx", "run", file, "--input", rows, "--engine", "onnxruntime"],
            environment: ["ONNXRUNTIME_LIBRARY": folder.file("libonnxruntime.so")])
    },
    .init("runtimeFailed", "a graph that ONNX Runtime refuses", on: hasRuntime ? [.sqlite] : []) { _ in
        _ = try Session(contentsOf: model(ONNXNode("Conv", inputs: ["X", "nothing"], outputs: ["Y"])).encoded(), engine: .onnxRuntime)
    },
]

/// Whether ONNX Runtime is installed, whose own errors cannot be provoked without it.
private let hasRuntime =
    (try? Session(contentsOf: model(ONNXNode("Relu", inputs: ["X"], outputs: ["Y"])).encoded(), engine: .onnxRuntime)) != nil
