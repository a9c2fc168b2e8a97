import Prisma
internal import Synchronization

/// How a feature, or the score, of the rows that were answered lies beside the training rows.
public struct FeatureDrift: Hashable, Sendable {
    /// The feature's name; `score` for the answers.
    public let name: String
    /// The population stability index: below 0.1 little has moved, above 0.25 much.
    public let stabilityIndex: Double
    /// The Kolmogorov–Smirnov distance; nil for categories.
    public let distance: Double?
    /// How many rows were looked at.
    public let rows: Int
}

/// Counts, in passing, one in sixteen of the rows that are answered, into the bins of the training rows.
final class ServingSketch: Sendable {
    private struct Part: Sendable {
        var name: String
        var known: KnownDistribution
        var encoder: FeatureEncoder?
        /// The feature's first column among the encoded ones.
        var column: Int
    }

    private let parts: [Part]
    private let counts: Mutex<[[Int]]>
    private let seen = Atomic<UInt64>(0)

    init(_ loaded: LoadedPredictor) {
        var parts: [Part] = []
        var column = 0
        for encoder in loaded.encoders {
            defer { column += encoder.width }
            guard let known = KnownDistribution(loaded.metadata["distributions"]?[encoder.feature]) else { continue }
            switch (encoder.method, known.bins) {
            case (.number, .numbers), (.oneHot, .categories):
                parts.append(Part(name: encoder.feature, known: known.encoded(by: encoder), encoder: encoder, column: column))
            default: continue
            }
        }
        if let known = KnownDistribution(loaded.metadata["score"]) {
            parts.append(Part(name: "score", known: known, encoder: nil, column: 0))
        }
        self.parts = parts
        counts = Mutex(parts.map { [Int](repeating: 0, count: $0.known.counts.count) })
    }

    /// Looks at a row, if it is its turn.
    @inline(__always)
    func pass(_ features: UnsafePointer<Float>, _ score: Double) {
        // Scattered, so that what comes in a rhythm is not always the same.
        let number = seen.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9e37_79b9_7f4a_7c15
        guard number >> 60 == 0 else { return }
        count(features, score)
    }

    private func count(_ features: UnsafePointer<Float>, _ score: Double) {
        counts.withLock { counts in
            for (index, part) in parts.enumerated() {
                let bin = part.encoder.map { part.known.bin(of: features + part.column, $0) } ?? part.known.bin(of: Float(score))
                counts[index][bin] += 1
            }
        }
    }

    var lines: [FeatureDrift] {
        let counts = counts.withLock { $0 }
        return zip(parts, counts).map { part, counts in
            FeatureDrift(
                name: part.name, stabilityIndex: part.known.stabilityIndex(counts), distance: part.known.distance(counts),
                rows: counts.reduce(0, +))
        }
    }
}

extension KnownDistribution {
    /// The bin of an encoded value: a number, or the one of several columns that is 1.
    fileprivate func bin(of columns: UnsafePointer<Float>, _ encoder: FeatureEncoder) -> Int {
        guard case .categories(let names) = bins else { return bin(of: columns[0]) }
        if let place = names.indices.first(where: { columns[$0] == 1 }) { return place }
        return !names.isEmpty && columns[0].isNaN ? counts.count - 1 : names.count
    }
}
