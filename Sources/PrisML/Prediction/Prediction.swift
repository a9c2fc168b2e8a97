/// What a predictor says of one row.
public struct Prediction<Label: Sendable>: Sendable {
    /// The class, or the number.
    public let label: Label
    /// Of two classes the probability of the second one, whichever the label is: of `true`, of the enum's later value, of the text that
    /// sorts last. It is what conditions and orders go by. Of three and more that of the label; 1 for numbers.
    ///
    /// `probability(of:)` gives that of any class.
    public let probability: Double
    /// The number that was predicted; for classes the probability.
    public let score: Double
    /// The artifact that answered.
    public let version: String
    /// Two classes are kept without an array, so that nothing is allocated for them, and without tuples, which are slow to make of a
    /// type that is not known when this is compiled.
    @usableFromInline let other: Label?
    @usableFromInline let labelShare: Double
    @usableFromInline let otherShare: Double
    @usableFromInline let several: [(label: Label, probability: Double)]?

    /// A number.
    @inlinable
    init(number label: Label, score: Double, version: String) {
        (self.label, probability, self.score, self.version) = (label, 1, score, version)
        (other, labelShare, otherShare, several) = (nil, 1, 0, nil)
    }

    /// One of two classes, and the other one, with the probability of each.
    @inlinable
    init(label: Label, _ labelShare: Double, other: Label, _ otherShare: Double, score: Double, version: String) {
        (self.label, probability, self.score, self.version) = (label, score, score, version)
        (self.other, self.labelShare, self.otherShare, several) = (other, labelShare, otherShare, nil)
    }

    /// One of several classes.
    @inlinable
    init(label: Label, of several: [Label], shares: [Double], score: Double, version: String) {
        (self.label, probability, self.score, self.version) = (label, score, score, version)
        (other, labelShare, otherShare) = (nil, score, 0)
        self.several = zip(several, shares).map { (label: $0, probability: $1) }
    }

    /// The probability of each class, likeliest first; empty for numbers.
    public var probabilities: [(label: Label, probability: Double)] {
        guard let other else {
            return (several ?? []).sorted { $0.probability > $1.probability }
        }
        let both = [(label: label, probability: labelShare), (label: other, probability: otherShare)]
        return otherShare > labelShare ? both.reversed() : both
    }
}

extension Prediction where Label: Equatable {
    /// The probability of a class; nil for one that the model does not know.
    ///
    /// ```swift
    /// let plan = try planned.predict(user)
    /// print(plan.label, plan.probability(of: plan.label), plan.probability(of: .pro))
    /// ```
    public func probability(of label: Label) -> Double? {
        if let several { return several.first { $0.label == label }?.probability }
        if label == self.label { return labelShare }
        return label == other ? otherShare : nil
    }
}
