/// `SVMRegressor` and `SVMClassifier`.
enum SupportVectorOperators {
    static let all: [String: OperatorSet.Factory] = [
        "SVMRegressor": { try SVMRegressor($0) },
        "SVMClassifier": { try SVMClassifier($0) },
    ]
}

/// How alike two rows are.
struct Kernel: Sendable {
    private enum Kind: String {
        case linear = "LINEAR"
        case polynomial = "POLY"
        case radial = "RBF"
        case sigmoid = "SIGMOID"
    }

    private let kind: Kind
    private let gamma: Float
    private let offset: Float
    private let degree: Float

    init(_ context: NodeContext, isLinear: Bool) throws {
        let name = try context.string("kernel_type", "LINEAR")
        guard let kind = Kind(rawValue: name) else { throw context.invalid("kernel_type '\(name)' is unknown") }
        self.kind = isLinear ? .linear : kind
        let parameters = try context.floats("kernel_params")
        gamma = parameters.first ?? 0
        offset = parameters.count > 1 ? parameters[1] : 0
        degree = parameters.count > 2 ? parameters[2] : 0
    }

    func value(_ row: ArraySlice<Float>, _ vector: ArraySlice<Float>) -> Float {
        var sum: Float = 0
        if kind == .radial {
            for (one, two) in zip(row, vector) { sum += (one - two) * (one - two) }
            return Float.exponential(-gamma * sum)
        }
        for (one, two) in zip(row, vector) { sum += one * two }
        switch kind {
        case .polynomial: return Float.power(gamma * sum + offset, degree)
        case .sigmoid: return Float.hyperbolicTangent(gamma * sum + offset)
        case .linear, .radial: return sum
        }
    }
}

struct SVMRegressor: Operator {
    private let kernel: Kernel
    private let coefficients: [Float]
    private let vectors: [Float]
    private let vectorCount: Int
    private let width: Int
    private let rho: Float
    private let isOneClass: Bool

    init(_ context: NodeContext) throws {
        coefficients = try context.floats("coefficients")
        vectors = try context.floats("support_vectors")
        vectorCount = try context.int("n_supports", 0)
        kernel = try Kernel(context, isLinear: vectorCount <= 0)
        isOneClass = try context.int("one_class", 0) != 0
        guard let rho = try context.floats("rho").first, !coefficients.isEmpty else {
            throw context.invalid("rho or coefficients are missing")
        }
        self.rho = rho
        if vectorCount > 0 {
            guard vectors.count % vectorCount == 0, !vectors.isEmpty, coefficients.count == vectorCount else {
                throw context.invalid(
                    "\(vectors.count) numbers and \(coefficients.count) coefficients do not make \(vectorCount) support vectors")
            }
            width = vectors.count / vectorCount
        } else {
            width = coefficients.count
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        try shape.expect(columns: width)
        let values = try input.floats()
        let scores = (0..<shape.rows).map { index in
            let row = values[(index * width)..<((index + 1) * width)]
            var sum: Float = 0
            if vectorCount > 0 {
                for vector in 0..<vectorCount {
                    sum += coefficients[vector] * kernel.value(row, vectors[(vector * width)..<((vector + 1) * width)])
                }
            } else {
                sum = kernel.value(row, coefficients[...])
            }
            sum += rho
            return isOneClass ? (sum > 0 ? 1 : -1) : sum
        }
        return [.tensor(Tensor(unchecked: [shape.rows, 1], .float(scores)))]
    }
}

/// Classes by votes of pairs (libsvm), or by one linear score for each (liblinear).
struct SVMClassifier: Operator {
    private let kernel: Kernel
    private let labels: ClassLabels
    private let coefficients: [Float]
    private let vectors: [Float]
    private let vectorCount: Int
    /// The first support vector of each class, and the end.
    private let starts: [Int]
    private let width: Int
    private let rho: [Float]
    private let sigmoids: [(a: Float, b: Float)]
    private let transform: PostTransform
    private let allPositive: Bool

