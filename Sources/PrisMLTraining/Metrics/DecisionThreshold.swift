/// From which probability on a row is answered with class 1.
package enum DecisionThreshold {
    /// The threshold with the largest F1 on these rows, half-way between two probabilities; of equals the one nearest to 0.5.
    ///
    /// It is chosen on validation rows, never on the holdout.
    package static func largestF1(labels: [Float], scores: [Float]) -> Float {
        guard labels.count == scores.count, !labels.isEmpty else { return 0.5 }
        let order = labels.indices.sorted { scores[$0] > scores[$1] }
        let positives = labels.count { $0 > 0.5 }
        var (truePositives, answered) = (0, 0)
        var best: (f1: Double, threshold: Float) = (-1, 0.5)
        for (place, row) in order.enumerated() {
            answered += 1
            if labels[row] > 0.5 { truePositives += 1 }
            let next = place + 1 < order.count ? scores[order[place + 1]] : min(0, scores[row].nextDown)
            guard next < scores[row] else { continue }
            let f1 = 2 * Double(truePositives) / Double(answered + positives)
            // Half-way may round down to the lower of two neighbours, which must stay below.
            let middle = next + (scores[row] - next) / 2
            let threshold = middle > next ? middle : scores[row]
            if f1 > best.f1 || (f1 == best.f1 && (threshold - 0.5).magnitude < (best.threshold - 0.5).magnitude) {
                best = (f1, threshold)
            }
        }
        return best.threshold
    }
}
