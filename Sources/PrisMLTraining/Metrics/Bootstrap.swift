/// Measures the same rows many times, each time drawn anew with replacement.
struct Bootstrap {
    let metrics: [MeasuredMetric]

    /// So many steps are spent at most on ranges, which a hundred samples already show well on many rows.
    private static let budget = 600_000_000

    init(_ sample: any MetricSample, samples: Int, seed: UInt64) {
        let ones = [Int32](repeating: 1, count: sample.count)
        let values = ones.withUnsafeBufferPointer(sample.values)
        let affordable = max(100, Self.budget / max(sample.work + sample.count, 1))
        var drawn = [[Double]](repeating: [], count: values.count)
        var counts = ones
        for number in 0..<min(samples, affordable) {
            var random = RandomSequence(seed: seed, 3, UInt64(number))
            counts.withUnsafeMutableBufferPointer { counts in
                counts.update(repeating: 0)
                let limit = UInt32(clamping: counts.count)
                for _ in 0..<counts.count { counts[random.next(below: limit)] += 1 }
            }
            for (index, value) in counts.withUnsafeBufferPointer(sample.values).enumerated() where value.isFinite {
                drawn[index].append(value)
            }
        }
        metrics = zip(sample.kinds, zip(values, drawn)).compactMap { kind, measured in
            let (value, values) = measured
            guard value.isFinite else { return nil }
            let sorted = values.sorted()
            return MeasuredMetric(
                kind: kind, value: value, lower: Self.quantile(0.025, of: sorted) ?? value, upper: Self.quantile(0.975, of: sorted) ?? value
            )
        }
    }

    /// Between the two nearest of sorted values.
    static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
        guard let last = sorted.indices.last else { return nil }
        let place = share * Double(last)
        let below = min(max(Int(place), 0), last)
        let above = min(below + 1, last)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
