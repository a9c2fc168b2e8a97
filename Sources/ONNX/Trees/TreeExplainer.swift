/// Says how much each column of a row moved a tree ensemble's sums: exact Shapley values, by the path-dependent TreeSHAP algorithm.
///
/// A column that is not known is averaged over by the training rows that took either side, so a file without `nodes_hitrates` cannot
/// be explained. For each output the base and the contributions add up to the sum, before any post-transform.
///
/// Complexity: O(trees × leaves × depth²) for a row.
public struct TreeExplainer: Sendable {
    public let ensemble: TreeEnsemble
    /// For each output, the mean of the sums over the training rows.
    public let base: [Double]
    private let cover: [Float]
    private let scale: Double

    /// Nil if the file does not say how many rows came past each node, or does not add leaves up.
    public init?(_ ensemble: TreeEnsemble) {
        guard let cover = ensemble.cover, cover.count == ensemble.nodeCount, ensemble.aggregate == .sum || ensemble.aggregate == .average
        else {
            return nil
        }
        self.ensemble = ensemble
        self.cover = cover
        scale = ensemble.aggregate == .average ? 1 / Double(max(ensemble.treeCount, 1)) : 1
        var base = [Double](repeating: 0, count: ensemble.outputCount)
        for root in ensemble.roots { Self.addMeans(ensemble, cover, root, scale, &base) }
        for (output, value) in ensemble.baseValues.enumerated() where output < base.count { base[output] += value }
        self.base = base
    }

    /// Adds the mean of a tree's leaves, each by its share of the rows.
    private static func addMeans(_ ensemble: TreeEnsemble, _ cover: [Float], _ root: Int, _ scale: Double, _ base: inout [Double]) {
        var open: [(node: Int, share: Double)] = [(root, scale)]
        while let (node, share) = open.popLast() {
            switch ensemble[node: node] {
            case .leaf(let weights):
                for index in weights {
                    let weight = ensemble[weight: index]
                    base[weight.output] += share * weight.value
                }
            case .branch(_, _, _, _, let yes, let no):
                let (toYes, toNo) = shares(cover, yes, no)
                open.append((yes, share * toYes))
                open.append((no, share * toNo))
            }
        }
    }

    private static func shares(_ cover: [Float], _ yes: Int, _ no: Int) -> (Double, Double) {
        let total = Double(cover[yes]) + Double(cover[no])
        return total > 0 ? (Double(cover[yes]) / total, Double(cover[no]) / total) : (0.5, 0.5)
    }

    /// The contributions of a row's columns: `featureCount` numbers for each output, one output after the other.
    public func contributions(of row: [Double]) -> [[Double]] {
        var walk = Walk(explainer: self, row: row)
        for root in ensemble.roots {
            walk.path.removeAll(keepingCapacity: true)
            walk.visit(root, zero: 1, one: 1, feature: -1)
        }
        return walk.values
    }

    /// One column on the path from the root: the share of the rows that would come this way without knowing it, and whether the row does.
    private struct Step {
        var feature: Int
        var zero: Double
        var one: Double
        /// The weight of the subsets of the path's columns that have as many members as this step's position.
        var weight: Double
    }

    private struct Walk {
        let explainer: TreeExplainer
        let row: [Double]
        var values: [[Double]]
        var path: [Step] = []

        init(explainer: TreeExplainer, row: [Double]) {
            self.explainer = explainer
            self.row = row
            values = explainer.base.map { _ in [Double](repeating: 0, count: max(explainer.ensemble.featureCount, row.count)) }
        }

        mutating func visit(_ node: Int, zero: Double, one: Double, feature: Int) {
            let outer = path
            extend(zero, one, feature)
            switch explainer.ensemble[node: node] {
            case .leaf(let weights): addLeaf(weights)
            case .branch(let next, _, _, _, let yes, let no):
                let (toYes, toNo) = TreeExplainer.shares(explainer.cover, yes, no)
                let goesYes = takesYes(node)
                var (zero, one) = (1.0, 1.0)
                // A column that the path has already is taken out, and put in again with both comparisons.
                if let known = path.firstIndex(where: { $0.feature == next }) {
                    (zero, one) = (path[known].zero, path[known].one)
                    unwind(known)
                }
                let here = path
                visit(yes, zero: zero * toYes, one: goesYes ? one : 0, feature: next)
                path = here
                visit(no, zero: zero * toNo, one: goesYes ? 0 : one, feature: next)
            }
            path = outer
        }

        private func takesYes(_ node: Int) -> Bool {
            guard case .branch(_, _, _, _, let yes, _) = explainer.ensemble[node: node] else { return false }
            return explainer.ensemble.child(of: node, row: row) == yes
        }

        private mutating func addLeaf(_ weights: Range<Int>) {
            for index in path.indices.dropFirst() {
                let step = path[index]
                let share = unwoundSum(index) * (step.one - step.zero) * explainer.scale
                for weight in weights {
                    let leaf = explainer.ensemble[weight: weight]
                    values[leaf.output][step.feature] += share * leaf.value
                }
            }
        }

        private mutating func extend(_ zero: Double, _ one: Double, _ feature: Int) {
            let depth = path.count
            path.append(Step(feature: feature, zero: zero, one: one, weight: depth == 0 ? 1 : 0))
            for index in stride(from: depth - 1, through: 0, by: -1) {
                path[index + 1].weight += one * path[index].weight * Double(index + 1) / Double(depth + 1)
                path[index].weight = zero * path[index].weight * Double(depth - index) / Double(depth + 1)
            }
        }

        /// Takes a step out as if it had never been put in.
        private mutating func unwind(_ index: Int) {
            let depth = path.count - 1
            let (zero, one) = (path[index].zero, path[index].one)
            var next = path[depth].weight
            for position in stride(from: depth - 1, through: 0, by: -1) {
                if one != 0 {
                    let weight = path[position].weight
                    path[position].weight = next * Double(depth + 1) / (Double(position + 1) * one)
                    next = weight - path[position].weight * zero * Double(depth - position) / Double(depth + 1)
                } else {
                    // Where no row comes and this one does not either, nothing is shared out.
                    path[position].weight = zero == 0 ? 0 : path[position].weight * Double(depth + 1) / (zero * Double(depth - position))
                }
            }
            for position in index..<depth {
                path[position].feature = path[position + 1].feature
                path[position].zero = path[position + 1].zero
                path[position].one = path[position + 1].one
            }
            path.removeLast()
        }

        /// The sum of the weights that would be left after taking a step out.
        private func unwoundSum(_ index: Int) -> Double {
            let depth = path.count - 1
            let (zero, one) = (path[index].zero, path[index].one)
            var next = path[depth].weight
            var total = 0.0
            for position in stride(from: depth - 1, through: 0, by: -1) {
                if one != 0 {
                    let weight = next * Double(depth + 1) / (Double(position + 1) * one)
                    total += weight
                    next = path[position].weight - weight * zero * Double(depth - position) / Double(depth + 1)
                } else if zero != 0 {
                    total += path[position].weight * Double(depth + 1) / (zero * Double(depth - position))
                }
            }
            return total
        }
    }
}
