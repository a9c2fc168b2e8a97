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
    /// Where the bins end that other numbers are compared in. A number that fills a part of the column by itself, as 0 does in many counts,
    /// has a bin of its own, and so has what lies below the least and above the greatest number.
    package var cuts: [Double]
    /// How many numbers lie up to each cut, and above the last.
    package var bins: [Int]

    /// Measures some numbers; NaN is missing.
    package init(_ values: [Float], bins parts: Int = 20) {
        let known = values.filter { !$0.isNaN }.sorted()
        count = values.count
        missing = values.count - known.count
        guard let first = known.first, let last = known.last else {
            (mean, deviation, edges, counts, cuts, bins) = (0, 0, [], [], [], [0])
            return
        }
        let total = Double(known.count)
        let middle = known.reduce(0) { $0 + Double($1) } / total
        mean = middle
        deviation = (known.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) } / total).squareRoot()
        var edges = [Double(first)]
        let parts = max(parts, 1)
        for part in 1...parts {
            let place = (known.count * part + parts - 1) / parts - 1
            let edge = Double(known[min(max(place, 0), known.count - 1)])
            if edge > edges[edges.count - 1] { edges.append(edge) }
        }
        if edges.count == 1 { edges.append(Double(last)) }
        self.edges = edges
        counts = Self.counts(of: known, edges)
        cuts = Self.cuts(of: known.filter(\.isFinite), parts: parts)
        bins = Self.counts(of: known, [-.infinity] + cuts + [.infinity])
    }

    /// The cuts for ascending numbers.
    private static func cuts(of values: [Float], parts: Int) -> [Double] {
        guard let first = values.first, let last = values.last else { return [] }
        var cuts: Set<Float> = [first.nextDown, last]
        for part in 1...parts {
            let place = (values.count * part + parts - 1) / parts - 1
            let value = values[min(max(place, 0), values.count - 1)]
            cuts.insert(value)
            let isHeavy = (values.upperIndex(of: value) - values.lowerIndex(of: value)) * parts >= values.count
            if isHeavy { cuts.insert(value.nextDown) }
        }
        return cuts.sorted().map(Double.init)
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
}

extension [Float] {
    /// The first place of an ascending array whose number is not below another.
    fileprivate func lowerIndex(of value: Float) -> Int { firstPlace { $0 >= value } }

    /// The first place of an ascending array whose number is above another.
    fileprivate func upperIndex(of value: Float) -> Int { firstPlace { $0 > value } }

    private func firstPlace(_ isReached: (Float) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
