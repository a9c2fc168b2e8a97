extension TreeEnsemble {
    /// Reads the trees of a `TreeEnsembleRegressor` or `TreeEnsembleClassifier` node (ai.onnx.ml 1 to 3), or of a `TreeEnsemble` node (5).
    ///
    /// - Parameter precision: what the row is compared in; `.double` where the node's input is double.
    public init(_ node: ONNXNode, precision: Precision) throws {
        do {
            switch node.operation {
            case "TreeEnsemble": try self.init(version5: node)
            case "TreeEnsembleRegressor": try self.init(version1: node, leaf: "target", precision: precision)
            case "TreeEnsembleClassifier": try self.init(version1: node, leaf: "class", precision: precision)
            default: throw ONNXError(.invalidTree, "is not a tree ensemble", suggestion: "pass a node of ai.onnx.ml")
            }
        } catch let error as ONNXError {
            throw error.located(node.place)
        }
    }

    private init(version1 node: ONNXNode, leaf prefix: String, precision: Precision) throws {
        let table = try NodeTable(node)
        let count = table.trees.count
        let isWide = precision == .double
        let thresholds = try Numbers(node, "nodes_values", count: count, isWide: isWide)
        let order = try TreeOrder(table)

        // Where the file gives the weights of leaves, in its order; a leaf may have several, one for each class.
        let weightTrees = try node.attribute("\(prefix)_treeids")?.ints(as: Int32.self) ?? []
        let weightNodes = try node.attribute("\(prefix)_nodeids")?.ints(as: Int32.self) ?? []
        let weightOutputs = try node.attribute("\(prefix)_ids")?.ints(as: Int32.self) ?? []
        guard weightTrees.count == weightNodes.count, weightTrees.count == weightOutputs.count else {
            throw Self.invalid("\(prefix)_treeids, \(prefix)_nodeids and \(prefix)_ids differ in length")
        }
        let values = try Numbers(node, "\(prefix)_weights", count: weightTrees.count, isWide: isWide)
        let outputCount = try Self.outputCount(node, prefix)
        guard weightOutputs.allSatisfy({ $0 >= 0 && $0 < outputCount }) else {
            throw Self.invalid("a leaf adds to an output outside of 0..<\(outputCount)")
        }
        let grouped = try LeafWeights(order, table, trees: weightTrees, nodes: weightNodes)

        var nodes: [StoredNode] = []
        nodes.reserveCapacity(count)
        var featureCount = 0
        var cursor = TreeOrder.Cursor()
        for index in 0..<count {
            guard let mode = table.mode(index) else {
                nodes.append(.leaf(firstWeight: grouped.first[index], count: grouped.count(index)))
                continue
            }
            let feature = Int(table.features[index])
            featureCount = max(featureCount, feature + 1)
            nodes.append(
                .branch(
                    feature: feature, mode: mode, threshold: thresholds.narrow(index), missingGoesYes: table.missingGoesYes(index),
                    yes: try order.child(of: index, table.yes[index], table, &cursor),
                    no: try order.child(of: index, table.no[index], table, &cursor)))
        }
        self.nodes = nodes
        self.featureCount = featureCount
        self.outputCount = outputCount
        self.aggregate = try Self.aggregate(node)
        self.precision = precision
        self.baseValues = try Self.baseValues(node)
        self.roots = order.roots
        self.depths = try Self.depths(nodes, roots: order.roots)
        self.cover = try Self.cover(node, count: count)
        self.wideThresholds = isWide ? thresholds.wide : []
        self.weightOutputs = grouped.order.map { weightOutputs[Int($0)] }
        self.weights = isWide ? [] : grouped.order.map { values.narrow(Int($0)) }
        self.wideWeights = isWide ? grouped.order.map { values.wide[Int($0)] } : []
        self.sets = []
    }

    private static func outputCount(_ node: ONNXNode, _ prefix: String) throws -> Int {
        if prefix == "target" {
            let targets = try node.attribute("n_targets")?.int() ?? 1
            return try Self.checkedTargets(targets, weights: node.attribute("target_ids")?.body.count ?? 0)
        }
        let labels = try ClassLabels(node, integers: "classlabels_int64s")
        guard labels.count >= 1 else { throw Self.invalid("there are no class labels") }
        return labels.count
    }

    /// The number of targets; more than weights could fill would be an allocation that a few bytes ask for.
    static func checkedTargets(_ targets: Int64, weights: Int) throws -> Int {
        guard targets >= 1, targets <= max(1024, weights) else { throw invalid("n_targets is \(targets)") }
        return Int(targets)
    }

    private static func aggregate(_ node: ONNXNode) throws -> Aggregate {
        switch try node.attribute("aggregate_function")?.string() ?? "SUM" {
        case "SUM": .sum
        case "AVERAGE": .average
        case "MIN": .minimum
        case "MAX": .maximum
        case let other: throw Self.invalid("aggregate_function '\(other)' is unknown")
        }
    }

    private static func baseValues(_ node: ONNXNode) throws -> [Double] {
        if let wide = node.attribute("base_values_as_tensor") { return try wide.tensor().doubles() }
        return try node.attribute("base_values")?.floats().map { Double($0) } ?? []
    }

    private static func cover(_ node: ONNXNode, count: Int) throws -> [Float]? {
        let cover: [Float]
        if let wide = node.attribute("nodes_hitrates_as_tensor") {
            cover = try wide.tensor().doubles().map { Float($0) }
        } else {
            cover = try node.attribute("nodes_hitrates")?.floats() ?? []
        }
        // Converters that know no cover write 1 everywhere.
        return cover.count == count && cover.contains { $0 != 1 && $0 != 0 } ? cover : nil
    }

    /// The longest path of each tree, by a walk that notices circles.
    ///
    /// - Parameter cost: the steps that a branch counts for.
    static func depths(_ nodes: [StoredNode], roots: [Int], cost: (StoredNode) -> Int32) throws -> [Int] {
        // Depth below each node; -1 is not yet known, -2 is on the path that is being walked.
        var below = [Int32](repeating: -1, count: nodes.count)
        var path: [Int32] = []
        for root in roots {
            path.append(Int32(root))
            while let top = path.last {
                let index = Int(top)
                let node = nodes[index]
                if node.isLeaf {
                    below[index] = 0
                    path.removeLast()
                    continue
                }
                guard below[index] < 0 else {
                    path.removeLast()
                    continue
                }
                let (yes, no) = (below[Int(node.yes)], below[Int(node.no)])
                if yes >= 0, no >= 0 {
                    below[index] = cost(node) + max(yes, no)
                    path.removeLast()
                } else if yes == -2 || no == -2 {
                    throw Self.invalid("node \(index) is below itself")
                } else {
                    below[index] = -2
                    path.append(yes < 0 ? node.yes : node.no)
                }
            }
        }
        return roots.map { Int(below[$0]) }
    }

    /// The longest path of each tree in branches; an error where trees share so many of their nodes that a row would take more steps than the
    /// file is worth. Trees of their own never have more steps than nodes.
    static func depths(_ nodes: [StoredNode], roots: [Int]) throws -> [Int] {
        let depths = try depths(nodes, roots: roots) { _ in 1 }
        guard depths.reduce(0, +) <= 4 * nodes.count else { throw invalid("\(roots.count) trees share most of their nodes") }
        return depths
    }

    static func invalid(_ message: String) -> ONNXError {
        ONNXError(.invalidTree, message, suggestion: "export the model again")
    }
}

