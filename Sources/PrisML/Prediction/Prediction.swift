/// What a predictor says of one row.
public struct Prediction<Label: Sendable>: Sendable {
    /// The class, or the number.
    public let label: Label
    /// For true and false the probability of true; for several classes that of the label; 1 for numbers.
    public let probability: Double
    /// The number that was predicted; for classes the probability.
    public let score: Double
    /// The artifact that answered.
    public let version: String
    private let classes: Classes

    /// Two classes are kept without an array, so that nothing is allocated for them.
    enum Classes: Sendable {
        case none
        case two((label: Label, probability: Double), (label: Label, probability: Double))
        case several([(label: Label, probability: Double)])
    }

    init(label: Label, score: Double, version: String, classes: Classes) {
        self.label = label
        self.score = score
        self.version = version
        self.classes = classes
        if case .none = classes { probability = 1 } else { probability = score }
    }

    /// The probability of each class, likeliest first; empty for numbers.
    public var probabilities: [(label: Label, probability: Double)] {
        switch classes {
        case .none: []
        case .two(let first, let second): second.probability > first.probability ? [second, first] : [first, second]
        case .several(let all): all.sorted { $0.probability > $1.probability }
        }
    }
}
