import Dispatch
import Synchronization

/// Measures the same rows many times, each time drawn anew with replacement.
struct Bootstrap {
    let metrics: [MeasuredMetric]

    /// So many steps are spent at most on ranges, which a hundred samples already show well on many rows.
    private static let budget = 600_000_000

    /// - Throws: `CancellationError` soon after the task was cancelled.
    init(_ sample: any MetricSample, samples: Int, seed: UInt64) throws {
        let ones = [Int32](repeating: 1, count: sample.count)
        let values = ones.withUnsafeBufferPointer(sample.values)
        let affordable = max(100, Self.budget / max(sample.work + sample.count, 1))
        let drawn = try Self.drawn(sample, samples: min(samples, affordable), width: values.count, seed: seed)
        metrics = zip(sample.kinds, values).enumerated().compactMap { index, measured in
            let (kind, value) = measured
            // Of a single row a share is 0 or 1, whatever the model is worth.
            guard value.isFinite, sample.count > 1 || !kind.isShare else { return nil }
            let sorted = stride(from: index, to: drawn.count, by: values.count).map { drawn[$0] }.filter(\.isFinite).sorted()
            return MeasuredMetric(
                kind: kind, value: value, lower: Self.quantile(0.025, of: sorted) ?? value, upper: Self.quantile(0.975, of: sorted) ?? value
            )
        }
    }

    /// The values of each sample, one sample after the other. A sample follows from its number alone, so that all cores may draw.
    private static func drawn(_ sample: any MetricSample, samples: Int, width: Int, seed: UInt64) throws -> [Double] {
        // Only this thread, which takes part, knows the task; the others are told.
        let isCancelled = Atomic(false)
        let drawn = [Double](unsafeUninitializedCapacity: samples * width) { drawn, initialized in
            drawn.initialize(repeating: .nan)
            initialized = samples * width
            let batch = 20
            // Each part writes the places of its own samples and no others, and none is read before all parts are done.
            nonisolated(unsafe) let drawn = drawn
            DispatchQueue.concurrentPerform(iterations: (samples + batch - 1) / batch) { part in
                var counts = [Int32](repeating: 0, count: sample.count)
                for number in (part * batch)..<min((part + 1) * batch, samples) {
                    if Task.isCancelled { isCancelled.store(true, ordering: .relaxed) }
                    if isCancelled.load(ordering: .relaxed) { return }
                    var random = RandomSequence(seed: seed, 3, UInt64(number))
                    counts.withUnsafeMutableBufferPointer { counts in
                        counts.update(repeating: 0)
                        let limit = UInt32(clamping: counts.count)
                        for _ in 0..<counts.count { counts[random.next(below: limit)] += 1 }
                    }
                    for (index, value) in counts.withUnsafeBufferPointer(sample.values).prefix(width).enumerated() {
                        drawn[number * width + index] = value
                    }
                }
            }
        }
        try Task.checkCancellation()
        return drawn
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
