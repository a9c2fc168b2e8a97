/// The outcomes of one arm of an experiment.
package struct ArmOutcomes: Hashable, Sendable {
    package var name: String
    package var count: Int
    package var mean: Double
    /// Of a single outcome, from the sample.
    package var variance: Double

    package init(name: String, count: Int, mean: Double, variance: Double) {
        self.name = name
        self.count = count
        self.mean = mean
        self.variance = variance
    }
}

/// How an arm's outcomes differ from another's: Welch's t-test, which does not suppose that both vary alike.
package struct ArmComparison: Hashable, Sendable {
    /// The arm's mean less the control's.
    package let difference: Double
    /// What the difference lies in with 95 % confidence.
    package let interval: ClosedRange<Double>
    /// The chance of a difference this large where there is none.
    package let pValue: Double

    /// Nil where there are too few outcomes to tell how much they vary, or where none differs from the others of its arm: two equal
    /// outcomes are no evidence that the third would be.
    package init?(_ arm: ArmOutcomes, against control: ArmOutcomes) {
        guard arm.count >= 2, control.count >= 2 else { return nil }
        let (own, other) = (arm.variance / Double(arm.count), control.variance / Double(control.count))
        let error = (own + other).squareRoot()
        difference = arm.mean - control.mean
        // Another program may have written outcomes that are no numbers, or so large that their spread is none.
        guard difference.isFinite, error.isFinite, error > 0 else { return nil }
        // In shares, whose squares can be kept whatever the outcomes are measured in.
        let (ownShare, otherShare) = (own / (own + other), other / (own + other))
        let degrees = 1 / (ownShare * ownShare / Double(arm.count - 1) + otherShare * otherShare / Double(control.count - 1))
        pValue = StudentT.chanceBeyond(difference / error, degrees: degrees)
        let reach = StudentT.limit(of: 0.05, degrees: degrees) * error
        guard reach.isFinite, pValue.isFinite else { return nil }
        interval = (difference - reach)...(difference + reach)
    }
}

/// Student's t-distribution.
enum StudentT {
    /// The chance of a value at least this far from 0, on either side.
    static func chanceBeyond(_ t: Double, degrees: Double) -> Double {
        incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// How far from 0 a value is at least, with a chance.
    static func limit(of chance: Double, degrees: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while chanceBeyond(high, degrees: degrees) > chance, high < 1e12 { high *= 2 }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if chanceBeyond(middle, degrees: degrees) > chance { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The regularized incomplete beta function, by its continued fraction (Lentz's method).
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges quickly below the mean; above it the mirrored one does.
        return x < (a + 1) / (a + b + 2) ? lowerPart(x, a, b) : 1 - lowerPart(1 - x, b, a)
    }

    /// The same by the fraction as it stands.
    private static func lowerPart(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let front = Double.exponential(
            Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.logarithm(x) + b * Double.logarithm(1 - x))
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (d.magnitude < tiny ? tiny : d)
        var fraction = d
        for step in 1...10_000 {
            let m = Double(step)
            for term in [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))] {
                d = 1 + term * d
                d = 1 / (d.magnitude < tiny ? tiny : d)
                c = 1 + term / c
                if c.magnitude < tiny { c = tiny }
                fraction *= d * c
            }
            if (d * c - 1).magnitude < 1e-15 { break }
        }
        return front * fraction / a
    }
}
