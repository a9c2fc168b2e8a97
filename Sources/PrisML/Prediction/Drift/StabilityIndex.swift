import Prisma

/// How far rows have moved among bins: the population stability index.
package enum StabilityIndex {
    /// The index from which on something has moved; above 0.25 much has.
    package static let calm = 0.1

    /// The index of counts beside others of the same bins: 0 where all shares are the same.
    static func between(_ then: [Int], _ now: [Int]) -> Double {
        let (own, all) = (then.reduce(0, +), now.reduce(0, +))
        guard own > 0, all > 0 else { return 0 }
        return zip(then, now).reduce(0) { sum, pair in
            if pair.0 == 0, pair.1 == 0 { return sum }
            // Half a row stands for none, so that an empty bin is a large change and not an infinite one.
            let (before, after) = (max(Double(pair.0), 0.5) / Double(own), max(Double(pair.1), 0.5) / Double(all))
            return sum + (after - before) * Double.logarithm(after / before)
        }
    }

    /// From how many rows on an index says something: rows that lie as those before then have a calm one, in 99 of 100 cases at least. Nil
    /// where there were too few before for any number to do.
    ///
    /// Where nothing moved, the index of n rows beside m is about (1/n + 1/m) times a chi-squared number, with a degree of freedom for
    /// each bin but one. With few rows in a bin it is larger more often, which the limit of one case in a thousand leaves room for.
    static func leastRows(besides then: [Int]) -> Int? {
        let total = then.reduce(0, +)
        guard total > 0 else { return nil }
        let room = calm / chiSquared(degrees: max(1, then.count { $0 > 0 } - 1)) - 1 / Double(total)
        return room > 1e-9 ? Int((1 / room).rounded(.up)) : nil
    }

    /// What a chi-squared number is below in 999 of 1,000 cases, by Wilson and Hilferty's approximation.
    private static func chiSquared(degrees: Int) -> Double {
        let part = 2 / (9 * Double(degrees))
        let root = 1 - part + 3.0902 * part.squareRoot()
        return Double(degrees) * root * root * root
    }
}
