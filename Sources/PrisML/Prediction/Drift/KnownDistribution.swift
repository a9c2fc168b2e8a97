import Prisma

/// How values lay among the training rows, as the artifact has it: bins that other rows are counted into.
struct KnownDistribution: Sendable {
    enum Bins: Sendable {
        /// Up to each edge, the last without an end. Where that is infinity, nothing of the training rows lay in the outermost bins; in
        /// artifacts of before they reach from the least number and to the greatest one.
        case numbers(edges: [Double])
        case categories([String])
    }

    let bins: Bins
    /// The rows in each bin; for categories one bin more, of all others. The last is of those without a value.
    let counts: [Int]

    init?(_ json: JSON?) {
        guard let json, let missing = json["missing"]?.int else { return nil }
        if let cuts = json["cuts"]?.array?.compactMap(\.double), let counts = json["bins"]?.array?.compactMap(\.int),
            counts.count == cuts.count + 1
        {
            bins = .numbers(edges: cuts + [.infinity])
            self.counts = (counts + [missing]).map { Int($0) }
        } else if let edges = json["edges"]?.array?.compactMap(\.double), let counts = json["counts"]?.array?.compactMap(\.int),
            edges.count == counts.count + 1, !counts.isEmpty
        {
            bins = .numbers(edges: Array(edges.dropFirst()))
            self.counts = (counts + [missing]).map { Int($0) }
        } else if let values = json["values"]?.object, let others = json["others"]?.int {
            let names = values.keys.sorted()
            bins = .categories(names)
            counts = (names.map { values[$0]?.int ?? 0 } + [others, missing]).map { Int($0) }
        } else {
            return nil
        }
    }

    private init(_ bins: Bins, _ counts: [Int]) {
        self.bins = bins
        self.counts = counts
    }

    /// The same rows as an encoder shows them: categories that it does not tell apart are one, and nulls that it replaces are what they
    /// became.
    func encoded(by encoder: FeatureEncoder) -> KnownDistribution {
        var counts = counts
        let missing = counts.removeLast()
        switch (bins, encoder.method) {
        case (.categories(let names), .oneHot(let values)):
            let known = Dictionary(zip(names, counts), uniquingKeysWith: { first, _ in first })
            var told = values.map { known[$0] ?? 0 }
            let others = counts.reduce(0, +) - told.reduce(0, +)
            if let place = encoder.nullText.flatMap(values.firstIndex) {
                told[place] += missing
                return KnownDistribution(.categories(values), told + [others, 0])
            }
            return KnownDistribution(.categories(values), told + (encoder.null.isNaN ? [others, missing] : [others + missing, 0]))
        case (.numbers, .number) where !encoder.null.isNaN:
            counts[bin(of: encoder.null)] += missing
            return KnownDistribution(bins, counts + [0])
        default: return self
        }
    }

    /// The Kolmogorov–Smirnov distance of other counts, at the bins' edges: the largest difference of the shares of known values up to
    /// there. Nil for categories, which have no order.
    func distance(_ others: [Int]) -> Double? {
        guard case .numbers = bins else { return nil }
        let (known, now) = (counts.dropLast(), others.dropLast())
        let (own, all) = (known.reduce(0, +), now.reduce(0, +))
        guard own > 0, all > 0 else { return own == all ? 0 : 1 }
        var (left, right, largest) = (0, 0, 0.0)
        for (before, after) in zip(known, now) {
            left += before
            right += after
            largest = max(largest, (Double(left) / Double(own) - Double(right) / Double(all)).magnitude)
        }
        return largest
    }

    /// The bin of a number; the last for what is missing.
    func bin(of value: Float) -> Int {
        guard case .numbers(let edges) = bins, !value.isNaN else { return counts.count - 1 }
        var (low, high) = (0, edges.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < Double(value) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
