/// Decision trees as a model file defines them: read-only, checked, and in the file's order.
///
/// This is the form for looking at trees: explanations, importances, conversions. A ``Session`` makes a faster form of it for predicting.
/// Every index in here is known to be in range and no path is endless, so a walk needs no checks.
public struct TreeEnsemble: Sendable {
    /// How a branch compares the row's value to its threshold; the comparison's truth takes the `yes` child.
    public enum Mode: UInt8, Sendable, CaseIterable {
        case lessOrEqual = 0
        case less = 1
        case greaterOrEqual = 2
        case greater = 3
        case equal = 4
        case notEqual = 5
        /// Whether the value is one of a set.
        case member = 6
    }

    /// What one step of a walk finds.
    public enum Node: Sendable, Equatable {
        /// `yes` and `no` are node indices. A missing value (NaN) takes `yes` if `missingGoesYes`, and otherwise what the comparison says:
        /// `no`, except for ``Mode/notEqual``, which is true for NaN.
        case branch(feature: Int, mode: Mode, threshold: Double, missingGoesYes: Bool, yes: Int, no: Int)
        /// The weights that the leaf adds, each to one output.
        case leaf(weights: Range<Int>)
    }

    /// How the weights of a row's leaves become one number for each output.
    public enum Aggregate: Int, Sendable {
        case average = 0
        case sum = 1
        case minimum = 2
        case maximum = 3
    }

    /// The width of thresholds and sums: what the trainer compared in.
    public enum Precision: Sendable {
        case float
        case double
    }

    /// The number of columns that a row needs at least: one more than the highest column that a branch reads.
    public let featureCount: Int
    /// The number of sums: targets of a regression, classes of a classification.
    public let outputCount: Int
    public let aggregate: Aggregate
    public let precision: Precision
    /// Added to the outputs after the aggregate; empty, or as many as the file gives.
    public let baseValues: [Double]
    /// The node that each tree starts at.
    public let roots: [Int]
    /// The number of branches on the longest path of each tree.
    public let depths: [Int]
    /// How many training rows (or how much hessian) came past each node, where the file tells.
    public let cover: [Float]?

    let nodes: [StoredNode]
    /// The thresholds in 64 bits, in a model of double precision.
    let wideThresholds: [Double]
    let weightOutputs: [Int32]
    let weights: [Float]
    let wideWeights: [Double]
    /// Sorted members of each set branch; a set branch holds its set's index in place of the threshold's bits.
    let sets: [[Double]]

    /// A node in 16 bytes.
    struct StoredNode: Sendable {
        /// The threshold; of a set branch, the set's index in its bits.
        var threshold: Float
        private var packed: UInt32
        /// The child for a true comparison; of a leaf, its first weight.
        var yes: Int32
        /// The other child; of a leaf, the number of its weights.
        var no: Int32

        static let mostFeatures = 1 << 27

        static func leaf(firstWeight: Int32, count: Int32) -> StoredNode {
            StoredNode(threshold: 0, packed: 8, yes: firstWeight, no: count)
        }

        static func branch(feature: Int, mode: Mode, threshold: Float, missingGoesYes: Bool, yes: Int32, no: Int32) -> StoredNode {
            StoredNode(
                threshold: threshold, packed: UInt32(truncatingIfNeeded: feature) << 5 | (missingGoesYes ? 16 : 0) | UInt32(mode.rawValue),
                yes: yes, no: no)
        }

        var isLeaf: Bool { packed & 8 != 0 }
        var missingGoesYes: Bool { packed & 16 != 0 }
        var feature: Int { Int(packed >> 5) }
        var mode: Mode { Mode(rawValue: UInt8(truncatingIfNeeded: packed & 7)) ?? .lessOrEqual }
    }

    public var treeCount: Int { roots.count }
    public var nodeCount: Int { nodes.count }
    /// The number of nodes without children.
    public var leafCount: Int { nodes.reduce(0) { $0 + ($1.isLeaf ? 1 : 0) } }
    public var deepest: Int { depths.max() ?? 0 }

    public subscript(node index: Int) -> Node {
        let node = nodes[index]
        guard !node.isLeaf else { return .leaf(weights: Int(node.yes)..<(Int(node.yes) + Int(node.no))) }
        let threshold: Double =
            if node.mode == .member { .nan } else if precision == .double { wideThresholds[index] } else { Double(node.threshold) }
        return .branch(
            feature: node.feature, mode: node.mode, threshold: threshold, missingGoesYes: node.missingGoesYes, yes: Int(node.yes),
            no: Int(node.no))
    }

    /// What a leaf adds: the output and the amount.
    public subscript(weight index: Int) -> (output: Int, value: Double) {
        (Int(weightOutputs[index]), precision == .double ? wideWeights[index] : Double(weights[index]))
    }

    /// The members that a set branch tests for, ascending; empty for any other node.
    public func members(node index: Int) -> [Double] {
        let node = nodes[index]
        return node.isLeaf || node.mode != .member ? [] : sets[Int(node.threshold.bitPattern)]
    }

    /// The leaf that a row reaches from a node: exact, checked, and slow; the truth that the fast engine is tested against.
    public func leaf(from start: Int, row: some RandomAccessCollection<Double>) -> Int {
        var index = start
        while let next = child(of: index, row: row) { index = next }
        return index
    }

    /// The child that a row goes to; nil at a leaf, and where the row is too short for the comparison.
    func child(of index: Int, row: some RandomAccessCollection<Double>) -> Int? {
        guard case .branch(let feature, let mode, let threshold, let missingGoesYes, let yes, let no) = self[node: index],
            feature < row.count
        else { return nil }
        let value = row[row.index(row.startIndex, offsetBy: feature)]
        let isTrue =
            switch mode {
            case .lessOrEqual: value <= threshold
            case .less: value < threshold
            case .greaterOrEqual: value >= threshold
            case .greater: value > threshold
            case .equal: value == threshold
            case .notEqual: value != threshold
            case .member: members(node: index).contains(value)
            }
        return isTrue || (missingGoesYes && value.isNaN) ? yes : no
    }
}
