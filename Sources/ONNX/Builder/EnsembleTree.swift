/// A tree on its way into a model file: nodes that point at each other by index, the root first.
public struct EnsembleTree: Sendable {
    public enum Node: Sendable {
        /// A comparison of a column with a threshold; NaN takes `yes` if `missingGoesYes`, and `no` otherwise.
        case branch(feature: Int, mode: TreeEnsemble.Mode, threshold: Float, missingGoesYes: Bool, yes: Int, no: Int)
        /// What is added to which outputs.
        case leaf([(output: Int, weight: Float)])
    }

    public var nodes: [Node]
    /// How many training rows (or how much hessian) came past each node; explanations weigh paths by it.
    public var cover: [Float]?

    public init(_ nodes: [Node], cover: [Float]? = nil) {
        self.nodes = nodes
        self.cover = cover
    }

    var addsNothingNegative: Bool {
        nodes.allSatisfy { node in
            if case .leaf(let weights) = node { weights.allSatisfy { $0.weight >= 0 } } else { true }
        }
    }
}

/// The attributes of an ensemble's node, from its trees.
struct EnsembleAttributes {
    private(set) var all: [ONNXAttribute] = []

    init(_ trees: [EnsembleTree], prefix: String, columns: Int, outputs: Int) throws {
        var (treeIDs, nodeIDs, features, yes, no, missing): ([Int64], [Int64], [Int64], [Int64], [Int64], [Int64]) = (
            [], [], [], [], [], []
        )
        var (thresholds, cover, weights): ([Float], [Float], [Float]) = ([], [], [])
        var modes: [String] = []
        var (weightTrees, weightNodes, weightOutputs): ([Int64], [Int64], [Int64]) = ([], [], [])
        for (treeID, tree) in trees.enumerated() {
            let place = "tree \(treeID)"
            guard !tree.nodes.isEmpty, tree.cover.map({ $0.count == tree.nodes.count }) ?? true else {
                throw ONNXError(.invalidTree, "has no nodes, or not one cover for each", at: place, suggestion: "pass at least a leaf")
            }
            cover += tree.cover ?? [Float](repeating: 1, count: tree.nodes.count)
            for (nodeID, node) in tree.nodes.enumerated() {
                treeIDs.append(Int64(treeID))
                nodeIDs.append(Int64(nodeID))
                switch node {
                case .branch(let feature, let mode, let threshold, let missingGoesYes, let whenTrue, let whenFalse):
                    guard (0..<columns).contains(feature), tree.nodes.indices.contains(whenTrue), tree.nodes.indices.contains(whenFalse)
                    else {
                        throw ONNXError(
                            .invalidTree, "node \(nodeID) reads column \(feature) of \(columns) and points at \(whenTrue) and \(whenFalse)",
                            at: place,
                            suggestion: "columns and nodes are counted from 0")
                    }
                    guard let name = Self.names[mode] else {
                        throw ONNXError(.invalidTree, "node \(nodeID) tests for members", at: place, suggestion: "use a chain of .equal")
                    }
                    modes.append(name)
                    features.append(Int64(feature))
                    thresholds.append(threshold)
                    missing.append(missingGoesYes ? 1 : 0)
                    yes.append(Int64(whenTrue))
                    no.append(Int64(whenFalse))
                case .leaf(let leafWeights):
                    modes.append("LEAF")
                    features.append(0)
                    thresholds.append(0)
                    missing.append(0)
                    yes.append(0)
                    no.append(0)
                    for (output, weight) in leafWeights {
                        guard (0..<outputs).contains(output) else {
                            throw ONNXError(
                                .invalidTree, "node \(nodeID) adds to output \(output) of \(outputs)", at: place,
                                suggestion: "outputs are counted from 0")
                        }
                        weightTrees.append(Int64(treeID))
                        weightNodes.append(Int64(nodeID))
                        weightOutputs.append(Int64(output))
                        weights.append(weight)
                    }
                }
            }
        }
        all = [
            ONNXAttribute("nodes_treeids", treeIDs), ONNXAttribute("nodes_nodeids", nodeIDs), ONNXAttribute("nodes_featureids", features),
            ONNXAttribute("nodes_modes", modes), ONNXAttribute("nodes_values", thresholds), ONNXAttribute("nodes_truenodeids", yes),
            ONNXAttribute("nodes_falsenodeids", no), ONNXAttribute("nodes_missing_value_tracks_true", missing),
            ONNXAttribute("nodes_hitrates", cover), ONNXAttribute("\(prefix)_treeids", weightTrees),
            ONNXAttribute("\(prefix)_nodeids", weightNodes), ONNXAttribute("\(prefix)_ids", weightOutputs),
            ONNXAttribute("\(prefix)_weights", weights),
        ]
    }

    private static let names: [TreeEnsemble.Mode: String] = [
        .lessOrEqual: "BRANCH_LEQ", .less: "BRANCH_LT", .greaterOrEqual: "BRANCH_GTE", .greater: "BRANCH_GT", .equal: "BRANCH_EQ",
        .notEqual: "BRANCH_NEQ",
    ]
}
