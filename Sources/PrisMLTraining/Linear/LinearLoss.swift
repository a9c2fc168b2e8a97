/// The mean loss of a linear model and its gradient, in 64 bits and always in the same order.
///
/// The parameters are, for each score, a coefficient for each column and then the intercept.
struct LinearLoss: Sendable {
    let rows: StandardisedRows
    let labels: [Double]
    let weights: [Float]?
    let task: LearningTask
    let l2: Double
    let totalWeight: Double

    var scoreCount: Int { task.scoreCount }
    var parameterCount: Int { scoreCount * (rows.columnCount + 1) }

    init(_ rows: StandardisedRows, labels: [Double], weights: [Float]?, task: LearningTask, l2: Double) {
        self.rows = rows
        self.labels = labels
        self.weights = weights
        self.task = task
        self.l2 = l2
        totalWeight = weights.map { $0.reduce(0) { $0 + Double($1) } } ?? Double(labels.count)
    }

    func value(_ parameters: [Double], gradient: inout [Double]) -> Double {
        let (width, count) = (rows.columnCount, scoreCount)
        var loss = 0.0
        for index in gradient.indices { gradient[index] = 0 }
        rows.values.withUnsafeBufferPointer { values in
            parameters.withUnsafeBufferPointer { parameters in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { scores in
                        for row in 0..<rows.rowCount {
                            let start = row * width
                            for score in 0..<count {
                                let first = score * (width + 1)
                                var sum = parameters[first + width]
                                for column in 0..<width { sum += parameters[first + column] * Double(values[start + column]) }
                                scores.initializeElement(at: score, to: sum)
                            }
                            let weight = weights.map { Double($0[row]) } ?? 1
                            loss += weight * residuals(scores, label: labels[row])
                            for score in 0..<count {
                                let first = score * (width + 1)
                                let residual = weight * scores[score]
                                for column in 0..<width { gradient[first + column] += residual * Double(values[start + column]) }
                                gradient[first + width] += residual
                            }
                        }
                    }
                }
            }
        }
        for score in 0..<count {
            for index in (score * (width + 1))..<(score * (width + 1) + width) {
                loss += l2 / 2 * parameters[index] * parameters[index]
                gradient[index] += l2 * parameters[index]
            }
        }
        for index in gradient.indices { gradient[index] /= totalWeight }
        return loss / totalWeight
    }

    /// Gives a row's loss, and puts the loss's slope in the place of each score.
    @inline(__always)
    private func residuals(_ scores: UnsafeMutableBufferPointer<Double>, label: Double) -> Double {
        switch task {
        case .regression:
            let error = scores[0] - label
            scores[0] = error
            return error * error / 2
        case .binary:
            let margin = scores[0]
            scores[0] = margin.logistic - label
            return label > 0.5 ? (-margin).softplus : margin.softplus
        case .classes(let count):
            var largest = scores[0]
            for index in 1..<max(count, 1) where scores[index] > largest { largest = scores[index] }
            let own = Int(label)
            let ownScore = scores[own]
            var sum = 0.0
            for index in 0..<count {
                scores[index] = Double.exponential(scores[index] - largest)
                sum += scores[index]
            }
            for index in 0..<count { scores[index] = scores[index] / sum - (index == own ? 1 : 0) }
            return largest - ownScore + Double.logarithm(sum)
        }
    }
}
