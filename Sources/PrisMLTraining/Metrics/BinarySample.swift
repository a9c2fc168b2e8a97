/// Two classes: rows in ascending order of the probability of class 1.
struct BinarySample: MetricSample {
    let kinds = MetricKind.all(of: .binary)
    let count: Int
    private let rows: [Row]
    private let starts: [Bool]
    /// Rows that are answered alike and lie in one range of the calibration. Since the rows are sorted each is a stretch of them.
    private let stretches: [Stretch]

    /// What a draw needs of a row, side by side.
    private struct Row {
        var probability: Double
        var loss: Double
        var brier: Double
        /// 1 or 0, to count without asking.
        var positive: Int
    }

    private struct Stretch: Hashable {
        var bin: Int
        var isAnswered: Bool
        var rows = 0..<0
    }

    init(_ rows: ScoredRows) {
        count = rows.count
        // Among equals the label decides, so that the order of the rows never matters.
        let order = rows.labels.indices.sorted { (rows.scores[$0], rows.labels[$0]) < (rows.scores[$1], rows.labels[$1]) }
        starts = RankedAreas.starts(order.map { rows.scores[$0] })
        self.rows = order.map { row in
            let (probability, positive) = (Double(rows.scores[row]), rows.labels[row] > 0.5 ? 1 : 0)
            let distance = probability - Double(positive)
            return Row(
                probability: probability, loss: LogLoss.cost(positive == 1 ? probability : 1 - probability), brier: distance * distance,
                positive: positive)
        }
        var stretches: [Stretch] = []
        for (place, row) in order.enumerated() {
            let (bin, isAnswered) = (CalibrationBins.bin(rows.scores[row]), rows.scores[row] >= rows.threshold)
            if let last = stretches.last, (last.bin, last.isAnswered) == (bin, isAnswered) {
                stretches[stretches.count - 1].rows = last.rows.lowerBound..<(place + 1)
            } else {
                stretches.append(Stretch(bin: bin, isAnswered: isAnswered, rows: place..<(place + 1)))
            }
        }
        self.stretches = stretches
    }

    var work: Int { count * 3 }

    func values(_ counts: UnsafeBufferPointer<Int32>) -> [Double] {
        rows.withUnsafeBufferPointer { values(counts, $0) }
    }

    private func values(_ counts: UnsafeBufferPointer<Int32>, _ rows: UnsafeBufferPointer<Row>) -> [Double] {
        var (total, truePositives, falsePositives, falseNegatives) = (0, 0, 0, 0)
        var (loss, brier) = (0.0, 0.0)
        var calibration = CalibrationBins()
        for stretch in stretches {
            var (weight, positives, probability) = (0, 0, 0.0)
            for index in stretch.rows {
                let (row, own) = (rows[index], Int(counts[index]))
                weight += own
                positives += own * row.positive
                loss += Double(own) * row.loss
                brier += Double(own) * row.brier
                probability += Double(own) * row.probability
            }
            total += weight
            if stretch.isAnswered {
                truePositives += positives
                falsePositives += weight - positives
            } else {
                falseNegatives += positives
            }
            calibration.add(rows: weight, hits: positives, probabilities: probability, bin: stretch.bin)
        }
        let areas = starts.withUnsafeBufferPointer { starts in
            RankedAreas.areas(count: count, starts: starts) { (Int(counts[$0]), rows[$0].positive) }
        }
        let own = ClassMetrics(truePositives: truePositives, falsePositives: falsePositives, falseNegatives: falseNegatives)
        return [
            Double(total - falsePositives - falseNegatives) / Double(total), own.precision, own.recall, own.f1, areas.roc, areas.precision,
            loss / Double(total), brier / Double(total), calibration.error,
        ]
    }
}
