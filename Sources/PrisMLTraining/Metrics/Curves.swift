/// Points of lines that show how good a model is at every threshold.
package struct Curves: Sendable, Hashable {
    package struct Point: Sendable, Hashable {
        package var x: Double
        package var y: Double
    }

    /// The lines of one class against all others.
    package struct OfClass: Sendable, Hashable {
        /// The class's index.
        package var index: Int
        /// The share of other rows that are answered with the class, and the share of its own.
        package var roc: [Point]
        /// Recall and precision.
        package var precision: [Point]
    }

    /// A range of probabilities: their mean, how often they came true, and how many there are.
    package struct Calibration: Sendable, Hashable {
        package var probability: Double
        package var frequency: Double
        package var rows: Int
    }

    /// For two classes the second; for several each, as far as it has rows.
    package var classes: [OfClass] = []
    package var calibration: [Calibration] = []
    /// For a regression some rows: the true value and the answered one.
    package var answers: [Point] = []

    private static let limit = 200

    package init(_ rows: ScoredRows) {
        switch rows.task {
        case .regression:
            let step = max(1, rows.count / 400)
            answers = stride(from: 0, to: rows.count, by: step).map { Point(x: Double(rows.labels[$0]), y: Double(rows.scores[$0])) }
        case .binary:
            classes = [Self.ofClass(1, rows.labels.map { $0 > 0.5 }, rows.scores)].compactMap { $0 }
            calibrate(rows.scores, rows.labels.map { $0 > 0.5 })
        case .classes(let count):
            classes = (0..<count).compactMap { index in
                Self.ofClass(
                    index, rows.labels.map { Int($0) == index }, rows.labels.indices.map { rows.scores[$0 * count + index] })
            }
            let answers = rows.labels.indices.map(rows.answer)
            calibrate(
                answers.enumerated().map { rows.scores[$0 * count + $1] }, zip(answers, rows.labels).map { $0 == Int($1) })
        }
    }

    private static func ofClass(_ index: Int, _ labels: [Bool], _ scores: [Float]) -> OfClass? {
        let order = labels.indices.sorted { scores[$0] > scores[$1] }
        let positives = labels.count { $0 }
        let negatives = labels.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        var (own, other) = (0, 0)
        var roc = [Point(x: 0, y: 0)]
        var precision: [Point] = []
        for (place, row) in order.enumerated() {
            if labels[row] { own += 1 } else { other += 1 }
            // Rows of one score are answered together.
            guard place + 1 == order.count || scores[order[place + 1]] != scores[row] else { continue }
            roc.append(Point(x: Double(other) / Double(negatives), y: Double(own) / Double(positives)))
            precision.append(Point(x: Double(own) / Double(positives), y: Double(own) / Double(own + other)))
        }
        return OfClass(index: index, roc: thinned(roc), precision: thinned(precision))
    }

    /// So many points that a line looks the same on any screen; the ends stay.
    private static func thinned(_ points: [Point]) -> [Point] {
        guard points.count > limit else { return points }
        return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
    }

    private mutating func calibrate(_ probabilities: [Float], _ hits: [Bool]) {
        var bins = CalibrationBins()
        for (probability, isHit) in zip(probabilities, hits) {
            bins.add(1, bin: CalibrationBins.bin(probability), probability: Double(probability), isHit: isHit)
        }
        calibration = (0..<CalibrationBins.count).filter { bins.rows[$0] > 0 }.map { bin in
            let rows = Double(bins.rows[bin])
            return Calibration(probability: bins.probabilities[bin] / rows, frequency: Double(bins.hits[bin]) / rows, rows: bins.rows[bin])
        }
    }
}
