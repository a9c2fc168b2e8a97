/// What a predictor says of one row.
public struct Prediction<Label: Sendable>: Sendable {
    /// The class, or the number.
    public let label: Label
    /// For true and false the probability of true; for several classes that of the label; 1 for numbers.
    public let probability: Double
    /// The probability of each class, likeliest first; empty for numbers.
    public let probabilities: [(label: Label, probability: Double)]
    /// The number that was predicted; for classes the probability.
    public let score: Double
    /// The artifact that answered.
    public let version: String
}
