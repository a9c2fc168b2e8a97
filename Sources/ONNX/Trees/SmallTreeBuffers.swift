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

    /// Writes the numbers of a leaf: one, or one for each output, so far apart.
    @inline(__always)
    func write(_ key: Int32, to target: UnsafeMutablePointer<Float>, distance: Int) {
        if sumOfTree != nil {
            target[0] = Float.carried(by: key)
        } else {
            for (output, sum) in sums(key).enumerated() { target[output * distance] = sum }
        }
    }

    private func sums(_ key: Int32) -> [Float] {
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
            next += tree.branches.count
        }
        starts.pointer[count] = Int32(truncatingIfNeeded: next)
        let features = AlignedBuffer(ranks.features, filler: onnx_feature())
        // Sixteen thresholds are loaded at once, whatever is behind the last.
        let thresholds = AlignedBuffer(ranks.thresholds + [Float](repeating: .nan, count: 16), filler: 0)
        let bases = AlignedBuffer(ranks.bases, filler: 0)
        let missing = AlignedBuffer(ranks.missing, filler: 0)
        let groups = row == .groups ? AlignedBuffer(repeating: UInt8(0), count: (count + 63) / 64 * 126 * 64) : nil
        let lines = row == .lines ? AlignedBuffer(repeating: UInt8(0), count: count * 128) : nil
        let masks = row == .lines ? AlignedBuffer(repeating: UInt64.max, count: count * 64) : nil
        let rowLeaves = row == .none ? nil : AlignedBuffer(repeating: Float(0), count: count * 64 * perTree)
        // Each tree has places of its own in all of them.
        Threads.forEach(count, workPerItem: next / max(count, 1)) { range in
            var filler = Filler(ranks: ranks, leaves: leaves, perTree: perTree)
            for number in range {
                let tree = trees[number]
                filler.split(tree, into: splits.pointer + Int(starts.pointer[number]))
                for leaf in tree.leaves.indices {
                    leaves.write(tree.leaves[leaf], to: table.pointer + number * perTree * 64 + leaf, distance: 64)
                }
                if let groups { filler.group(tree, lane: number % 64, into: groups.pointer + number / 64 * 126 * 64) }
                if let lines, let masks { filler.line(tree, into: lines.pointer + number * 128, masks.pointer + number * 64) }
                if let rowLeaves { filler.rowLeaves(tree, complete: groups != nil, into: rowLeaves.pointer + number * 64 * perTree) }
            }
        }

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
}

/// Fills the places of one tree after the other.
private struct Filler {
    let ranks: RankTable
    let leaves: SmallTreeLeaves
    let perTree: Int
    /// The place of each branch among the 63 of a full tree, which are counted level by level.
    private var places = [Int](repeating: 0, count: SmallTree.mostLeaves)

    init(ranks: RankTable, leaves: SmallTreeLeaves, perTree: Int) {
        (self.ranks, self.leaves, self.perTree) = (ranks, leaves, perTree)
    }

    private static func place(_ child: Int) -> UInt8 {
        child < 0 ? UInt8(ONNX_NOWHERE) : UInt8(truncatingIfNeeded: child)
    }

    func split(_ tree: SmallTree, into splits: UnsafeMutablePointer<onnx_split>) {
        for (index, branch) in tree.branches.enumerated() {
            let (column, rank) = ranks.test(branch)
            splits[index] = onnx_split(
                column: UInt32(column * 64), threshold: rank, left: Self.place(branch.less), right: Self.place(branch.notLess),
                add: UInt8(truncatingIfNeeded: branch.leavesLess))
        }
    }

    /// Trees side by side in lanes, filled up to six full levels: a leaf further up is what all of its places below lead to.
    mutating func group(_ tree: SmallTree, lane: Int, into group: UnsafeMutablePointer<UInt8>) {
        places[0] = 0
        for (index, branch) in tree.branches.enumerated() {
            let place = places[index]
            let (column, rank) = ranks.test(branch)
            group[place * 64 + lane] = UInt8(truncatingIfNeeded: column)
            group[(63 + place) * 64 + lane] = rank
            if branch.less >= 0 { places[branch.less] = 2 * place + 1 }
            if branch.notLess >= 0 { places[branch.notLess] = 2 * place + 2 }
        }
    }

    /// A line of columns and one of thresholds for each tree, and the leaves that each branch leaves open when it is answered "right".
    func line(_ tree: SmallTree, into line: UnsafeMutablePointer<UInt8>, _ masks: UnsafeMutablePointer<UInt64>) {
        for lane in 0..<64 { line[64 + lane] = 255 }
        for (lane, branch) in tree.branches.enumerated() {
            let (column, rank) = ranks.test(branch)
            line[lane] = UInt8(truncatingIfNeeded: column)
            line[64 + lane] = rank
            let closed = (UInt64(1) << UInt64(branch.leavesLess)) &- 1
            masks[lane] = ~(closed << UInt64(branch.firstLeaf))
        }
    }

    /// The numbers of each leaf; of a complete tree those at each of the 64 places below six full levels.
    mutating func rowLeaves(_ tree: SmallTree, complete: Bool, into target: UnsafeMutablePointer<Float>) {
        guard complete else {
            for leaf in tree.leaves.indices { leaves.write(tree.leaves[leaf], to: target + leaf * perTree, distance: 1) }
            return
        }
        func fill(_ child: Int, from first: Int, to end: Int) {
            let start = target + first * perTree
            leaves.write(tree.leaves[-child - 1], to: start, distance: 1)
            for place in 1..<max(end - first, 1) { (start + place * perTree).update(from: start, count: perTree) }
        }
        guard !tree.branches.isEmpty else { return fill(-1, from: 0, to: 64) }
        // Of each branch the first of its places; the deeper it is, the fewer they are.
        places[0] = 0
        for (index, branch) in tree.branches.enumerated() {
            let (first, half) = (places[index], 32 >> branch.depth)
            if branch.less >= 0 { places[branch.less] = first } else { fill(branch.less, from: first, to: first + half) }
            if branch.notLess >= 0 {
                places[branch.notLess] = first + half
            } else {
                fill(branch.notLess, from: first + half, to: first + 2 * half)
            }
        }
    }
}
