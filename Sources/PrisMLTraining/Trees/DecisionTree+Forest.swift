/// What a forest does with trees that were grown as corrections of a mean.
extension DecisionTree {
    /// Adds the same to every leaf, so that the forest's sum needs no base. A share of a class is never below 0, not even by rounding.
    mutating func moveLeaves(by distance: Float, atLeast least: Float) {
        for index in nodes.indices {
            if case .leaf(let values) = nodes[index] { nodes[index] = .leaf(values.map { max($0 + distance, least) }) }
        }
    }

    /// Gives every leaf the shares of all classes among the sampled rows that end in it, times `share`.
    ///
    /// XGBoost grows a tree for each class; with all classes in each leaf the forest's probabilities add up to 1, and every tree helps
    /// with every class.
    mutating func fillLeaves(with rows: LabelledRows, classes: Int, sampled: [Bool]?, share: Double, prior: [Float]) {
        var weights = [Double](repeating: 0, count: nodes.count * classes)
        let width = rows.features.columnCount
        rows.features.values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            for row in 0..<rows.count where sampled?[row] ?? true {
                guard let label = Int(exactly: rows.labels[row]), (0..<classes).contains(label) else { continue }
                weights[leaf(of: start + row * width) * classes + label] += rows.weights.map { Double($0[row]) } ?? 1
            }
        }
        for index in nodes.indices {
            guard case .leaf = nodes[index] else { continue }
            let own = weights[(index * classes)..<((index + 1) * classes)]
            let total = own.reduce(0, +)
            nodes[index] = .leaf(total > 0 ? own.map { Float($0 / total * share) } : prior.map { Float(Double($0) * share) })
        }
        outputs = 0..<classes
    }
}

extension TreeModel {
    /// Each row's sums over all trees, in 64 bits: what a forest of several classes answers.
    func sums(of features: FeatureMatrix) -> [Float] {
        let width = base.count
        return features.values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return [] }
            var scores: [Float] = []
            scores.reserveCapacity(features.rowCount * width)
            for row in 0..<features.rowCount {
                var sums = base.map(Double.init)
                for tree in trees {
                    guard case .leaf(let leaf) = tree.nodes[tree.leaf(of: start + row * features.columnCount)] else { continue }
                    for (output, value) in zip(tree.outputs, leaf) where output < width { sums[output] += Double(value) }
                }
                scores += sums.map { Float($0) }
            }
            return scores
        }
    }
}
