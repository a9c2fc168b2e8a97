/// Two classes: rows in ascending order of the probability of class 1.
struct BinarySample: MetricSample {
    let kinds = MetricKind.all(of: .binary)
    let count: Int
    private let rows: [Row]
    private let starts: [Bool]

    /// What a draw needs of a row, side by side.
    private struct Row {
        var probability: Double
        var loss: Double
        var bin: UInt8
        var isPositive: Bool
        var isAnswered: Bool
    }

    init(_ rows: ScoredRows) {
        count = rows.count
        // Among equals the label decides, so that the order of the rows never matters.
        let order = rows.labels.indices.sorted { (rows.scores[$0], rows.labels[$0]) < (rows.scores[$1], rows.labels[$1]) }
        starts = RankedAreas.starts(order.map { rows.scores[$0] })
        self.rows = order.map { row in
            let (score, isPositive) = (rows.scores[row], rows.labels[row] > 0.5)
            let probability = Double(score)
            return Row(
                probability: probability, loss: LogLoss.cost(isPositive ? probability : 1 - probability),
                bin: UInt8(CalibrationBins.bin(score)), isPositive: isPositive, isAnswered: score >= rows.threshold)
        }
    }

    var work: Int { count * 3 }

    func values(_ counts: UnsafeBufferPointer<Int32>) -> [Double] {
        rows.withUnsafeBufferPointer { values(counts, $0) }
    }

    private func values(_ counts: UnsafeBufferPointer<Int32>, _ rows: UnsafeBufferPointer<Row>) -> [Double] {
        var (total, truePositives, falsePositives, falseNegatives) = (0, 0, 0, 0)
        var (loss, brier) = (0.0, 0.0)
        var calibration = CalibrationBins()
        for index in 0..<count {
            let weight = Int(counts[index])
            guard weight > 0 else { continue }
            let row = rows[index]
            total += weight
            if row.isPositive, row.isAnswered { truePositives += weight }
            if !row.isPositive, row.isAnswered { falsePositives += weight }
            if row.isPositive, !row.isAnswered { falseNegatives += weight }
            loss += Double(weight) * row.loss
            let distance = row.probability - (row.isPositive ? 1 : 0)
            brier += Double(weight) * distance * distance
            calibration.add(weight, bin: Int(row.bin), probability: row.probability, isHit: row.isPositive)
        }
        let areas = starts.withUnsafeBufferPointer { starts in
            RankedAreas.areas(count: count, starts: starts) { (Int(counts[$0]), rows[$0].isPositive) }
        }
        let own = ClassMetrics(truePositives: truePositives, falsePositives: falsePositives, falseNegatives: falseNegatives)
        return [
            Double(total - falsePositives - falseNegatives) / Double(total), own.precision, own.recall, own.f1, areas.roc, areas.precision,
            loss / Double(total),
            brier / Double(total), calibration.error,
        ]
    }
}
