import Testing

@testable import ONNX

/// A small file must not ask for much more memory or time than it and its rows are worth.
@Suite("Bounded work")
struct BoundedWorkTests {
    private static func model(_ nodes: [ONNXNode], initializers: [ONNXTensor] = []) -> ONNXModel {
        var graph = ONNXGraph(name: "g")
        graph.nodes = nodes
        graph.initializers = initializers
        graph.inputs = [ONNXValueInfo(name: "X", type: .tensor(.int64, shape: [.named("N")]))]
        graph.outputs = [ONNXValueInfo(name: "Y", type: .tensor(.float, shape: nil))]
        return ONNXModel(graph: graph, opsets: [.init(domain: "", version: 17)])
    }

    @Test("values that one number asks for are refused, whichever step makes them")
    func values() throws {
        let size = ONNXNode("ConstantOfShape", inputs: ["X"], outputs: ["Y"])
        let session = try Session(model: Self.model([size]))
        #expect(try session.run(["X": Tensor([2], [3, 4] as [Int64])])["Y"]?.tensor?.count == 12)
        let error = try #require(throws: ONNXError.self) { try session.run(["X": Tensor([2], [1 << 12, 1 << 12] as [Int64])]) }
        #expect(error.code == .invalidInput)
        #expect(error.message.contains("too large"))
    }

    @Test("a chain that doubles its value ends with an error")
    func doubling() throws {
        var nodes = [ONNXNode("ConstantOfShape", inputs: ["X"], outputs: ["0"])]
        for step in 1...40 {
            nodes.append(
                ONNXNode(
                    "Concat", inputs: ["\(step - 1)", "\(step - 1)"], outputs: [step == 40 ? "Y" : "\(step)"],
                    attributes: [ONNXAttribute("axis", Int64(0))]))
        }
        let session = try Session(model: Self.model(nodes))
        let error = try #require(throws: ONNXError.self) { try session.run(["X": Tensor([1], [1] as [Int64])]) }
        #expect(error.code == .invalidInput)
    }

    @Test("constants are folded up to a size for all of them together")
    func folding() throws {
        let shape = ONNXTensor(name: "S", try Tensor([1], [1 << 19] as [Int64]))
        let nodes = (0..<50).map { ONNXNode("ConstantOfShape", inputs: ["S"], outputs: [$0 == 0 ? "Y" : "\($0)"]) }
        let plan = try Plan(Self.model(nodes, initializers: [shape]))
        #expect(plan.steps.count == 48)
        #expect(plan.constants.reduce(0) { $0 + $1.value.elementCount } <= 1 << 20)
    }

    @Test("a product with a long inner side is refused")
    func product() throws {
        // 1000 × 1000 by 1000 × 1000: all values fit, the thousand million multiplications do not.
        var nodes = [ONNXNode("ConstantOfShape", inputs: ["X"], outputs: ["A"])]
        nodes.append(ONNXNode("MatMul", inputs: ["A", "A"], outputs: ["Y"]))
        let session = try Session(model: Self.model(nodes))
        #expect(try session.run(["X": Tensor([2], [20, 20] as [Int64])])["Y"]?.tensor?.count == 400)
        let error = try #require(throws: ONNXError.self) { try session.run(["X": Tensor([2], [700, 700] as [Int64])]) }
        #expect(error.message == "a product of matrices takes too many steps")
    }

    /// Branches that each lead to the next one or to the leaf, from which many trees start.
    private static func shared(branches: Int, roots: [Int64], isChain: Bool) throws -> ONNXNode {
        let numbers = (0..<Int64(branches))
        // A chain, or a full tree in the order of its levels.
        let yes = numbers.map { isChain ? min($0 + 1, Int64(branches) - 1) : min(2 * $0 + 1, Int64(branches) - 1) }
        let isLeaf = numbers.map { isChain ? $0 + 1 == branches : 2 * $0 + 2 >= branches }
        let no = numbers.map { isChain || 2 * $0 + 2 >= branches ? 0 : 2 * $0 + 2 }
        return ONNXNode(
            "TreeEnsemble", domain: "ai.onnx.ml", inputs: ["X"], outputs: ["Y"],
            attributes: [
                ONNXAttribute("n_targets", Int64(1)), ONNXAttribute("tree_roots", roots),
                ONNXAttribute("nodes_featureids", [Int64](repeating: 0, count: branches)),
                ONNXAttribute("nodes_splits", try Tensor([branches], (0..<branches).map { Float($0) })),
                ONNXAttribute("nodes_modes", try Tensor([branches], elements: .uint8([UInt8](repeating: 0, count: branches)))),
                ONNXAttribute("nodes_truenodeids", zip(yes, isLeaf).map { $1 ? 0 : $0 }),
                ONNXAttribute("nodes_trueleafs", isLeaf.map { $0 ? 1 : 0 as Int64 }),
                ONNXAttribute("nodes_falsenodeids", no),
                ONNXAttribute("nodes_falseleafs", numbers.map { isChain || 2 * $0 + 2 >= branches ? 1 : 0 as Int64 }),
                ONNXAttribute("leaf_targetids", [0] as [Int64]), ONNXAttribute("leaf_weights", try Tensor([1], [2] as [Float])),
            ])
    }

    @Test("many trees that walk the same long path are refused")
    func sharedPaths() throws {
        let node = try Self.shared(branches: 3000, roots: [Int64](repeating: 0, count: 3000), isChain: true)
        let error = try #require(throws: ONNXError.self) { try TreeEngine<Float>(node) }
        #expect(error.message == "3000 trees share most of their nodes")
    }

    @Test("many trees with the same branches are not laid out over and over, and give the same sums")
    func sharedBranches() throws {
        let node = try Self.shared(branches: 1023, roots: [Int64](repeating: 0, count: 300), isChain: false)
        let engine = try TreeEngine<Float>(node)
        #expect(engine.formDescription == "as the file has them")
        #expect(try engine.predict([5, -1], RowShape(rows: 2, columns: 1)).scores == [600, 600])
    }

    @Test("thresholds of another width than the input are refused, whichever is the wider")
    func precision() throws {
        let node = try Self.shared(branches: 3, roots: [0], isChain: true)
        let error = try #require(throws: ONNXError.self) { try TreeEngine<Double>(node) }
        #expect(error.message == "the thresholds are not of the input's precision")
        var wide = node
        wide.attributes.removeAll { $0.name == "nodes_splits" }
        wide.attributes.append(ONNXAttribute("nodes_splits", try Tensor([3], [0, 1, 2] as [Double])))
        #expect(throws: ONNXError.self) { try TreeEngine<Float>(wide) }
    }

    @Test("a graph that repeats its columns does not make a row of any width")
    func columns() throws {
        var graph = ONNXGraph(name: "g")
        graph.inputs = [ONNXValueInfo(name: "0", type: .tensor(.float, shape: [.named("N"), .fixed(3)]))]
        for step in 1...30 {
            graph.nodes.append(
                ONNXNode(
                    "Concat", inputs: ["\(step - 1)", "\(step - 1)"], outputs: ["\(step)"], attributes: [ONNXAttribute("axis", Int64(1))]))
        }
        graph.outputs = [ONNXValueInfo(name: "30", type: .tensor(.float, shape: nil))]
        let session = try Session(model: ONNXModel(graph: graph, opsets: [.init(domain: "", version: 17)]))
        let error = try #require(throws: ONNXError.self) { try session.rowPredictor() }
        #expect(error.message.contains("a row gets too wide"))
    }
}
