/// How much a feature matters to a model.
package struct FeatureImportance: Sendable, Hashable, Codable {
    package var feature: String
    /// The feature's share of all that the model gained, or of a linear model's standardised coefficients; all shares add up to 1.
    package var share: Double
    /// What the comparisons with the feature gained in all; for a linear model the mean magnitude of its coefficients.
    package var gain: Double
    /// How many comparisons there are; XGBoost's `weight`.
    package var comparisons: Int
    /// How many rows (how much hessian) came past a comparison on average; XGBoost's `cover`.
    package var cover: Double
}

extension TrainedModel {
    /// The features by importance, the most important first.
    ///
    /// - Parameter features: for each column the feature that it was made from; several columns of one feature count together.
    package func importances(features: [String]? = nil) -> [FeatureImportance] {
        let names = features ?? columns
        guard names.count == columns.count else { return [] }
        var gains = [Double](repeating: 0, count: names.count)
        var covers = gains
        var comparisons = [Int](repeating: 0, count: names.count)
        switch self {
        case .trees(let model):
            for tree in model.trees {
                for (node, cover) in zip(tree.nodes, tree.cover) {
                    guard case .branch(let column, _, _, _, _, let gain) = node else { continue }
                    gains[column] += Double(gain)
                    covers[column] += Double(cover)
                    comparisons[column] += 1
                }
            }
        case .linear(let model):
            for coefficients in model.coefficients {
                for (column, value) in coefficients.enumerated() { gains[column] += value.magnitude / Double(model.coefficients.count) }
            }
        case .foreign(let model):
            for (column, value) in model.importances.enumerated() where gains.indices.contains(column) { gains[column] = value }
        }
        var places: [String: Int] = [:]
        var all: [FeatureImportance] = []
        for (column, name) in names.enumerated() {
            let place = places[name] ?? all.count
            if place == all.count {
                places[name] = place
                all.append(FeatureImportance(feature: name, share: 0, gain: 0, comparisons: 0, cover: 0))
            }
            all[place].gain += gains[column]
            all[place].cover += covers[column]
            all[place].comparisons += comparisons[column]
        }
        let total = all.reduce(0) { $0 + $1.gain }
        for place in all.indices {
            all[place].share = total > 0 ? all[place].gain / total : 0
            all[place].cover /= Double(max(all[place].comparisons, 1))
        }
        return all.sorted { ($1.share, $0.feature) < ($0.share, $1.feature) }
    }
}
