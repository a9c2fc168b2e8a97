extension TreeEnsemble {
    /// Reads the `TreeEnsemble` operator of ai.onnx.ml 5: branches and leaves in lists of their own, modes as numbers, sets of members.
    init(version5 node: ONNXNode) throws {
        func integers(_ name: String) throws -> [Int64] { try node.attribute(name)?.ints() ?? [] }
        guard let splits = try node.attribute("nodes_splits")?.tensor(), let leafTensor = try node.attribute("leaf_weights")?.tensor()
        else {
            throw Self.invalid("nodes_splits or leaf_weights is missing")
        }
        let isWide = splits.elementType == .double
        let thresholds = try splits.doubles()
        let leafWeights = try leafTensor.doubles()
        let features = try integers("nodes_featureids")
        let modes = try node.attribute("nodes_modes")?.tensor().integers() ?? []
        let (yes, no) = (try integers("nodes_truenodeids"), try integers("nodes_falsenodeids"))
        let (yesIsLeaf, noIsLeaf) = (try integers("nodes_trueleafs"), try integers("nodes_falseleafs"))
        let missing = try integers("nodes_missing_value_tracks_true")
        let targets = try integers("leaf_targetids")
        let roots = try integers("tree_roots")
        let outputCount = try Self.checkedTargets(try node.attribute("n_targets")?.int() ?? 1, weights: targets.count)
        let branchCount = thresholds.count
        for (name, found) in [
            ("nodes_featureids", features.count), ("nodes_modes", modes.count), ("nodes_truenodeids", yes.count),
            ("nodes_falsenodeids", no.count), ("nodes_trueleafs", yesIsLeaf.count), ("nodes_falseleafs", noIsLeaf.count),
        ] where found != branchCount {
            throw Self.invalid("\(name) has \(found) entries where nodes_splits has \(branchCount)")
        }
        guard missing.isEmpty || missing.count == branchCount else {
            throw Self.invalid("nodes_missing_value_tracks_true has \(missing.count) entries where nodes_splits has \(branchCount)")
        }
        guard targets.count == leafWeights.count else { throw Self.invalid("leaf_targetids and leaf_weights differ in length") }
        guard targets.allSatisfy({ $0 >= 0 && $0 < outputCount }) else {
            throw Self.invalid("a leaf adds to an output outside of 0..<\(outputCount)")
        }
        guard branchCount + leafWeights.count < Int(Int32.max) else { throw Self.invalid("there are too many nodes") }

        // Branches keep their numbers; leaves come behind them.
        func child(_ index: Int64, isLeaf: Int64) throws -> Int32 {
            let limit = isLeaf == 0 ? branchCount : leafWeights.count
            guard index >= 0, index < limit else {
                throw Self.invalid("a branch points at \(isLeaf == 0 ? "branch" : "leaf") \(index) of \(limit)")
            }
            return Int32(truncatingIfNeeded: isLeaf == 0 ? Int(index) : branchCount + Int(index))
        }
        var sets = try MemberSets(node)
        var nodes: [StoredNode] = []
        nodes.reserveCapacity(branchCount + leafWeights.count)
        var featureCount = 0
        for index in 0..<branchCount {
            guard let mode = UInt8(exactly: modes[index]).flatMap(Mode.init(rawValue:)) else {
                throw Self.invalid("branch \(index) has the unknown mode \(modes[index])")
            }
            guard features[index] >= 0, features[index] < Int64(StoredNode.mostFeatures) else {
                throw Self.invalid("branch \(index) reads column \(features[index])")
            }
            featureCount = max(featureCount, Int(features[index]) + 1)
            nodes.append(
                .branch(
                    feature: Int(features[index]), mode: mode,
                    threshold: mode == .member ? Float(bitPattern: try sets.next(branch: index)) : Float(thresholds[index]),
                    missingGoesYes: !missing.isEmpty && missing[index] != 0,
                    yes: try child(yes[index], isLeaf: yesIsLeaf[index]), no: try child(no[index], isLeaf: noIsLeaf[index])))
        }
        for index in leafWeights.indices { nodes.append(.leaf(firstWeight: Int32(truncatingIfNeeded: index), count: 1)) }

        self.nodes = nodes
        self.featureCount = featureCount
        self.outputCount = outputCount
        self.precision = isWide ? .double : .float
        self.roots = try roots.map { root in
            guard root >= 0, root < branchCount else { throw Self.invalid("a tree starts at branch \(root) of \(branchCount)") }
            return Int(root)
        }
        self.depths = try Self.depths(nodes, roots: self.roots)
        guard let aggregate = Aggregate(rawValue: Int(truncatingIfNeeded: try node.attribute("aggregate_function")?.int() ?? 1)) else {
            throw Self.invalid("aggregate_function is unknown")
        }
        self.aggregate = aggregate
        self.baseValues = []
        self.cover = nil
        self.wideThresholds = isWide ? thresholds + [Double](repeating: 0, count: leafWeights.count) : []
        self.weightOutputs = targets.map { Int32(truncatingIfNeeded: $0) }
        self.weights = isWide ? [] : leafWeights.map { Float($0) }
        self.wideWeights = isWide ? leafWeights : []
        self.sets = sets.all
    }
}

/// The sets of an ensemble's membership branches: one list of members, a NaN after each set, in the order of the branches.
private struct MemberSets {
    private(set) var all: [[Double]] = []
    private var used = 0

    init(_ node: ONNXNode) throws {
        guard let tensor = try node.attribute("membership_values")?.tensor() else { return }
        var set: [Double] = []
        for value in try tensor.doubles() {
            if value.isNaN {
                all.append(set.sorted())
                set = []
            } else {
                set.append(value)
            }
        }
        if !set.isEmpty { all.append(set.sorted()) }
    }

    mutating func next(branch: Int) throws -> UInt32 {
        guard used < all.count else { throw TreeEnsemble.invalid("branch \(branch) tests for members, and there are only \(used) sets") }
        used += 1
        return UInt32(truncatingIfNeeded: used - 1)
    }
}