/// The attributes of an ensemble's nodes, one entry for each node.
struct NodeTable {
    let trees: [Int32]
    let identifiers: [Int32]
    let features: [Int32]
    let yes: [Int32]
    let no: [Int32]
    /// A ``TreeEnsemble/Mode`` or 255 for a leaf.
    private let modes: [UInt8]
    private let missing: [Bool]

    init(_ node: ONNXNode) throws {
        let names = ["nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"]
        let bytes = node.attribute("nodes_truenodeids")?.body.count ?? 0
        let lists = try Threads.map(names.count, workPerItem: bytes / 2) { range in
            names[range].map { name in Result { try node.attribute(name)?.ints(as: Int32.self) ?? [] } }
        }.joined().map { try $0.get() }
        (trees, identifiers, features, yes, no) = (lists[0], lists[1], lists[2], lists[3], lists[4])
        modes = try Self.modes(node)
        missing = try node.attribute("nodes_missing_value_tracks_true")?.ints(as: Int64.self).map { $0 == 1 } ?? []
        let count = trees.count
        guard count < Int(Int32.max) else { throw TreeEnsemble.invalid("there are \(count) nodes, more than \(Int32.max)") }
        for (name, found) in [
            ("nodes_nodeids", identifiers.count), ("nodes_featureids", features.count), ("nodes_truenodeids", yes.count),
            ("nodes_falsenodeids", no.count), ("nodes_modes", modes.count),
        ] where found != count {
            throw TreeEnsemble.invalid("\(name) has \(found) entries where nodes_treeids has \(count)")
        }
        guard missing.isEmpty || missing.count == count else {
            throw TreeEnsemble.invalid("nodes_missing_value_tracks_true has \(missing.count) entries where nodes_treeids has \(count)")
        }
        for index in features.indices where modes[index] != Self.leaf {
            guard features[index] >= 0, features[index] < TreeEnsemble.StoredNode.mostFeatures else {
                throw TreeEnsemble.invalid("node \(index) reads column \(features[index])")
            }
        }
    }

