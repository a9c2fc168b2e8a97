/// What a model says of one row, before it has the label's type.
@usableFromInline
struct ModelAnswer: Sendable {
    /// The probability of the second of two classes, the highest of several, or the number.
    @usableFromInline let score: Double
    /// The place of the class that is answered; 0 for numbers.
    @usableFromInline let place: Int
    /// The probability of the first of two classes.
    @usableFromInline let firstShare: Double
    /// The probability of each of three and more classes.
    @usableFromInline let shares: [Double]
    @usableFromInline let version: String
}

extension LoadedPredictor {
    /// The answer that lies in a row's scores.
    @inline(__always)
    func answer(_ scores: UnsafeBufferPointer<Float>) throws(PredictorError) -> ModelAnswer {
        switch classes.count {
        case 0:
            return ModelAnswer(score: try finite(Double(scores.first ?? .nan)), place: 0, firstShare: 0, shares: [], version: version)
        case 2:
            let score = try finite(Double(scores.last ?? .nan))
            let first = scores.count == 2 ? Double(scores[0]) : 1 - score
            return ModelAnswer(score: score, place: score >= threshold ? 1 : 0, firstShare: first, shares: [], version: version)
        default:
            let score = try finite(Double(scores.max() ?? .nan))
            let place = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            return ModelAnswer(score: score, place: place, firstShare: 0, shares: scores.map(Double.init), version: version)
        }
    }

    /// The main score, which is a number: what is none would be a null to a database.
    @inline(__always)
    private func finite(_ score: Double) throws(PredictorError) -> Double {
        guard score.isFinite else { throw Self.notFinite(score, name, version) }
        return score
    }
}
