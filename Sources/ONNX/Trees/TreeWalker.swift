/// Walks the trees as they are stored: every mode, every aggregate, both precisions, shared sub-trees.
///
/// It is the general engine, for what ``TreeEngine`` has no faster form of.
struct TreeWalker: Sendable {
    let ensemble: TreeEnsemble

    /// Aggregates the leaves of one row into `sums`, and notes in `scored` which outputs any leaf added to.
    func aggregate<Number: TreeNumber>(
        _ row: UnsafePointer<Number>, into sums: UnsafeMutablePointer<Number>, scored: UnsafeMutablePointer<Bool>
    ) {
        for output in 0..<ensemble.outputCount {
            sums[output] = 0
            scored[output] = false
        }
        let weights = Number.weights(ensemble)
        let isSum = ensemble.aggregate == .sum || ensemble.aggregate == .average
        for root in ensemble.roots {
            let leaf = ensemble.nodes[leaf(from: root, row)]
            let first = Int(leaf.yes)
            for index in first..<(first + Int(leaf.no)) {
                let output = Int(ensemble.weightOutputs[index])
                let weight = weights[index]
                if isSum {
                    sums[output] += weight
                } else if !scored[output] || (ensemble.aggregate == .minimum ? weight < sums[output] : weight > sums[output]) {
                    sums[output] = weight
                }
                scored[output] = true
            }
        }
    }

    func leaf<Number: TreeNumber>(from root: Int, _ row: UnsafePointer<Number>) -> Int {
        var index = root
        while true {
            let node = ensemble.nodes[index]
            if node.isLeaf { return index }
            let value = row[node.feature]
            let threshold = Number.threshold(ensemble, index)
            let isTrue =
                switch node.mode {
                case .lessOrEqual: value <= threshold
                case .less: value < threshold
                case .greaterOrEqual: value >= threshold
                case .greater: value > threshold
                case .equal: value == threshold
                case .notEqual: value != threshold
                case .member: ensemble.sets[Int(node.threshold.bitPattern)].contains(Double(value))
                }
            index = Int(isTrue || (node.missingGoesYes && value.isNaN) ? node.yes : node.no)
        }
    }
}
