/// How the numbers of a column lie: for a model's metadata, its report, and to notice later that they moved.
package struct ColumnDistribution: Sendable, Hashable, Codable {
    package var count: Int
    package var missing: Int
    package var mean: Double
    package var deviation: Double
    /// From the least to the largest number, with as many of them between each two; numbers that are repeated a lot stand once.
    package var edges: [Double]
    /// How many numbers lie up to each edge after the first, and above the edge before.
    package var counts: [Int]

    /// Measures some numbers; NaN is missing.
    package init(_ values: [Float], bins: Int = 20) {
        let known = values.filter { !$0.isNaN }.sorted()
        count = values.count
        missing = values.count - known.count
        guard let first = known.first, let last = known.last else {
            (mean, deviation, edges, counts) = (0, 0, [], [])
            return
        }
        let total = Double(known.count)
        let middle = known.reduce(0) { $0 + Double($1) } / total
        mean = middle
        deviation = (known.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) } / total).squareRoot()
        var edges = [Double(first)]
        for bin in 1...max(bins, 1) {
            let place = (known.count * bin + max(bins, 1) - 1) / max(bins, 1) - 1
            let edge = Double(known[min(max(place, 0), known.count - 1)])
            if edge > edges[edges.count - 1] { edges.append(edge) }
        }
        if edges.count == 1 { edges.append(Double(last)) }
        self.edges = edges
        counts = Self.counts(of: known, edges)
    }

    private static func counts(of values: [Float], _ edges: [Double]) -> [Int] {
        var counts = [Int](repeating: 0, count: max(edges.count - 1, 0))
        guard !counts.isEmpty else { return counts }
        for value in values where !value.isNaN {
            // The first edge that is not below the value; what lies outside belongs to the outermost bins.
            var (low, high) = (1, edges.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] < Double(value) { low = middle + 1 } else { high = middle }
            }
            counts[low - 1] += 1
        }
        return counts
    }

    /// How far other numbers have moved from these: the population stability index over these bins, with missing as a bin of its own.
    ///
    /// Below 0.1 little has changed, above 0.25 much.
    package func drift(of values: [Float]) -> Double {
        guard count > 0, !values.isEmpty else { return 0 }
        let theirs = Self.counts(of: values, edges)
        let pairs = zip(counts + [missing], theirs + [values.count(where: \.isNaN)])
        return pairs.reduce(0) { sum, pair in
            // Half a row stands for none, so that an empty bin is a large change and not an infinite one.
            let own = max(Double(pair.0), 0.5) / Double(count)
            let other = max(Double(pair.1), 0.5) / Double(values.count)
            return pair.0 == 0 && pair.1 == 0 ? sum : sum + (other - own) * Double.logarithm(other / own)
        }
    }
}
