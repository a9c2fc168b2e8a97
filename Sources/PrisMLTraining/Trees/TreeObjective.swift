/// What trees are grown for: the loss of a task, as a gradient and a hessian for each row and score.
struct TreeObjective: Sendable {
    let task: LearningTask
    /// What every row's margins begin with: the answer without any tree.
    let base: [Float]
    private let labels: [Float]
    private let weights: [Float]
    private let largestWeight: Float

    /// A forest's trees learn the mean of a class's indicator or of the label itself, which is what their leaves are.
    init(_ rows: LabelledRows, task: LearningTask, method: TreeParameters.Method) {
        self.task = task
        labels = rows.labels
        weights = rows.weights ?? [Float](repeating: 1, count: rows.count)
        largestWeight = weights.max() ?? 1
        var total = 0.0
        var sums = [Double](repeating: 0, count: task.scoreCount)
        for (label, weight) in zip(labels, weights) {
            total += Double(weight)
            switch task {
            case .classes(let count):
                if let index = Int(exactly: label), (0..<count).contains(index) { sums[index] += Double(weight) }
            case .binary, .regression: sums[0] += Double(weight) * Double(label)
            }
        }
        base = sums.map { sum in
            let mean = total > 0 ? sum / total : 0
            guard task != .regression, method == .gradientBoosting else { return Float(mean) }
            // A class without rows gets the odds of half a row.
            let share = min(max(mean, 0.5 / (total + 1)), 1 - 0.5 / (total + 1))
            return Float(task == .binary ? Double.logarithm(share / (1 - share)) : Double.logarithm(share))
        }
    }

    /// The gradients of boosting, from the sums of the leaves grown so far.
    func boost(_ leaves: UnsafeBufferPointer<Float>, _ gradients: inout [Float], _ hessians: inout [Float]) {
        let rowCount = labels.count
        guard leaves.count == rowCount * base.count, gradients.count == leaves.count, hessians.count == leaves.count else { return }
        labels.withUnsafeBufferPointer { labels in
            weights.withUnsafeBufferPointer { weights in
                gradients.withUnsafeMutableBufferPointer { gradients in
                    hessians.withUnsafeMutableBufferPointer { hessians in
                        switch task {
                        case .binary: binary(leaves, labels, weights, gradients, hessians)
                        case .classes(let count): classes(count, leaves, labels, weights, gradients, hessians)
                        case .regression: regression(leaves, labels, weights, gradients, hessians)
                        }
                    }
                }
            }
        }
    }

    private func binary(
        _ leaves: UnsafeBufferPointer<Float>, _ labels: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>,
        _ gradients: UnsafeMutableBufferPointer<Float>, _ hessians: UnsafeMutableBufferPointer<Float>
    ) {
        let base = base[0]
        let (grid, hessianGrid) = (GradientGrid(limit: largestWeight), GradientGrid(limit: largestWeight / 4))
        for row in 0..<labels.count {
            let probability = 1 / (1 + fastExponential(-(leaves[row] + base)))
            let weight = weights[row]
            gradients[row] = grid((probability - labels[row]) * weight)
            hessians[row] = hessianGrid(probability * (1 - probability) * weight)
        }
    }

    private func classes(
        _ count: Int, _ leaves: UnsafeBufferPointer<Float>, _ labels: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>,
        _ gradients: UnsafeMutableBufferPointer<Float>, _ hessians: UnsafeMutableBufferPointer<Float>
    ) {
        // As XGBoost's softmax: twice the hessian, which halves the steps of scores that move together.
        let (grid, hessianGrid) = (GradientGrid(limit: largestWeight), GradientGrid(limit: largestWeight / 2))
        for row in 0..<labels.count {
            let start = row * count
            var largest = leaves[start] + base[0]
            for index in 1..<count where leaves[start + index] + base[index] > largest { largest = leaves[start + index] + base[index] }
            var sum: Float = 0
            for index in 0..<count {
                let power = fastExponential(leaves[start + index] + base[index] - largest)
                gradients[start + index] = power
                sum += power
            }
            let weight = weights[row]
            for index in 0..<count {
                let probability = gradients[start + index] / sum
                gradients[start + index] = grid((Float(index) == labels[row] ? probability - 1 : probability) * weight)
                hessians[start + index] = hessianGrid(2 * probability * (1 - probability) * weight)
            }
        }
    }

