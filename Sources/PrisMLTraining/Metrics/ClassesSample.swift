/// Several classes.
struct ClassesSample: MetricSample {
    let kinds: [MetricKind]
    let count: Int
    private let classes: Int
    private let labels: [Int]
    private let answers: [Int]
    private let losses: [Double]
    private let briers: [Double]
    /// The probability of the answered class, and its bin.
    private let confidences: [Double]
    private let bins: [Int]
    /// For each class the rows in ascending order of its probability.
    private let orders: [[Int32]]
    private let starts: [[Bool]]

    init(_ rows: ScoredRows, classes: Int) {
        kinds = MetricKind.all(of: rows.task)
        count = rows.count
        self.classes = classes
        let score = { (row: Int, index: Int) in rows.scores[row * classes + index] }
        // Sorted, so that the order in which rows come never matters to what a bootstrap draws.
        let order = rows.labels.indices.sorted { first, second in
            if rows.labels[first] != rows.labels[second] { return rows.labels[first] < rows.labels[second] }
            for index in 0..<classes where score(first, index) != score(second, index) { return score(first, index) < score(second, index) }
            return false
        }
        labels = order.map { Int(rows.labels[$0]) }
        answers = order.map(rows.answer)
        losses = order.map { LogLoss.cost(Double(score($0, Int(rows.labels[$0])))) }
        briers = order.map { row in
            (0..<classes).reduce(0) { sum, index in
                let distance = Double(score(row, index)) - (Int(rows.labels[row]) == index ? 1 : 0)
                return sum + distance * distance
            }
        }
        confidences = order.map { Double(score($0, rows.answer($0))) }
        bins = order.map { CalibrationBins.bin(score($0, rows.answer($0))) }
        let sorted = (0..<classes).map { index in
            order.indices.sorted { (score(order[$0], index), $0) < (score(order[$1], index), $1) }
        }
        orders = sorted.map { $0.map(Int32.init) }
        starts = sorted.enumerated().map { index, places in RankedAreas.starts(places.map { score(order[$0], index) }) }
    }

    var work: Int { count * (1 + 2 * classes) }

    func values(_ counts: UnsafeBufferPointer<Int32>) -> [Double] {
        var total = 0
        var (loss, brier) = (0.0, 0.0)
        var confusion = [Int](repeating: 0, count: classes * classes)
        var calibration = CalibrationBins()
        for index in 0..<count {
            let weight = Int(counts[index])
            guard weight > 0 else { continue }
            total += weight
            confusion[labels[index] * classes + answers[index]] += weight
            loss += Double(weight) * losses[index]
            brier += Double(weight) * briers[index]
            calibration.add(weight, bin: bins[index], probability: confidences[index], isHit: labels[index] == answers[index])
        }
        let own = ConfusionMatrix(classes: classes, counts: confusion)
        let each = own.classMetrics
        // A class without rows has no area, and one that is not answered either has no precision: means are over the others.
        let labelled = each.indices.filter { each[$0].rows > 0 }
        let met = each.indices.filter { each[$0].rows > 0 || own.answers($0) > 0 }
        var (roc, precision) = (0.0, 0.0)
        for index in labelled {
            let (order, labels) = (orders[index], self.labels)
            let areas = starts[index].withUnsafeBufferPointer { starts in
                RankedAreas.areas(count: count, starts: starts) { (Int(counts[Int(order[$0])]), labels[Int(order[$0])] == index ? 1 : 0) }
            }
            roc += areas.roc / Double(labelled.count)
            precision += areas.precision / Double(labelled.count)
        }
        let mean = { (value: KeyPath<ClassMetrics, Double>) in met.reduce(0) { $0 + each[$1][keyPath: value] } / Double(met.count) }
        return [
            Double(own.right) / Double(total), mean(\.precision), mean(\.recall), mean(\.f1), roc, precision, loss / Double(total),
            brier / Double(total), calibration.error,
        ]
    }
}
