/// How the sums of an ensemble become its outputs: base values, transforms, and for a classifier the class.
///
/// ONNX leaves the two-class cases open; what is done here is what ONNX Runtime does, which is what the converters were tested with.
struct EnsembleOutput: Sendable {
    enum Task: Sendable {
        case regression
        case classification(ClassLabels)
    }

    let task: Task
    let transform: PostTransform
    let aggregate: TreeEnsemble.Aggregate
    let treeCount: Int
    /// The number of scores for each row.
    let outputCount: Int
    private let baseValues: [Double]
    /// Whether all weights go to one and the same of two classes: its score stands for both.
    private let isBinary: Bool
    private let allWeightsPositive: Bool

    init(_ ensemble: TreeEnsemble, task: Task, transform: PostTransform) throws {
        self.task = task
        self.transform = transform
        self.aggregate = ensemble.aggregate
        self.treeCount = ensemble.treeCount
        self.outputCount = ensemble.outputCount
        self.baseValues = ensemble.baseValues
        let used = Set(ensemble.weightOutputs)
        self.isBinary = ensemble.outputCount == 2 && used.count == 1
        self.allWeightsPositive = ensemble.weights.allSatisfy { !($0 < 0) } && ensemble.wideWeights.allSatisfy { !($0 < 0) }
        let isTwoClasses = if case .classification = task { outputCount <= 2 } else { false }
        guard baseValues.isEmpty || baseValues.count == outputCount || (isTwoClasses && baseValues.count <= 2) else {
            throw TreeEnsemble.invalid("there are \(baseValues.count) base values for \(outputCount) outputs")
        }
    }

    /// Turns the sums of one row into scores, in place; gives the index of the class, 0 for a regression.
    @inline(__always)
    func finish<Number: Score>(_ sums: UnsafeMutableBufferPointer<Number>, scored: UnsafePointer<Bool>) -> Int32 {
        switch task {
        case .regression:
            finishRegression(sums, scored)
            return 0
        case .classification:
            return outputCount > 2 ? finishClasses(sums, scored) : finishTwoClasses(sums, scored)
        }
    }

    private func finishRegression<Number: Score>(_ sums: UnsafeMutableBufferPointer<Number>, _ scored: UnsafePointer<Bool>) {
        if aggregate == .average { for index in sums.indices { sums[index] /= Number(treeCount) } }
        if outputCount == 1 {
            if baseValues.count == 1 { sums[0] += Number(baseValues[0]) }
            if transform == .probit { sums[0] = Number(Float(sums[0]).probit) }
            return
        }
        if baseValues.count == outputCount {
            // An output that no tree of this row adds to stays 0, without its base value.
            for index in sums.indices where scored[index] { sums[index] += Number(baseValues[index]) }
        }
        transform.apply(sums)
    }

    private func finishClasses<Number: Score>(_ sums: UnsafeMutableBufferPointer<Number>, _ scored: UnsafePointer<Bool>) -> Int32 {
        for (index, base) in baseValues.enumerated() { sums[index] += Number(base) }
        var best = -1
        for index in sums.indices where scored[index] || index < baseValues.count {
            if best < 0 || sums[index] > sums[best] { best = index }
        }
        transform.apply(sums)
        return Int32(max(best, 0))
    }

    private func finishTwoClasses<Number: Score>(_ sums: UnsafeMutableBufferPointer<Number>, _ scored: UnsafePointer<Bool>) -> Int32 {
        let hasSecond = sums.count == 2 && scored[1]
        var isPair = hasSecond
        if sums.count == 2, baseValues.count == 2 {
            isPair = true
            if hasSecond {
                sums[1] = Number(baseValues[1]) + sums[0]
                sums[0] = scored[0] ? -sums[1] : 0
            } else if scored[0] {
                sums[0] += Number(baseValues[0])
            }
        } else if baseValues.count == 1, scored[0] {
            sums[0] += Number(baseValues[0])
        }
        let positive = hasSecond ? sums[1] : sums[0]
        let limit: Number = isBinary && allWeightsPositive ? 0.5 : 0
        if isPair {
            transform.apply(sums)
        } else if sums.count == 2 {
            spread(sums)
        } else if transform == .probit {
            sums[0] = Number(Float(sums[0]).probit)
        }
        return positive > limit ? 1 : 0
    }

    /// One score for two classes: the second class is the one that it is for.
    private func spread<Number: Score>(_ sums: UnsafeMutableBufferPointer<Number>) {
        let score = sums[0]
        switch transform {
        case .probit:
            sums[0] = Number(Float(score).probit)
            sums[1] = 0
        case .logistic:
            sums[1] = Number(Float(score).logistic)
            sums[0] = Number(Float(-score).logistic)
        case .none, .softmax, .softmaxZero:
            sums[1] = score
            sums[0] = isBinary && allWeightsPositive ? 1 - score : -score
        }
    }
}
