/// A tree as it was grown: its root is node 0, and a row goes to `low` when its value is below the threshold.
package struct DecisionTree: Sendable, Hashable {
    package enum Node: Sendable, Hashable {
        case branch(column: Int, threshold: Float, missingGoesLow: Bool, low: Int, high: Int, gain: Float)
        /// What is added to each of the tree's outputs.
        case leaf([Float])
    }

    package var nodes: [Node]
    /// The hessian that came past each node: the number of rows, or for classes the weight that they still had.
    package var cover: [Float]
    /// The scores that the tree adds to.
    package var outputs: Range<Int>

    /// Which leaf a row ends in.
    @inline(__always)
    func leaf(of row: UnsafePointer<Float>) -> Int {
        var index = 0
        while true {
            guard case .branch(let column, let threshold, let missingGoesLow, let low, let high, _) = nodes[index] else { return index }
            let value = row[column]
            index = value < threshold || (missingGoesLow && value.isNaN) ? low : high
        }
    }
}

extension DecisionTree {
    /// Reads the trees out of a model of XGBoost, and refuses what does not lead from a root to leaves.
    static func trees(fromXGBoost bytes: [UInt8], columns: Int) throws -> [DecisionTree] {
        let model = try UniversalBinaryJSON(bytes)["learner"]?["gradient_booster"]?["model"]
        guard let stored = model?["trees"]?.elements, let groups = model?["tree_info"]?.integers, groups.count == stored.count else {
            throw TrainingError(.invalidModel, "the model that XGBoost handed over holds no trees")
        }
        return try zip(stored, groups).enumerated().map { number, pair in
            guard let output = Int(exactly: pair.1), output >= 0, let tree = DecisionTree(pair.0, output: output, columns: columns) else {
                throw TrainingError(.invalidModel, "is not one that leads from a root to its leaves", at: "tree \(number)")
            }
            return tree
        }
    }

    private init?(_ stored: UniversalBinaryJSON, output: Int, columns: Int) {
        guard let low = stored["left_children"]?.integers, let high = stored["right_children"]?.integers,
            let column = stored["split_indices"]?.integers, let threshold = stored["split_conditions"]?.floats,
            let missing = stored["default_left"]?.integers, let gain = stored["loss_changes"]?.floats,
            let hessian = stored["sum_hessian"]?.floats
        else { return nil }
        let count = low.count
        guard count > 0, [high.count, column.count, threshold.count, missing.count, gain.count, hessian.count].allSatisfy({ $0 == count })
        else { return nil }
        nodes = []
        cover = []
        outputs = output..<(output + 1)
        // Pruned nodes stay in XGBoost's arrays; what the root reaches is numbered anew, parents first.
        var waiting = [0]
        var next = 0
        while next < waiting.count {
            let index = waiting[next]
            next += 1
            cover.append(hessian[index])
            guard low[index] >= 0 else {
                nodes.append(.leaf([threshold[index]]))
                continue
            }
            guard let left = Int(exactly: low[index]), let right = Int(exactly: high[index]), left < count, right >= 0, right < count,
                let feature = Int(exactly: column[index]), (0..<columns).contains(feature), waiting.count + 2 <= count
            else { return nil }
            nodes.append(
                .branch(
                    column: feature, threshold: threshold[index], missingGoesLow: missing[index] != 0, low: waiting.count,
                    high: waiting.count + 1, gain: gain[index]))
            waiting += [left, right]
        }
    }
}