    private func regression(
        _ leaves: UnsafeBufferPointer<Float>, _ labels: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>,
        _ gradients: UnsafeMutableBufferPointer<Float>, _ hessians: UnsafeMutableBufferPointer<Float>
    ) {
        let base = base[0]
        var limit: Float = 0
        for row in 0..<labels.count {
            let gradient = (leaves[row] + base - labels[row]) * weights[row]
            gradients[row] = gradient
            limit = gradient.magnitude > limit ? gradient.magnitude : limit
        }
        let (grid, hessianGrid) = (GradientGrid(limit: limit), GradientGrid(limit: largestWeight))
        for row in 0..<labels.count {
            gradients[row] = grid(gradients[row])
            hessians[row] = hessianGrid(weights[row])
        }
    }

    /// The gradients of every tree of a forest: the distance of the mean from the class's indicator, or from the label.
    func forest(_ gradients: inout [Float], _ hessians: inout [Float]) {
        let width = base.count
        let isClasses = if case .classes = task { true } else { false }
        var limit: Float = 0
        for row in labels.indices {
            for index in 0..<width {
                let target: Float = isClasses ? (Float(index) == labels[row] ? 1 : 0) : labels[row]
                let gradient = (base[index] - target) * weights[row]
                gradients[row * width + index] = gradient
                limit = max(limit, gradient.magnitude)
            }
        }
        let (grid, hessianGrid) = (GradientGrid(limit: limit), GradientGrid(limit: largestWeight))
        for index in gradients.indices {
            gradients[index] = grid(gradients[index])
            hessians[index] = hessianGrid(weights[index / width])
        }
    }

    /// The scores of rows whose leaves sum up to these numbers: probabilities, or the value itself.
    func scores(_ leaves: UnsafeBufferPointer<Float>) -> [Float] {
        var scores = leaves.enumerated().map { $1 + base[$0 % base.count] }
        switch task {
        case .regression: break
        case .binary: for index in scores.indices { scores[index] = Float(Double(scores[index]).logistic) }
        case .classes(let count):
            for start in stride(from: 0, to: scores.count, by: count) {
                let margins = scores[start..<(start + count)].map(Double.init)
                let largest = margins.max() ?? 0
                let powers = margins.map { Double.exponential($0 - largest) }
                let sum = powers.reduce(0, +)
                for index in 0..<count { scores[start + index] = Float(powers[index] / sum) }
            }
        }
        return scores
    }

    /// The mean loss of rows: log loss for classes, the root of the mean square for numbers. Trees are added as long as it falls.
    func loss(_ leaves: UnsafeBufferPointer<Float>, of rows: LabelledRows) -> Double {
        let width = base.count
        var (sum, total) = (0.0, 0.0)
        for row in rows.labels.indices {
            let weight = rows.weights.map { Double($0[row]) } ?? 1
            total += weight
            switch task {
            case .regression:
                let distance = Double(leaves[row]) + Double(base[0]) - Double(rows.labels[row])
                sum += weight * distance * distance
            case .binary:
                let margin = Double(leaves[row]) + Double(base[0])
                sum += weight * (rows.labels[row] > 0.5 ? (-margin).softplus : margin.softplus)
            case .classes:
                let margins = (0..<width).map { Double(leaves[row * width + $0]) + Double(base[$0]) }
                let largest = margins.max() ?? 0
                let spread = margins.reduce(0) { $0 + Double.exponential($1 - largest) }
                let own = Int(exactly: rows.labels[row]).flatMap { margins.indices.contains($0) ? margins[$0] : nil } ?? 0
                sum += weight * (largest - own + Double.logarithm(spread))
            }
        }
        let mean = total > 0 ? sum / total : 0
        return task == .regression ? mean.squareRoot() : mean
    }
}
