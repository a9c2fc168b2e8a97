package import ONNX

/// A linear model over standardised columns; a missing value counts as the mean of its column.
package struct LinearModel: Sendable, Hashable, Codable {
    package let task: LearningTask
    /// The names of the columns that the model reads.
    package let columns: [String]
    /// What is taken off each column, and what it is then multiplied by.
    package let offsets: [Float]
    package let scales: [Float]
    /// For each score a coefficient for each standardised column: how much it matters can be compared between columns.
    package let coefficients: [[Double]]
    package let intercepts: [Double]
    /// Whether the fit arrived before its last permitted step.
    package let hasConverged: Bool

    /// The model as ONNX: `X` in, `label` and `probabilities` or `prediction` out.
    package func onnx(labels: ClassLabels) throws -> ONNXModel {
        var builder = PipelineBuilder(columns: columns.count)
        builder.impute(with: offsets)
        builder.scale(offsets: offsets, scales: scales)
        let narrow = coefficients.map { $0.map { Float($0) } }
        let starts = intercepts.map { Float($0) }
        return switch task {
        case .regression: try builder.linearRegressor(coefficients: narrow, intercepts: starts)
        case .binary: try builder.linearClassifier(coefficients: narrow, intercepts: starts, labels: labels, transform: .logistic)
        case .classes: try builder.linearClassifier(coefficients: narrow, intercepts: starts, labels: labels, transform: .softmax)
        }
    }

    /// The scores of rows, computed in 64 bits.
    package func scores(_ features: FeatureMatrix) -> [Float] {
        let rows = StandardisedRows(features, offsets: offsets, scales: scales)
        let width = rows.columnCount
        var scores: [Float] = []
        scores.reserveCapacity(rows.rowCount * coefficients.count)
        for row in 0..<rows.rowCount {
            let sums = zip(coefficients, intercepts).map { coefficients, intercept in
                (0..<width).reduce(intercept) { $0 + coefficients[$1] * Double(rows.values[row * width + $1]) }
            }
            switch task {
            case .regression: scores += sums.map { Float($0) }
            case .binary: scores += sums.map { Float($0.logistic) }
            case .classes:
                let largest = sums.max() ?? 0
                let powers = sums.map { Double.exponential($0 - largest) }
                let total = powers.reduce(0, +)
                scores += powers.map { Float($0 / total) }
            }
        }
        return scores
    }
}
