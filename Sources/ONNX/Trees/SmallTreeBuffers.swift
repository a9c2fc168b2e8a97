internal import CONNXKernels

/// What the leaves of small trees add, as the kernels' tables have it.
struct SmallTreeLeaves {
    /// The model's output of each sum: outputs that no tree adds to have none.
    let outputs: [Int]
    /// The sum that each tree adds to, or nil where each tree adds to all.
    let sumOfTree: [Int32]?
    private let leaves: TreeLeaves<Float>

    /// With more outputs than this, a leaf of some of them is not filled up to one of all.
    private static let mostFilled = 16

    init?(_ leaves: TreeLeaves<Float>, _ trees: [SmallTree]) {
        self.leaves = leaves
        if case .one(let treeOutputs) = leaves.form {
            let used = Set(treeOutputs).sorted()
            outputs = used.map { Int($0) }
            let numbers = Dictionary(uniqueKeysWithValues: zip(used, Int32(0)...))
            sumOfTree = treeOutputs.map { numbers[$0] ?? 0 }
        } else {
            guard leaves.outputCount <= Self.mostFilled else { return nil }
            outputs = Array(0..<leaves.outputCount)
            sumOfTree = nil
        }
    }

    /// The numbers of a leaf: one, or one for each output.
    func numbers(_ key: Int32) -> [Float] {
        if sumOfTree != nil { return [Float.carried(by: key)] }
        var sums = [Float](repeating: 0, count: outputs.count)
        sums.withUnsafeMutableBufferPointer { sums in
            leaves.weights.withUnsafeBufferPointer { weights in
                guard let sums = sums.baseAddress, let weights = weights.baseAddress else { return }
                leaves.add(key, to: sums, weights)
            }
        }
        return sums
    }
}

/// The memory of ``SmallTrees``, and the description that points into it.
struct SmallTreeBuffers {
    enum Row {
        case none
        /// A lane for each tree: all trees have depth 6 at most.
        case groups
        /// A lane for each branch.
        case lines
    }

    let description: onnx_small
    let byteCount: Int
    // Kept alive for the description.
    private let owners: [AnyObject]

    init(_ trees: [SmallTree], _ ranks: RankTable, _ leaves: SmallTreeLeaves, row: Row) {
        let count = trees.count
        let perTree = leaves.sumOfTree == nil ? leaves.outputs.count : 1
        let splits = AlignedBuffer(
            repeating: onnx_split(column: 0, threshold: 0, left: 0, right: 0, add: 0), count: trees.reduce(0) { $0 + $1.branches.count })
        let starts = AlignedBuffer(repeating: Int32(0), count: count + 1)
        let table = AlignedBuffer(repeating: Float(0), count: count * perTree * 64)
        let output = leaves.sumOfTree.map { AlignedBuffer($0, filler: 0) }
        var next = 0
        for (number, tree) in trees.enumerated() {
            starts.pointer[number] = Int32(truncatingIfNeeded: next)
            for branch in tree.branches {
                let (column, rank) = ranks.test(branch)
                splits.pointer[next] = onnx_split(
                    column: UInt32(column * 64), threshold: rank, left: Self.place(branch.less), right: Self.place(branch.notLess),
                    add: UInt8(truncatingIfNeeded: branch.leavesLess))
                next += 1
            }
            for (leaf, key) in tree.leaves.enumerated() {
                for (line, value) in leaves.numbers(key).enumerated() { table.pointer[(number * perTree + line) * 64 + leaf] = value }
            }
        }
        starts.pointer[count] = Int32(truncatingIfNeeded: next)
        let features = AlignedBuffer(ranks.features, filler: onnx_feature())
        // Sixteen thresholds are loaded at once, whatever is behind the last.
        let thresholds = AlignedBuffer(ranks.thresholds + [Float](repeating: .nan, count: 16), filler: 0)
        let bases = AlignedBuffer(ranks.bases, filler: 0)
        let missing = AlignedBuffer(ranks.missing, filler: 0)
        let groups = row == .groups ? Self.groups(trees, ranks) : nil
        let (lines, masks) = row == .lines ? Self.lines(trees, ranks) : (nil, nil)
        let rowLeaves = row == .none ? nil : Self.rowLeaves(trees, leaves, perTree, complete: row == .groups)

        description = onnx_small(
            splits: splits.pointer, starts: starts.pointer, trees: Int64(count), outputs: Int64(leaves.outputs.count),
            output: output?.pointer,
            leaves: table.pointer, features: features.pointer, featureCount: Int64(ranks.features.count), thresholds: thresholds.pointer,
            columns: Int64(ranks.columnCount), bases: bases.pointer, missing: missing.pointer, groups: groups?.pointer,
            lines: lines?.pointer,
            masks: masks?.pointer, rowLeaves: rowLeaves?.pointer)
        let all: [AnyObject?] = [splits, starts, table, output, features, thresholds, bases, missing, groups, lines, masks, rowLeaves]
        owners = all.compactMap { $0 }
        byteCount =
            splits.count * 8 + table.count * 4 + thresholds.count * 4 + (groups?.count ?? 0) + (lines?.count ?? 0) + (masks?.count ?? 0) * 8
            + (rowLeaves?.count ?? 0) * 4
    }