    init(_ context: NodeContext) throws {
        labels = try ClassLabels(context.node, integers: "classlabels_ints")
        coefficients = try context.floats("coefficients")
        vectors = try context.floats("support_vectors")
        rho = try context.floats("rho")
        transform = try PostTransform(context.node)
        let counts = try context.ints("vectors_per_class").map { Int(truncatingIfNeeded: $0) }
        let (a, b) = (try context.floats("prob_a"), try context.floats("prob_b"))
        sigmoids = zip(a, b).map { ($0, $1) }
        allPositive = coefficients.allSatisfy { $0 >= 0 }
        var starts = [0]
        for count in counts {
            guard count >= 0, count <= vectors.count else { throw context.invalid("a class has \(count) support vectors") }
            starts.append((starts.last ?? 0) + count)
        }
        self.starts = starts
        vectorCount = starts.last ?? 0
        kernel = try Kernel(context, isLinear: vectorCount == 0)
        let classes = labels.count
        guard classes > 0, classes < 1 << 12, a.count == b.count, !coefficients.isEmpty, !rho.isEmpty else {
            throw context.invalid("classes, coefficients or rho are missing")
        }
        let pairs = classes * (classes - 1) / 2
        if vectorCount > 0 {
            guard counts.count == classes, vectors.count % vectorCount == 0, !vectors.isEmpty,
                coefficients.count >= (classes - 1) * vectorCount,
                rho.count >= pairs, a.isEmpty || a.count >= pairs
            else { throw context.invalid("the support vectors do not fit \(classes) classes") }
            width = vectors.count / vectorCount
        } else {
            guard coefficients.count % classes == 0 else {
                throw context.invalid("\(coefficients.count) coefficients do not make \(classes) classes")
            }
            width = coefficients.count / classes
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        try shape.expect(columns: width)
        let values = try input.floats()
        var classes: [Int32] = []
        var scores: [Float] = []
        for index in 0..<shape.rows {
            let row = values[(index * width)..<((index + 1) * width)]
            var (best, rowScores) = vectorCount > 0 ? pairs(row) : linear(row)
            if labels.count == 2, sigmoids.isEmpty || vectorCount == 0 { best = binaryClass(best, rowScores) }
            classes.append(Int32(best))
            scores += finished(&rowScores)
        }
        let columns = shape.rows == 0 ? labels.count : scores.count / shape.rows
        return [.tensor(labels.tensor(classes)), .tensor(Tensor(unchecked: [shape.rows, columns], .float(scores)))]
    }

    private func linear(_ row: ArraySlice<Float>) -> (Int, [Float]) {
        let scores = (0..<labels.count).map { kernel.value(row, coefficients[($0 * width)..<(($0 + 1) * width)]) + rho[0] }
        var best = 0
        for index in scores.indices where scores[index] > scores[best] { best = index }
        return (best, scores)
    }

    private func pairs(_ row: ArraySlice<Float>) -> (Int, [Float]) {
        let alike = (0..<vectorCount).map { kernel.value(row, vectors[($0 * width)..<(($0 + 1) * width)]) }
        var votes = [Int](repeating: 0, count: labels.count)
        var scores: [Float] = []
        for one in 0..<labels.count {
            for two in (one + 1)..<max(labels.count, one + 1) {
                var sum = 0.0
                for vector in starts[one]..<starts[one + 1] {
                    sum += Double(coefficients[(two - 1) * vectorCount + vector] * alike[vector])
                }
                for vector in starts[two]..<starts[two + 1] { sum += Double(coefficients[one * vectorCount + vector] * alike[vector]) }
                sum += Double(rho[scores.count])
                scores.append(Float(sum))
                votes[sum > 0 ? one : two] += 1
            }
        }
        var best = 0
        for index in votes.indices where votes[index] > votes[best] { best = index }
        return (best, sigmoids.isEmpty ? scores : probabilities(scores))
    }

    /// Two classes without probabilities: a linear score above its limit decides for the second class.
    private func binaryClass(_ best: Int, _ scores: [Float]) -> Int {
        guard vectorCount == 0 else { return best }
        let largest = scores[best]
        return (allPositive && largest >= 0.5) || (!allPositive && largest > 0) ? 1 : best
    }

    private func finished(_ scores: inout [Float]) -> [Float] {
        if vectorCount > 0, sigmoids.isEmpty, labels.count <= 2 {
            let score = scores.first ?? 0
            switch transform {
            case .none: return [-score, score]
            case .probit: return [score.probit, 0]
            case .logistic, .softmax, .softmaxZero: return [1 - score, score]
            }
        }
        if scores.count > 1 || transform == .probit { scores.withUnsafeMutableBufferPointer { transform.apply($0) } }
        return scores
    }

    /// The probabilities of the classes from those of the pairs, by the iteration that libsvm uses (Wu, Lin and Weng).
    private func probabilities(_ scores: [Float]) -> [Float] {
        let count = labels.count
        var pairwise = [Float](repeating: 0, count: count * count)
        var index = 0
        for one in 0..<count {
            for two in (one + 1)..<max(count, one + 1) {
                let raw = 1 - (scores[index] * sigmoids[index].a + sigmoids[index].b).logistic
                let bounded = min(max(raw, 1e-7), 1 - 1e-7)
                pairwise[one * count + two] = bounded
                pairwise[two * count + one] = 1 - bounded
                index += 1
            }
        }
        var q = [Float](repeating: 0, count: count * count)
        for one in 0..<count {
            for two in 0..<count where two != one {
                q[one * count + one] += pairwise[two * count + one] * pairwise[two * count + one]
                q[one * count + two] = two < one ? q[two * count + one] : -pairwise[two * count + one] * pairwise[one * count + two]
            }
        }
        var result = [Float](repeating: 1 / Float(count), count: count)
        let smallest = 0.005 / Float(count)
        var qp = [Float](repeating: 0, count: count)
        for _ in 0..<100 {
            var pqp: Float = 0
            for one in 0..<count {
                qp[one] = 0
                for two in 0..<count { qp[one] += q[one * count + two] * result[two] }
                pqp += result[one] * qp[one]
            }
            if qp.allSatisfy({ ($0 - pqp).magnitude < smallest }) { break }
            for one in 0..<count {
                let change = (pqp - qp[one]) / q[one * count + one]
                result[one] += change
                pqp = (pqp + change * (change * q[one * count + one] + 2 * qp[one])) / (1 + change) / (1 + change)
                for two in 0..<count {
                    qp[two] = (qp[two] + change * q[one * count + two]) / (1 + change)
                    result[two] /= 1 + change
                }
            }
        }
        return result
    }
}
