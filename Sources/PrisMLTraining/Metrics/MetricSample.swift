/// Rows prepared so that their metrics can be computed many times, each time with another count for each row.
///
/// A bootstrap draws rows with replacement; as counts over rows that are sorted once, each draw is a walk without sorting.
protocol MetricSample: Sendable {
    /// The number of rows, and so of counts.
    var count: Int { get }
    /// About how many steps one computation takes.
    var work: Int { get }
    var kinds: [MetricKind] { get }
    /// Gives one value for each kind; NaN where there is none, such as an area with one class only, or R² of one label only.
    func values(_ counts: UnsafeBufferPointer<Int32>) -> [Double]
}

extension ScoredRows {
    var sample: any MetricSample {
        switch task {
        case .binary: BinarySample(self)
        case .classes(let count): ClassesSample(self, classes: count)
        case .regression: RegressionSample(self)
        }
    }
}

/// The areas under the curves of one class against all others.
struct RankedAreas {
    /// Areas from rows in ascending order of score; `starts` marks the rows whose score differs from the one before, and `row` gives how
    /// often a row counts and 1 for a row of the class, 0 for others.
    @inline(__always)
    static func areas(
        count: Int, starts: UnsafeBufferPointer<Bool>, row: (Int) -> (count: Int, positive: Int)
    ) -> (roc: Double, precision: Double) {
        // From the highest score downwards, since the average precision needs the counts above a score: Σ tied⁺ × above⁺ ÷ above.
        var (positives, total) = (0, 0)
        // Twice the pairs that are in order, ties counting half: a whole number.
        var pairs = 0
        var precision = 0.0
        var (tiedPositives, tied) = (0, 0)
        var index = count
        while index > 0 {
            index -= 1
            let (weight, positive) = row(index)
            tiedPositives += weight * positive
            tied += weight
            if starts[index] {
                pairs += (tied - tiedPositives) * (2 * positives + tiedPositives)
                positives += tiedPositives
                total += tied
                precision += Double(tiedPositives) * Double(positives) / Double(max(total, 1))
                (tiedPositives, tied) = (0, 0)
            }
        }
        guard positives > 0 else { return (.nan, .nan) }
        let roc = total > positives ? Double(pairs) / 2 / (Double(positives) * Double(total - positives)) : Double.nan
        return (roc, precision / Double(positives))
    }

    /// Which rows of an ascending order begin a new score.
    static func starts(_ scores: [Float]) -> [Bool] {
        scores.indices.map { $0 == 0 || scores[$0] != scores[$0 - 1] }
    }
}

/// Frequencies beside probabilities, in ranges of equal width.
struct CalibrationBins {
    static let count = 10
    var rows = [Int](repeating: 0, count: CalibrationBins.count)
    var hits = [Int](repeating: 0, count: CalibrationBins.count)
    var probabilities = [Double](repeating: 0, count: CalibrationBins.count)

    /// What lies outside of 0…1, or is no number, belongs to the outermost ranges.
    static func bin(_ probability: Float) -> Int {
        guard probability > 0 else { return 0 }
        return probability < 1 ? min(Int(probability * Float(count)), count - 1) : count - 1
    }

    @inline(__always)
    mutating func add(_ weight: Int, bin: Int, probability: Double, isHit: Bool) {
        rows[bin] += weight
        if isHit { hits[bin] += weight }
        probabilities[bin] += Double(weight) * probability
    }

    mutating func add(rows: Int, hits: Int, probabilities: Double, bin: Int) {
        self.rows[bin] += rows
        self.hits[bin] += hits
        self.probabilities[bin] += probabilities
    }

    /// The mean distance of a range's probabilities from its frequency, weighted by rows.
    var error: Double {
        let total = Double(rows.reduce(0, +))
        return total > 0 ? zip(hits, probabilities).reduce(0) { $0 + (Double($1.0) - $1.1).magnitude } / total : .nan
    }
}

enum LogLoss {
    /// What a probability for the true class costs; the least probability is the last bit of 1, so that no cost is infinite.
    static func cost(_ probability: Double) -> Double {
        -Double.logarithm(min(max(probability, Double.ulpOfOne), 1 - Double.ulpOfOne))
    }
}