    func mode(_ index: Int) -> TreeEnsemble.Mode? { TreeEnsemble.Mode(rawValue: modes[index]) }

    func missingGoesYes(_ index: Int) -> Bool { !missing.isEmpty && missing[index] }

    private static let leaf: UInt8 = 255

    private static func modes(_ node: ONNXNode) throws -> [UInt8] {
        guard let attribute = node.attribute("nodes_modes") else { return [] }
        var modes: [UInt8] = []
        // None of the words is shorter.
        modes.reserveCapacity(attribute.body.count / 10)
        try attribute.eachString { modes.append(try Self.mode($0)) }
        return modes
    }

    @inline(__always)
    private static func mode(_ name: UnsafeBufferPointer<UInt8>) throws -> UInt8 {
        // The names differ in length and in their last letters; comparing bytes spares a string for each of millions of nodes.
        func matches(_ text: StaticString) -> Bool {
            name.count == text.utf8CodeUnitCount && zip(name, UnsafeBufferPointer(start: text.utf8Start, count: name.count)).allSatisfy(==)
        }
        if matches("LEAF") { return leaf }
        if matches("BRANCH_LEQ") { return TreeEnsemble.Mode.lessOrEqual.rawValue }
        if matches("BRANCH_LT") { return TreeEnsemble.Mode.less.rawValue }
        if matches("BRANCH_GTE") { return TreeEnsemble.Mode.greaterOrEqual.rawValue }
        if matches("BRANCH_GT") { return TreeEnsemble.Mode.greater.rawValue }
        if matches("BRANCH_EQ") { return TreeEnsemble.Mode.equal.rawValue }
        if matches("BRANCH_NEQ") { return TreeEnsemble.Mode.notEqual.rawValue }
        throw TreeEnsemble.invalid("the mode '\(String(decoding: name, as: UTF8.self))' is unknown")
    }
}

/// A list of numbers that a file gives either as floats or as a tensor.
struct Numbers {
    private let floats: [Float]
    let wide: [Double]

    init(_ node: ONNXNode, _ name: String, count: Int, isWide: Bool) throws {
        if let tensor = try node.attribute("\(name)_as_tensor")?.tensor() {
            wide = try tensor.doubles()
            floats = isWide ? [] : wide.map { Float($0) }
        } else {
            floats = try node.attribute(name)?.floats() ?? []
            wide = isWide ? floats.map { Double($0) } : []
        }
        let found = max(floats.count, wide.count)
        guard found == count else { throw TreeEnsemble.invalid("\(name) has \(found) entries where \(count) are needed") }
    }

    func narrow(_ index: Int) -> Float { floats.isEmpty ? Float(wide[index]) : floats[index] }
}
