/// Why a predictor answered what it did: how much each feature moved the score.
///
/// The contributions are exact Shapley values, in the units in which the model adds up: log-odds for boosted classes and logistic models,
/// probabilities for forests, the label's own for numbers. Base and contributions add up to `total`.
public struct Explanation: Hashable, Sendable {
    public struct Contribution: Hashable, Sendable {
        /// The feature's name in the definition, or a column's in the artifact.
        public let feature: String
        public let value: Double
    }

    /// What the model answers on average over its training rows.
    public let base: Double
    /// The features, those that moved the answer most first.
    public let contributions: [Contribution]
    /// The same before it is folded to features: each column that the model reads, by its name in the artifact (`plan=PRO`), in their order.
    public let columns: [Contribution]

    public var total: Double { contributions.reduce(base) { $0 + $1.value } }
}

/// A prediction with its explanation. What the prediction has is read through it: `answer.probability`.
@dynamicMemberLookup
public struct ExplainedPrediction<Label: Sendable>: Sendable {
    public let prediction: Prediction<Label>
    public let explanation: Explanation

    public subscript<Value>(dynamicMember member: KeyPath<Prediction<Label>, Value>) -> Value {
        prediction[keyPath: member]
    }
}
