import Testing

@testable import ONNX

/// The compiled forms of an ensemble against the slow walk that is its definition: to the last bit, over random ensembles.
@Suite("Compiled trees")
struct TreeEngineTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var trees: Int
        var leaves: ClosedRange<Int>
        var columns: Int
        var outputs = 1
        var modes: [TreeEnsemble.Mode] = [.less]
        var thresholds = 40
        var leafWeights = LeafWeights.one
        var testDescription: String { "\(trees) trees of \(leaves) leaves, \(outputs) outputs, \(leafWeights)" }
    }

    enum LeafWeights: Sendable { case one, oneOfTree, all, some }

    static let shapes: [Shape] = [
        Shape(trees: 7, leaves: 1...9, columns: 3),
        Shape(trees: 70, leaves: 20...64, columns: 12, modes: [.lessOrEqual]),
        Shape(trees: 130, leaves: 30...64, columns: 5, modes: [.less, .lessOrEqual, .greater, .greaterOrEqual], thresholds: 900),
        Shape(trees: 20, leaves: 65...200, columns: 8),
        Shape(trees: 12, leaves: 8...40, columns: 4, modes: TreeEnsemble.Mode.allCases.filter { $0 != .member }),
        Shape(trees: 30, leaves: 12...60, columns: 6, outputs: 3, leafWeights: .oneOfTree),
        Shape(trees: 30, leaves: 12...60, columns: 6, outputs: 3, leafWeights: .all),
        Shape(trees: 9, leaves: 12...90, columns: 6, outputs: 5, leafWeights: .some),
        Shape(trees: 40, leaves: 12...64, columns: 150),
    ]

    @Test("give the same sums as the slow walk, for one row and for many", arguments: shapes, [SmallTrees.Level.none, .avx2, .avx512])
    func sums(_ shape: Shape, _ level: SmallTrees.Level) throws {
        guard level <= .best else { return }
        var random = SeededGenerator(seed: UInt64(shape.trees * 1000 + shape.columns))
        let trees = (0..<shape.trees).map { Self.tree($0, shape, &random) }
        let model = try PipelineBuilder(columns: shape.columns).regressor(trees, targets: shape.outputs)
        let node = try #require(model.graph.nodes.first)
        try check(node, shape.columns, level, &random, Float.self)
        try check(node, shape.columns, level, &random, Double.self)
    }

    @Test("keep sets of members and shared branches", arguments: [SmallTrees.Level.none, .avx512])
    func members(_ level: SmallTrees.Level) throws {
        var random = SeededGenerator(seed: 5)
        let node = try Self.membershipNode()
        try check(node, 2, min(level, .best), &random, Float.self)
    }

    private func check<Number: TreeNumber>(
        _ node: ONNXNode, _ columns: Int, _ level: SmallTrees.Level, _ random: inout SeededGenerator, _: Number.Type
    ) throws {
        let engine = try TreeEngine<Number>(node, level: level)
        let ensemble = try TreeEnsemble(node, precision: Number.self == Double.self ? .double : .float)
        let values = Self.values.map { Number($0) }
        for count in [1, 2, 7, 9, 63, 64, 65, 130, 300] {
            let rows = (0..<(count * columns)).map { _ in values.randomElement(using: &random) ?? 0 }
            let (scores, _) = try engine.predict(rows, RowShape(rows: count, columns: columns))
            for row in 0..<count {
                let expected = Self.sums(ensemble, rows[(row * columns)..<((row + 1) * columns)])
                let found = Array(scores[(row * ensemble.outputCount)..<((row + 1) * ensemble.outputCount)])
                #expect(found == expected, "row \(row) of \(count)")
            }
        }
    }

    /// The sums by the checked walk, added in the order of the trees.
    private static func sums<Number: TreeNumber>(_ ensemble: TreeEnsemble, _ row: ArraySlice<Number>) -> [Number] {
        var sums = [Number](repeating: 0, count: ensemble.outputCount)
        let wide = row.map { Double($0) }
        for root in ensemble.roots {
            guard case .leaf(let weights) = ensemble[node: ensemble.leaf(from: root, row: wide)] else { continue }
            for weight in weights {
                let (output, value) = ensemble[weight: weight]
                sums[output] += Number(value)
            }
        }
        return sums
    }

    // MARK: Random models

    /// Thresholds and values come from the same numbers, so that rows often sit exactly on a threshold or next to it.
    private static let values: [Float] = {
        var random = SeededGenerator(seed: 99)
        var values: [Float] = [0, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1, -1, .nan, .nan, .nan]
        for _ in 0..<600 {
            let value = Float.random(in: -10...10, using: &random)
            values += [value, value.nextUp, value.nextDown]
        }
        return values
    }()

    private static func tree(_ number: Int, _ shape: Shape, _ random: inout SeededGenerator) -> EnsembleTree {
        var nodes: [EnsembleTree.Node] = [leaf(number, shape, &random)]
        var leaves = [0]
        let count = Int.random(in: shape.leaves, using: &random)
        while leaves.count < count {
            // Splitting the newest leaf now and then makes deep trees as well as broad ones.
            let place = Bool.random(using: &random) ? leaves.count - 1 : Int.random(in: leaves.indices, using: &random)
            let split = leaves.remove(at: place)
            let thresholds = values.prefix(shape.thresholds)
            nodes[split] = .branch(
                feature: Int.random(in: 0..<shape.columns, using: &random), mode: shape.modes.randomElement(using: &random) ?? .less,
                threshold: thresholds.randomElement(using: &random) ?? 0, missingGoesYes: Bool.random(using: &random), yes: nodes.count,
                no: nodes.count + 1)
            leaves += [nodes.count, nodes.count + 1]
            nodes += [leaf(number, shape, &random), leaf(number, shape, &random)]
        }
        return EnsembleTree(nodes)
    }

    private static func leaf(_ tree: Int, _ shape: Shape, _ random: inout SeededGenerator) -> EnsembleTree.Node {
        func weight() -> Float { Float.random(in: -1...1, using: &random) }
        switch shape.leafWeights {
        case .one: return .leaf([(0, weight())])
        case .oneOfTree: return .leaf([(tree % shape.outputs, weight())])
        case .all: return .leaf((0..<shape.outputs).map { ($0, weight()) })
        case .some:
            // The first output always has a weight, so that whether an output is scored never depends on the row.
            return .leaf([(0, weight())] + (tree == 0 ? (1..<shape.outputs).map { ($0, weight()) } : [(tree % shape.outputs, weight())]))
        }
    }

    /// Two branches that test for members; both lead to the same third branch.
    private static func membershipNode() throws -> ONNXNode {
        let members = [values[11], values[12], values[13], values[20], 1, .infinity, 0, .nan, -1, .nan]
        return ONNXNode(
            "TreeEnsemble", domain: "ai.onnx.ml", inputs: ["X"], outputs: ["Y"],
            attributes: [
                ONNXAttribute("n_targets", Int64(1)), ONNXAttribute("tree_roots", [0, 1] as [Int64]),
                ONNXAttribute("nodes_featureids", [0, 1, 1] as [Int64]),
                ONNXAttribute("nodes_splits", try Tensor([3], [0, 0, values[30]])),
                ONNXAttribute("nodes_modes", try Tensor([3], elements: .uint8([6, 6, 1]))),
                ONNXAttribute("nodes_truenodeids", [2, 0, 2] as [Int64]), ONNXAttribute("nodes_trueleafs", [0, 1, 1] as [Int64]),
                ONNXAttribute("nodes_falsenodeids", [2, 2, 1] as [Int64]), ONNXAttribute("nodes_falseleafs", [0, 0, 1] as [Int64]),
                ONNXAttribute("nodes_missing_value_tracks_true", [1, 0, 1] as [Int64]),
                ONNXAttribute("membership_values", try Tensor([10], members)),
                ONNXAttribute("leaf_targetids", [0, 0, 0] as [Int64]),
                ONNXAttribute("leaf_weights", try Tensor([3], [0.5, 1.25, -3] as [Float])),
            ])
    }
}
