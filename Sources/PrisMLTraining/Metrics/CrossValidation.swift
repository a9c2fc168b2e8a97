/// How good models are that were trained on other parts of the rows: each fold is measured by a model that has not seen it.
package struct CrossValidation: Sendable, Hashable {
    package struct Spread: Sendable, Hashable {
        package var kind: MetricKind
        package var mean: Double
        /// How far the folds lie from the mean: the standard deviation of a sample.
        package var deviation: Double
    }

    package var folds: Int
    package var metrics: [Spread]

    package subscript(kind: MetricKind) -> Spread? { metrics.first { $0.kind == kind } }

    /// Metrics that a fold has no value for, as an area where it has one class only, are taken over the others.
    package init(_ evaluations: [Evaluation]) {
        folds = evaluations.count
        metrics = MetricKind.allCases.compactMap { kind in
            let values = evaluations.compactMap { $0[kind]?.value }
            guard !values.isEmpty else { return nil }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return Spread(kind: kind, mean: mean, deviation: values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0)
        }
    }
}
