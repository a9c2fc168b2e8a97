/// Numbers: errors in ascending order of label.
struct RegressionSample: MetricSample {
    let kinds = MetricKind.all(of: .regression)
    let count: Int
    private let labels: [Double]
    private let errors: [Double]

    init(_ rows: ScoredRows) {
        count = rows.count
        let order = rows.labels.indices.sorted { (rows.labels[$0], rows.scores[$0]) < (rows.labels[$1], rows.scores[$1]) }
        labels = order.map { Double(rows.labels[$0]) }
        errors = order.map { Double(rows.scores[$0]) - Double(rows.labels[$0]) }
    }

    var work: Int { count * 3 }

    func values(_ counts: UnsafeBufferPointer<Int32>) -> [Double] {
        var (total, shared) = (0.0, 0.0)
        var (squares, absolutes, shares, sum) = (0.0, 0.0, 0.0, 0.0)
        for index in 0..<count where counts[index] > 0 {
            let weight = Double(counts[index])
            let error = errors[index]
            total += weight
            squares += weight * error * error
            absolutes += weight * error.magnitude
            sum += weight * labels[index]
            if labels[index] != 0 {
                shared += weight
                shares += weight * (error / labels[index]).magnitude
            }
        }
        let mean = sum / total
        var spread = 0.0
        for index in 0..<count where counts[index] > 0 {
            let distance = labels[index] - mean
            spread += Double(counts[index]) * distance * distance
        }
        // Of labels that are all the same nothing can be explained.
        let explained = spread > 0 ? 1 - squares / spread : .nan
        return [(squares / total).squareRoot(), absolutes / total, shared > 0 ? shares / shared : .nan, explained]
    }
}
