import Prisma
internal import Synchronization

/// How a feature, or the score, of the rows that were answered lies beside the training rows.
public struct FeatureDrift: Hashable, Sendable {
    /// The feature's name; `score` for the answers.
    public let name: String
    /// The population stability index: below 0.1 little has moved, above 0.25 much. Nil while there are too few rows to tell a change from
    /// chance.
    public let stabilityIndex: Double?
    /// The Kolmogorov–Smirnov distance; nil for categories.
    public let distance: Double?
    /// How many rows were looked at.
    public let rows: Int
    /// How many rows the stability index takes; nil where too few were trained on for any number to do.
    public let rowsNeeded: Int?
}

/// Counts, in passing, one in sixty-four of the rows that are answered into the bins of the training rows.
///
/// Workers count in several places, so that they do not wait for each other; the sum is taken when somebody asks.
final class ServingSketch: Sendable {
    private struct Part: Sendable {
        var name: String
        var known: KnownDistribution
        /// The feature's first column among the encoded ones; nil for the score.
        var column: Int?
        /// Where its bins begin.
        var start: Int
        /// Up to each edge, the last without an end; empty for categories.
        var edges: [Float] = []
        /// The number of columns that a category has one of.
        var categories = 0

        init(_ name: String, _ known: KnownDistribution, column: Int?, start: Int) {
            (self.name, self.known, self.column, self.start) = (name, known, column, start)
            switch known.bins {
            case .numbers(let edges): self.edges = edges.map { Float(below: $0) }
            case .categories(let names): categories = names.count
            }
        }

        /// The bin of a number, or of the one of several columns that is 1; the last for what is missing.
        func bin(_ columns: UnsafePointer<Float>) -> Int {
            let value = columns[0]
            if edges.isEmpty {
                for place in 0..<categories where columns[place] == 1 { return start + place }
                return start + categories + (categories > 0 && value.isNaN ? 1 : 0)
            }
            guard !value.isNaN else { return start + edges.count }
            var (low, high) = (0, edges.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] < value { low = middle + 1 } else { high = middle }
            }
            return start + low
        }
    }

    fileprivate final class Counts: Sendable {
        let numbers: Mutex<[Int]>

        init(_ count: Int) { numbers = Mutex([Int](repeating: 0, count: count)) }
    }

    private let parts: [Part]
    private let counts: [Counts]
    private let workers = Atomic(0)
    /// How many rows came in batches.
    private let batched = Atomic<UInt64>(0)

    init(_ encoders: [FeatureEncoder], _ metadata: JSON) {
        var parts: [Part] = []
        var (column, start) = (0, 0)
        func add(_ name: String, _ known: KnownDistribution, _ column: Int?) {
            parts.append(Part(name, known, column: column, start: start))
            start += known.counts.count
        }
        for encoder in encoders {
            defer { column += encoder.width }
            guard let known = KnownDistribution(metadata["distributions"]?[encoder.feature]) else { continue }
            switch (encoder.method, known.bins) {
            case (.number, .numbers), (.oneHot, .categories): add(encoder.feature, known.encoded(by: encoder), column)
            default: continue
            }
        }
        if let known = KnownDistribution(metadata["score"]) { add("score", known, nil) }
        self.parts = parts
        counts = (0..<8).map { _ in Counts(start) }
    }

    /// One worker's way of counting: it looks at a row when it is its turn.
    struct Worker {
        private let sketch: ServingSketch
        private let counts: Counts
        private var seen: UInt64 = 0

        fileprivate init(_ sketch: ServingSketch, _ counts: Counts) {
            self.sketch = sketch
            self.counts = counts
        }

        @inline(__always)
        mutating func pass(_ features: UnsafePointer<Float>, _ score: Double) {
            seen &+= 1
            guard ServingSketch.looks(at: seen) else { return }
            sketch.count(features, score, in: counts)
        }
    }

    /// Looks at those of the rows of a batch whose turn it is; a row without a score failed.
    func pass(_ features: UnsafePointer<Float>, width: Int, rows: Int, score: (Int) -> Double?) {
        guard !parts.isEmpty, rows > 0 else { return }
        let first = batched.wrappingAdd(UInt64(rows), ordering: .relaxed).oldValue
        let counts = counts[Int(truncatingIfNeeded: first >> 4) & 7]
        for row in 0..<rows {
            guard Self.looks(at: first &+ UInt64(row)), let score = score(row) else { continue }
            count(features + row * width, score, in: counts)
        }
    }

    /// Whether it is the turn of the n-th row: scattered, so that what comes in a rhythm is not always the same.
    @inline(__always)
    private static func looks(at number: UInt64) -> Bool { (number &* 0x9e37_79b9_7f4a_7c15) >> 58 == 0 }

    func makeWorker() -> Worker {
        Worker(self, counts[workers.wrappingAdd(1, ordering: .relaxed).oldValue % counts.count])
    }

    private func count(_ features: UnsafePointer<Float>, _ score: Double, in counts: Counts) {
        var score = Float(score)
        counts.numbers.withLock { numbers in
            // In their places: a copy of each part would count the references of all that it holds.
            for index in parts.indices {
                let bin = parts[index].column.map { parts[index].bin(features + $0) } ?? parts[index].bin(&score)
                numbers[bin] += 1
            }
        }
    }

    var lines: [FeatureDrift] {
        var sums = [Int](repeating: 0, count: parts.last.map { $0.start + $0.known.counts.count } ?? 0)
        for counts in counts {
            counts.numbers.withLock { numbers in for (index, number) in numbers.enumerated() { sums[index] += number } }
        }
        return parts.map { part in
            let counts = Array(sums[part.start..<part.start + part.known.counts.count])
            return FeatureDrift(
                name: part.name, stabilityIndex: part.known.stabilityIndex(counts), distance: part.known.distance(counts),
                rows: counts.reduce(0, +), rowsNeeded: part.known.leastRows)
        }
    }
}

extension Float {
    /// The greatest number in 32 bits that is not above an edge: it tells the same numbers in 32 bits apart.
    fileprivate init(below edge: Double) {
        let rounded = Float(edge)
        self = Double(rounded) > edge ? rounded.nextDown : rounded
    }
}
