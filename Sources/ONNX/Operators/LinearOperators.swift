/// `LinearRegressor` and `LinearClassifier`.
enum LinearOperators {
    static let all: [String: OperatorSet.Factory] = [
        "LinearRegressor": { try LinearRegressor($0) },
        "LinearClassifier": { try LinearClassifier($0) },
    ]

    /// The scores of one row: coefficients (a line for each score) times columns, plus intercepts.
    @inline(__always)
    static func score(
        _ row: UnsafePointer<Float>, columns: Int, coefficients: [Float], intercepts: [Float], count: Int,
        into scores: UnsafeMutableBufferPointer<Float>
    ) {
        for output in 0..<count {
            var sum: Float = 0
            for column in 0..<columns { sum += row[column] * coefficients[output * columns + column] }
            scores[output] = intercepts.isEmpty ? sum : sum + intercepts[output]
        }
    }

    /// Calls `body` with each row and the place of its scores.
    static func eachRow(
        _ rows: [Float], _ shape: RowShape, width: Int, _ body: (Int, UnsafePointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> [Float] {
        var scores = [Float](repeating: 0, count: shape.rows * width)
        scores.withUnsafeMutableBufferPointer { buffer in
            rows.withUnsafeBufferPointer { source in
                guard let start = source.baseAddress else { return }
                for row in 0..<shape.rows {
                    body(
                        row, start + row * shape.columns, UnsafeMutableBufferPointer(rebasing: buffer[(row * width)..<((row + 1) * width)]))
                }
            }
        }
        return scores
    }
}

struct LinearRegressor: Operator {
    let coefficients: [Float]
    let intercepts: [Float]
    let targets: Int
    let transform: PostTransform

    init(_ context: NodeContext) throws {
        coefficients = try context.floats("coefficients")
        intercepts = try context.floats("intercepts")
        targets = try context.int("targets", 1)
        transform = try PostTransform(context.node)
        guard targets >= 1, coefficients.count % targets == 0, !coefficients.isEmpty, intercepts.isEmpty || intercepts.count == targets
        else {
            throw context.invalid("\(coefficients.count) coefficients and \(intercepts.count) intercepts do not make \(targets) targets")
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        try shape.expect(columns: coefficients.count / targets)
        let scores = LinearOperators.eachRow(try input.floats(), shape, width: targets) { _, row, target in
            self.scores(row, columns: shape.columns, into: target)
        }
        return [.tensor(Tensor(unchecked: [shape.rows, targets], .float(scores)))]
    }

    @inline(__always)
    func scores(_ row: UnsafePointer<Float>, columns: Int, into scores: UnsafeMutableBufferPointer<Float>) {
        LinearOperators.score(row, columns: columns, coefficients: coefficients, intercepts: intercepts, count: targets, into: scores)
        // As ONNX Runtime: a single target is transformed by the one function that is not for probabilities.
        if targets > 1 || transform == .probit { transform.apply(scores) }
    }
}

struct LinearClassifier: Operator {
    let coefficients: [Float]
    let intercepts: [Float]
    let labels: ClassLabels
    let transform: PostTransform
    /// The number of rows of coefficients: the classes, or one for two classes.
    let scoreCount: Int

    init(_ context: NodeContext) throws {
        coefficients = try context.floats("coefficients")
        intercepts = try context.floats("intercepts")
        labels = try ClassLabels(context.node, integers: "classlabels_ints")
        transform = try PostTransform(context.node)
        scoreCount = intercepts.isEmpty ? max(labels.count, 1) : intercepts.count
        guard labels.count >= 1, scoreCount == labels.count || (scoreCount == 1 && labels.count == 2), !coefficients.isEmpty,
            coefficients.count % scoreCount == 0
        else {
            throw context.invalid(
                "\(coefficients.count) coefficients and \(intercepts.count) intercepts do not make \(labels.count) classes")
        }
    }

    var outputCount: Int { scoreCount == 1 && labels.count == 2 ? 2 : scoreCount }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        try shape.expect(columns: coefficients.count / scoreCount)
        var classes = [Int32](repeating: 0, count: shape.rows)
        let scores = LinearOperators.eachRow(try input.floats(), shape, width: outputCount) { index, row, target in
            self.scores(row, columns: shape.columns, into: target)
            classes[index] = finish(target)
        }
        return [.tensor(labels.tensor(classes)), .tensor(Tensor(unchecked: [shape.rows, outputCount], .float(scores)))]
    }

    /// The raw scores of one row, which ``finish(_:)`` turns into those that are given out.
    @inline(__always)
    func scores(_ row: UnsafePointer<Float>, columns: Int, into scores: UnsafeMutableBufferPointer<Float>) {
        LinearOperators.score(row, columns: columns, coefficients: coefficients, intercepts: intercepts, count: scoreCount, into: scores)
    }

    /// Turns one row's raw scores into those that are given out; gives the class's index.
    @inline(__always)
    func finish(_ scores: UnsafeMutableBufferPointer<Float>) -> Int32 {
        guard scoreCount == 1 else {
            var best = 0
            for index in scores.indices where scores[index] > scores[best] { best = index }
            transform.apply(scores)
            return Int32(best)
        }
        let score = scores[0]
        guard scores.count == 2 else {
            transform.apply(scores)
            return score > 0 ? 1 : 0
        }
        switch transform {
        case .logistic: (scores[0], scores[1]) = ((-score).logistic, score.logistic)
        case .probit: (scores[0], scores[1]) = (score.probit, 0)
        case .none, .softmax, .softmaxZero: (scores[0], scores[1]) = (1 - score, score)
        }
        return score > 0 ? 1 : 0
    }
}

extension RowShape {
    func expect(columns wanted: Int) throws {
        guard columns == wanted || rows == 0 else {
            throw ONNXError(
                .invalidInput, "the model reads \(wanted) columns, the rows have \(columns)",
                suggestion: "pass the columns that the model was trained with, in the same order")
        }
    }
}
