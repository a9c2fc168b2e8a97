/// Two classes: rows in ascending order of the probability of class 1.
struct BinarySample: MetricSample {
    let kinds = MetricKind.all(of: .binary)
    let count: Int
    private let isPositive: [Bool]
    private let isAnswered: [Bool]
    private let starts: [Bool]
    private let probabilities: [Double]
    private let losses: [Double]
    private let bins: [Int]

    init(_ rows: ScoredRows) {
        count = rows.count
        // Among equals the label decides, so that the order of the rows never matters.
        let order = rows.labels.indices.sorted { (rows.scores[$0], rows.labels[$0]) < (rows.scores[$1], rows.labels[$1]) }
        isPositive = order.map { rows.labels[$0] > 0.5 }
        isAnswered = order.map { rows.scores[$0] >= rows.threshold }
        starts = RankedAreas.starts(order.map { rows.scores[$0] })
        probabilities = order.map { Double(rows.scores[$0]) }
        losses = zip(isPositive, probabilities).map { LogLoss.cost($0 ? $1 : 1 - $1) }
        bins = order.map { CalibrationBins.bin(rows.scores[$0]) }
    }

    var work: Int { count * 3 }

    func values(_ counts: UnsafeBufferPointer<Int32>) -> [Double] {
        var (total, truePositives, falsePositives, falseNegatives) = (0, 0, 0, 0)
        var (loss, brier) = (0.0, 0.0)
        var calibration = CalibrationBins()
        for index in 0..<count {
            let weight = Int(counts[index])
            guard weight > 0 else { continue }
            let (label, probability) = (isPositive[index], probabilities[index])
            total += weight
            if label, isAnswered[index] { truePositives += weight }
            if !label, isAnswered[index] { falsePositives += weight }
            if label, !isAnswered[index] { falseNegatives += weight }
            loss += Double(weight) * losses[index]
            let distance = probability - (label ? 1 : 0)
            brier += Double(weight) * distance * distance
            calibration.add(weight, bin: bins[index], probability: probability, isHit: label)
        }
        let areas = starts.withUnsafeBufferPointer { starts in
            RankedAreas.areas(count: count, starts: starts) { (Int(counts[$0]), isPositive[$0]) }
        }
        let own = ClassMetrics(truePositives: truePositives, falsePositives: falsePositives, falseNegatives: falseNegatives)
        let rows = Double(total)
        return [
            Double(total - falsePositives - falseNegatives) / rows, own.precision, own.recall, own.f1, areas.roc, areas.precision,
            loss / rows,
            brier / rows, calibration.error,
        ]
    }
}
