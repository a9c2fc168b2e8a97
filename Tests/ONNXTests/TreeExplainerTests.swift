import ONNX
import Testing

@Suite struct TreeExplainerTests {
    /// Two trees over three columns, one column twice on a path, with a missing direction.
    private func ensemble() throws -> TreeEnsemble {
        let first = EnsembleTree(
            [
                .branch(feature: 0, mode: .less, threshold: 1, missingGoesYes: true, yes: 1, no: 2),
                .branch(feature: 1, mode: .less, threshold: 0, missingGoesYes: false, yes: 3, no: 4),
                .branch(feature: 0, mode: .less, threshold: 2, missingGoesYes: false, yes: 5, no: 6),
                .leaf([(output: 0, weight: 1)]), .leaf([(output: 0, weight: -2)]), .leaf([(output: 0, weight: 4)]),
                .leaf([(output: 0, weight: 0.5)]),
            ], cover: [10, 6, 4, 2, 4, 1, 3])
        let second = EnsembleTree(
            [
                .branch(feature: 2, mode: .less, threshold: 5, missingGoesYes: true, yes: 1, no: 2),
                .leaf([(output: 0, weight: -1)]),
                .branch(feature: 1, mode: .less, threshold: 3, missingGoesYes: true, yes: 3, no: 4),
                .leaf([(output: 0, weight: 3)]), .leaf([(output: 0, weight: 7)]),
            ], cover: [10, 5, 5, 3, 2])
        let model = try PipelineBuilder(columns: 3).regressor([first, second], baseValues: [0.25])
        let node = try #require(model.graph.nodes.first { $0.operation.hasPrefix("TreeEnsemble") })
        return try TreeEnsemble(node, precision: .float)
    }

    /// The sum when only some columns are known: the others are averaged over, by the training rows on each side.
    private func sum(_ trees: TreeEnsemble, _ row: [Double], known: Set<Int>) -> Double {
        func value(_ node: Int) -> Double {
            switch trees[node: node] {
            case .leaf(let weights): return weights.reduce(0) { $0 + trees[weight: $1].value }
            case .branch(let feature, _, let threshold, let missingGoesYes, let yes, let no):
                if known.contains(feature) {
                    return value(row[feature] < threshold || (row[feature].isNaN && missingGoesYes) ? yes : no)
                }
                let cover = trees.cover ?? []
                return (value(yes) * Double(cover[yes]) + value(no) * Double(cover[no])) / Double(cover[yes] + cover[no])
            }
        }
        return trees.roots.reduce(trees.baseValues.first ?? 0) { $0 + value($1) }
    }

    /// Shapley's definition, over all subsets.
    private func shapley(_ trees: TreeEnsemble, _ row: [Double], _ feature: Int) -> Double {
        let others = [0, 1, 2].filter { $0 != feature }
        let weights = [1.0 / 3, 1.0 / 6, 1.0 / 3]
        return (0..<4).reduce(0.0) { total, mask in
            let known = Set(others.enumerated().filter { mask & (1 << $0.offset) != 0 }.map(\.element))
            return total + weights[known.count] * (sum(trees, row, known: known.union([feature])) - sum(trees, row, known: known))
        }
    }

    @Test(arguments: [
        [0.5, -1, 9], [0.5, 1, 4], [1.5, 0, 6], [3, 2.5, 5], [3, 8, 5], [.nan, .nan, .nan], [.nan, 1, 9], [-4, .nan, 0],
    ])
    func agreesWithTheDefinition(row: [Double]) throws {
        let trees = try ensemble()
        let explainer = try #require(TreeExplainer(trees))
        let contributions = try #require(explainer.contributions(of: row).first)
        for feature in 0..<3 {
            #expect((contributions[feature] - shapley(trees, row, feature)).magnitude < 1e-12)
        }
        let all = sum(trees, row, known: [0, 1, 2])
        #expect((explainer.base[0] + contributions.reduce(0, +) - all).magnitude < 1e-12)
    }
}
