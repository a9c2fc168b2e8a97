/// What the leaves of an ensemble add, in the form that is cheapest to add.
struct TreeLeaves<Number: TreeNumber>: Sendable {
    enum Form: Sendable {
        /// One number, in the leaf's key, to the output of its tree.
        case one(outputs: [Int32])
        /// As many numbers as there are outputs; the leaf's key is the line of ``weights``.
        case all
        /// Some numbers to some outputs; the leaf's key is its index among the ensemble's nodes.
        case some
    }

    let form: Form
    let outputCount: Int
    let weights: [Number]
    /// Whether any leaf of a row adds to the output: the same for all rows, or nil where it depends on the row.
    let scored: [Bool]?
    /// Whether trees have most of their nodes in common: laid out each on its own, they would take more space than the file is worth.
    let isShared: Bool
    private let ensemble: TreeEnsemble

    init(_ ensemble: TreeEnsemble) {
        self.ensemble = ensemble
        outputCount = ensemble.outputCount
        weights = Number.weights(ensemble)
        let survey = Survey(ensemble)
        form = survey.oneOutput.map { .one(outputs: $0) } ?? (survey.isDense ? .all : .some)
        scored = survey.scored
        isShared = survey.isShared
    }

    @inline(__always)
    func key(_ leaf: TreeEnsemble.StoredNode, _ index: Int32) -> Number.Key {
        switch form {
        case .one:
            let weight: Number = leaf.no == 1 ? weights[Int(leaf.yes)] : 0
            // The bits of a negative zero are the constant column's key; zero adds the same.
            return weight == 0 ? 0 : weight.bitsAsKey
        case .all: return Number.Key(truncatingIfNeeded: Int(leaf.yes) / outputCount)
        case .some: return Number.Key(truncatingIfNeeded: index)
        }
    }

    /// Adds a leaf's numbers to the sums; for the forms that are not ``Form/one(outputs:)``.
    @inline(__always)
    func add(_ key: Number.Key, to sums: UnsafeMutablePointer<Number>, _ weights: UnsafePointer<Number>) {
        if case .all = form {
            let line = weights + Int(key) * outputCount
            for output in 0..<outputCount { sums[output] += line[output] }
        } else {
            let leaf = ensemble.nodes[Int(key)]
            for index in Int(leaf.yes)..<(Int(leaf.yes) + Int(leaf.no)) { sums[Int(ensemble.weightOutputs[index])] += weights[index] }
        }
    }

    /// One look at all leaves.
    private struct Survey {
        var oneOutput: [Int32]?
        var isDense = true
        var scored: [Bool]?
        var isShared = false

        init(_ ensemble: TreeEnsemble) {
            let count = ensemble.outputCount
            var outputs: [Int32] = []
            var isOne = true
            var always = [Bool](repeating: false, count: count)
            var ever = [Bool](repeating: false, count: count)
            // The last tree that came past each node, and the last leaf that added to each output.
            var visitor = [Int32](repeating: -1, count: ensemble.nodes.count)
            var adder = [Int32](repeating: -1, count: count)
            var additions = [Int](repeating: 0, count: count)
            var path: [Int32] = []
            var visits = 0
            for (tree, root) in ensemble.roots.enumerated() {
                var touched: [Int] = []
                var leaves = 0
                path.append(Int32(truncatingIfNeeded: root))
                while let top = path.popLast() {
                    let index = Int(top)
                    guard visitor[index] != tree else { continue }
                    visits += 1
                    guard visits <= 4 * ensemble.nodes.count else {
                        isShared = true
                        return
                    }
                    visitor[index] = Int32(truncatingIfNeeded: tree)
                    let node = ensemble.nodes[index]
                    guard node.isLeaf else {
                        path.append(node.yes)
                        path.append(node.no)
                        continue
                    }
                    leaves += 1
                    let range = Int(node.yes)..<(Int(node.yes) + Int(node.no))
                    if range.count != count { isDense = false }
                    if range.count > 1 { isOne = false }
                    for weight in range {
                        let output = Int(ensemble.weightOutputs[weight])
                        if output != weight - range.lowerBound { isDense = false }
                        guard adder[output] != top || additions[output] == 0 else { continue }
                        adder[output] = top
                        if additions[output] == 0 { touched.append(output) }
                        additions[output] += 1
                        ever[output] = true
                    }
                }
                for output in touched {
                    if additions[output] == leaves { always[output] = true }
                    additions[output] = 0
                }
                if touched.count > 1 { isOne = false }
                outputs.append(Int32(truncatingIfNeeded: touched.first ?? 0))
            }
            oneOutput = isOne ? outputs : nil
            scored = always == ever ? always : nil
        }
    }
}