    private static func place(_ child: Int) -> UInt8 {
        child < 0 ? UInt8(ONNX_NOWHERE) : UInt8(truncatingIfNeeded: child)
    }

    /// Trees side by side in lanes, filled up to six full levels: a leaf further up is what all of its places below lead to.
    private static func groups(_ trees: [SmallTree], _ ranks: RankTable) -> AlignedBuffer<UInt8> {
        let buffer = AlignedBuffer(repeating: UInt8(0), count: (trees.count + 63) / 64 * 126 * 64)
        for (number, tree) in trees.enumerated() {
            let group = buffer.pointer + number / 64 * 126 * 64
            eachPlace(tree) { place, branch in
                let (column, rank) = ranks.test(branch)
                group[place * 64 + number % 64] = UInt8(truncatingIfNeeded: column)
                group[(63 + place) * 64 + number % 64] = rank
            }
        }
        return buffer
    }

    /// Calls `body` with each branch and its place among the 63 of a full tree, which are counted level by level.
    private static func eachPlace(_ tree: SmallTree, _ body: (Int, SmallTree.Branch) -> Void) {
        var places = [Int](repeating: 0, count: tree.branches.count)
        for (index, branch) in tree.branches.enumerated() {
            body(places[index], branch)
            if branch.less >= 0 { places[branch.less] = 2 * places[index] + 1 }
            if branch.notLess >= 0 { places[branch.notLess] = 2 * places[index] + 2 }
        }
    }

    /// A line of columns and one of thresholds for each tree, and the leaves that each branch leaves open when it is answered "right".
    private static func lines(_ trees: [SmallTree], _ ranks: RankTable) -> (AlignedBuffer<UInt8>, AlignedBuffer<UInt64>) {
        let lines = AlignedBuffer(repeating: UInt8(0), count: trees.count * 128)
        let masks = AlignedBuffer(repeating: UInt64.max, count: trees.count * 64)
        for (number, tree) in trees.enumerated() {
            for lane in 0..<64 { lines.pointer[number * 128 + 64 + lane] = 255 }
            for (lane, branch) in tree.branches.enumerated() {
                let (column, rank) = ranks.test(branch)
                lines.pointer[number * 128 + lane] = UInt8(truncatingIfNeeded: column)
                lines.pointer[number * 128 + 64 + lane] = rank
                let closed = (UInt64(1) << UInt64(branch.leavesLess)) &- 1
                masks.pointer[number * 64 + lane] = ~(closed << UInt64(branch.firstLeaf))
            }
        }
        return (lines, masks)
    }

    private static func rowLeaves(_ trees: [SmallTree], _ leaves: SmallTreeLeaves, _ perTree: Int, complete: Bool) -> AlignedBuffer<Float> {
        let buffer = AlignedBuffer(repeating: Float(0), count: trees.count * 64 * perTree)
        for (number, tree) in trees.enumerated() {
            let places = complete ? completePlaces(tree) : Array(tree.leaves.indices)
            for (place, leaf) in places.enumerated() {
                for (line, value) in leaves.numbers(tree.leaves[leaf]).enumerated() {
                    buffer.pointer[(number * 64 + place) * perTree + line] = value
                }
            }
        }
        return buffer
    }

    /// The leaf at each of the 64 places below six full levels.
    private static func completePlaces(_ tree: SmallTree) -> [Int] {
        (0..<64).map { place in
            var child = tree.branches.isEmpty ? -1 : 0
            var bit = 32
            while child >= 0, bit > 0 {
                child = place & bit == 0 ? tree.branches[child].less : tree.branches[child].notLess
                bit >>= 1
            }
            return max(-child - 1, 0)
        }
    }
}
