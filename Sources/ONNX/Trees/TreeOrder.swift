/// Finds nodes by the pair of tree and node identifier that ONNX links them by.
///
/// Nearly every file numbers the nodes of each tree 0, 1, 2 … in order; there a link is an addition. Any other numbering takes a dictionary.
struct TreeOrder {
    private struct Run {
        let start: Int
        var count: Int
        /// Whether node `i` of this run has the identifier `i`.
        var isSequential: Bool
    }

    private struct Key: Hashable {
        let tree: Int32
        let node: Int32
    }

    /// The tree that was asked for last: links and weights come tree by tree, so that it nearly always is the next one too.
    struct Cursor {
        fileprivate var tree: Int32 = 0
        fileprivate var start = 0
        fileprivate var count = 0
    }

    /// The first node of each tree, in the file's order of trees.
    let roots: [Int]
    private let runs: [Run]
    private let runOfTree: [Int32: Int]
    private var others: [Key: Int] = [:]

    init(_ table: NodeTable) throws {
        var runs: [Run] = []
        var runOfTree: [Int32: Int] = [:]
        var needsKeys = false
        for index in table.trees.indices {
            let tree = table.trees[index]
            if index > 0, table.trees[index - 1] == tree {
                let last = runs.count - 1
                if table.identifiers[index] != Int32(truncatingIfNeeded: index - runs[last].start) {
                    runs[last].isSequential = false
                    needsKeys = true
                }
                runs[last].count += 1
                continue
            }
            let isNew = runOfTree[tree] == nil
            if isNew { runOfTree[tree] = runs.count }
            let isSequential = isNew && table.identifiers[index] == 0
            if !isSequential { needsKeys = true }
            runs.append(Run(start: index, count: 1, isSequential: isSequential))
        }
        self.runs = runs
        self.runOfTree = runOfTree
        self.roots = runOfTree.values.sorted().map { runs[$0].start }
        guard needsKeys else { return }
        others.reserveCapacity(table.trees.count)
        for index in table.trees.indices {
            let key = Key(tree: table.trees[index], node: table.identifiers[index])
            guard others.updateValue(index, forKey: key) == nil else {
                throw TreeEnsemble.invalid("tree \(key.tree) has two nodes \(key.node)")
            }
        }
    }

    @inline(__always)
    func index(tree: Int32, node: Int32, _ cursor: inout Cursor) -> Int? {
        guard others.isEmpty else { return others[Key(tree: tree, node: node)] }
        if cursor.tree != tree || cursor.count == 0 {
            guard let run = runOfTree[tree] else { return nil }
            cursor = Cursor(tree: tree, start: runs[run].start, count: runs[run].count)
        }
        guard node >= 0, Int(node) < cursor.count else { return nil }
        return cursor.start + Int(node)
    }

    @inline(__always)
    func child(of index: Int, _ identifier: Int32, _ table: NodeTable, _ cursor: inout Cursor) throws -> Int32 {
        let tree = table.trees[index]
        guard let child = self.index(tree: tree, node: identifier, &cursor) else {
            throw TreeEnsemble.invalid(
                "node \(table.identifiers[index]) of tree \(tree) points at node \(identifier), which does not exist")
        }
        guard child != index else { throw TreeEnsemble.invalid("node \(identifier) of tree \(tree) points at itself") }
        return Int32(truncatingIfNeeded: child)
    }
}

/// The weights of each leaf, side by side.
struct LeafWeights {
    /// For each node, where its weights begin.
    let first: [Int32]
    /// The file's index of each weight, grouped by node.
    let order: [Int32]

    init(_ nodes: TreeOrder, _ table: NodeTable, trees: [Int32], nodes identifiers: [Int32]) throws {
        guard trees.count < Int(Int32.max) else { throw TreeEnsemble.invalid("there are \(trees.count) leaf weights") }
        var owners: [Int32] = []
        owners.reserveCapacity(trees.count)
        var counts = [Int32](repeating: 0, count: table.trees.count + 1)
        var cursor = TreeOrder.Cursor()
        for (tree, identifier) in zip(trees, identifiers) {
            guard let node = nodes.index(tree: tree, node: identifier, &cursor) else {
                throw TreeEnsemble.invalid("a weight belongs to node \(identifier) of tree \(tree), which does not exist")
            }
            // Old converters give weights to branches as well; nothing ever reaches them.
            let isLeaf = table.mode(node) == nil
            owners.append(isLeaf ? Int32(truncatingIfNeeded: node) : -1)
            if isLeaf { counts[node + 1] += 1 }
        }
        for index in 1..<counts.count { counts[index] += counts[index - 1] }
        first = counts
        var next = counts
        var order = [Int32](repeating: 0, count: Int(counts.last ?? 0))
        for (weight, owner) in owners.enumerated() where owner >= 0 {
            order[Int(next[Int(owner)])] = Int32(truncatingIfNeeded: weight)
            next[Int(owner)] += 1
        }
        self.order = order
    }

    func count(_ node: Int) -> Int32 { first[node + 1] - first[node] }
}
