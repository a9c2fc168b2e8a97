import ONNX
import Prisma

extension Command {
    private static let json = Parameter.flag("json", "Print it as JSON on standard output")

    static let onnxInspect = Command(
        "inspect",
        summary: "Show what a model takes, gives and does, and which engine runs it",
        examples: [Example(line: "prisml onnx inspect churn.onnx", meaning: "Inputs, outputs, operators, trees and the engine")],
        parameters: [json, ModelFile.argument]
    ) { context in
        let bytes = try ModelFile.bytes(in: context)
        let summary = try ModelSummary(ONNXModel(bytes: bytes), byteCount: bytes.count)
        if try context[json] {
            context.output.send(summary.json.prettyText)
        } else {
            summary.print(on: context.output)
        }
        return .success
    }
}

/// What `prisml onnx inspect` says of a model.
struct ModelSummary {
    struct Trees {
        let node: String
        let ensemble: TreeEnsemble
        let form: String?
    }

    let model: ONNXModel
    let byteCount: Int
    let operators: [(name: String, count: Int)]
    let trees: [Trees]
    /// The engine and why, or why there is none.
    let engine: (name: String?, reason: String)

    init(_ model: ONNXModel, byteCount: Int) throws {
        self.model = model
        self.byteCount = byteCount
        var counts: [String: Int] = [:]
        for node in model.graph.nodes { counts[node.domain.isEmpty ? node.operation : "\(node.domain).\(node.operation)", default: 0] += 1 }
        operators = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        var forms: [String: String] = [:]
        do {
            let session = try Session(model: model)
            let version = session.runtimeVersion.map { " \($0.version) (\($0.path))" } ?? ""
            engine = (session.engine.rawValue + version, session.engineReason)
            forms = session.treeForms
        } catch let error as ONNXError where error.code == .runtimeMissing {
            engine = (nil, error.description)
        }
        trees = try model.graph.nodes.filter { $0.operation.hasPrefix("TreeEnsemble") }.map { node in
            Trees(
                node: node.name.isEmpty ? node.operation : node.name, ensemble: try TreeEnsemble(node, precision: .float),
                form: forms[node.name])
        }
    }

    func print(on output: Output) {
        output.heading(model.graph.name.isEmpty ? "ONNX model" : model.graph.name)
        let producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
        let opsets = model.opsets.map { "\($0.domain.isEmpty ? "ai.onnx" : $0.domain) \($0.version)" }.joined(separator: ", ")
        output.print("\(byteCount) bytes, IR version \(model.irVersion), \(opsets)\(producer.isEmpty ? "" : ", by \(producer)")")
        output.print("engine: \(engine.name ?? "none"), \(engine.reason)")
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) { output.print("\(key): \(TextLayout.harmless(value))") }

        output.print()
        var values = Table([.left(""), .left("name"), .left("type")])
        let constants = Set(model.graph.initializers.map(\.name))
        for input in model.graph.inputs where !constants.contains(input.name) { values.add(["input", input.name, "\(input.type)"]) }
        for result in model.graph.outputs { values.add(["output", result.name, "\(result.type)"]) }
        values.print(on: output)

        output.print()
        var table = Table([.left("operator"), .right("nodes")])
        for (name, count) in operators { table.add([name, "\(count)"]) }
        table.print(on: output)
        guard !trees.isEmpty else { return }
        output.print()
        var ensembles = Table([
            .left("ensemble"), .right("trees"), .right("nodes"), .right("leaves"), .right("deepest"), .right("columns"), .left("form"),
        ])
        for tree in trees {
            let counts = [
                tree.ensemble.treeCount, tree.ensemble.nodeCount, tree.ensemble.leafCount, tree.ensemble.deepest,
                tree.ensemble.featureCount,
            ]
            ensembles.add([tree.node] + counts.map { "\($0)" } + [tree.form ?? "–"])
        }
        ensembles.print(on: output)
    }

    var json: JSON {
        func list(_ values: [ONNXValueInfo]) -> JSON { .array(values.map { ["name": .string($0.name), "type": .string("\($0.type)")] }) }
        let constants = Set(model.graph.initializers.map(\.name))
        return [
            "bytes": .int(Int64(byteCount)), "irVersion": .int(Int64(model.irVersion)), "producer": .string(model.producerName),
            "opsets": .object(
                Dictionary(
                    model.opsets.map { ($0.domain.isEmpty ? "ai.onnx" : $0.domain, .int(Int64($0.version))) }, uniquingKeysWith: { $1 })),
            "metadata": .object(model.metadata.mapValues(JSON.string)),
            "inputs": list(model.graph.inputs.filter { !constants.contains($0.name) }),
            "outputs": list(model.graph.outputs),
            "operators": .object(Dictionary(operators.map { ($0.name, .int(Int64($0.count))) }, uniquingKeysWith: { $1 })),
            "engine": engine.name.map(JSON.string) ?? .null, "engineReason": .string(engine.reason),
            "trees": .array(
                trees.map { tree in
                    [
                        "node": .string(tree.node), "trees": .int(Int64(tree.ensemble.treeCount)),
                        "nodes": .int(Int64(tree.ensemble.nodeCount)),
                        "leaves": .int(Int64(tree.ensemble.leafCount)), "deepest": .int(Int64(tree.ensemble.deepest)),
                        "columns": .int(Int64(tree.ensemble.featureCount)), "form": tree.form.map(JSON.string) ?? .null,
                    ]
                }),
        ]
    }
}
