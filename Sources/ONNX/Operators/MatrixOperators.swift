/// Products of matrices, and what comes after them.
enum MatrixOperators {
    static let all: [String: OperatorSet.Factory] = [
        "MatMul": { _ in MatMul() },
        "Gemm": { try Gemm($0) },
        "Softmax": { try Softmax($0, isLogarithm: false) },
        "LogSoftmax": { try Softmax($0, isLogarithm: true) },
        "LpNormalization": { try LpNormalization($0) },
    ]
}

/// A matrix that is read by rows, or by columns where it is transposed.
private struct MatrixView {
    let rows: Int
    let columns: Int
    let rowStep: Int
    let columnStep: Int

    init(_ rows: Int, _ columns: Int, isTransposed: Bool) {
        (self.rows, self.columns) = isTransposed ? (columns, rows) : (rows, columns)
        (rowStep, columnStep) = isTransposed ? (1, columns) : (columns, 1)
    }
}

private struct ProductVisitor: NumberPairVisitor {
    let left: MatrixView
    let right: MatrixView
    /// Where each product's matrices start.
    let starts: [(Int, Int)]

    func visit<Number: TensorNumber>(_ one: [Number], _ two: [Number]) -> Tensor.Elements {
        var results: [Number] = []
        results.reserveCapacity(starts.count * left.rows * right.columns)
        one.withUnsafeBufferPointer { one in
            two.withUnsafeBufferPointer { two in
                for (first, second) in starts {
                    for row in 0..<left.rows {
                        for column in 0..<right.columns {
                            var sum = Number.zero
                            for index in 0..<left.columns {
                                let product = Number.times(
                                    one[first + row * left.rowStep + index * left.columnStep],
                                    two[second + index * right.rowStep + column * right.columnStep])
                                sum = Number.plus(sum, product)
                            }
                            results.append(sum)
                        }
                    }
                }
            }
        }
        return Number.wrap(results)
    }
}

struct MatMul: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (one, two) = (try inputs.tensor(0), try inputs.tensor(1))
        guard !one.shape.isEmpty, !two.shape.isEmpty else {
            throw ONNXError(.invalidInput, "single numbers have no matrix product", suggestion: "check the shapes of the inputs")
        }
        // A vector counts as one row on the left and as one column on the right, and loses that dimension again.
        let left = one.shape.count == 1 ? [1] + one.shape : one.shape
        let right = two.shape.count == 1 ? two.shape + [1] : two.shape
        let (rows, inner) = (left[left.count - 2], left[left.count - 1])
        let columns = right[right.count - 1]
        guard inner == right[right.count - 2] else {
            throw ONNXError(
                .invalidInput, "matrices of shapes \(one.shape) and \(two.shape) have no product",
                suggestion: "check the shapes of the inputs")
        }
        let batches = try Broadcast(Array(left.dropLast(2)), Array(right.dropLast(2)), limit: inputs.limit)
        let leftCount = left.dropLast(2).reduce(1, *)
        let rightCount = right.dropLast(2).reduce(1, *)
        let starts = batches.map(Array(0..<leftCount), Array(0..<rightCount)) { ($0 * rows * inner, $1 * inner * columns) }
        try inputs.check(work: inner, try inputs.count(of: batches.shape + [rows, columns]))
        let visitor = ProductVisitor(
            left: MatrixView(rows, inner, isTransposed: false), right: MatrixView(inner, columns, isTransposed: false), starts: starts)
        let shape = batches.shape + (one.shape.count == 1 ? [] : [rows]) + (two.shape.count == 1 ? [] : [columns])
        return [.tensor(Tensor(unchecked: shape, try one.elements.accept(two.elements, visitor)))]
    }
}

/// alpha * A * B + beta * C
struct Gemm: Operator {
    private let alpha: Float
    private let beta: Float
    private let transposesA: Bool
    private let transposesB: Bool

    init(_ context: NodeContext) throws {
        alpha = try context.float("alpha", 1)
        beta = try context.float("beta", 1)
        transposesA = try context.int("transA", 0) != 0
        transposesB = try context.int("transB", 0) != 0
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (one, two) = (try inputs.tensor(0), try inputs.tensor(1))
        guard one.shape.count == 2, two.shape.count == 2 else {
            throw ONNXError(
                .invalidInput, "Gemm wants matrices, not the shapes \(one.shape) and \(two.shape)",
                suggestion: "check the shapes of the inputs")
        }
        let left = MatrixView(one.shape[0], one.shape[1], isTransposed: transposesA)
        let right = MatrixView(two.shape[0], two.shape[1], isTransposed: transposesB)
        guard left.columns == right.rows else {
            throw ONNXError(
                .invalidInput, "matrices of shapes \(one.shape) and \(two.shape) have no product",
                suggestion: "check the shapes of the inputs")
        }
        let shape = [left.rows, right.columns]
        try inputs.check(work: left.columns, try inputs.count(of: shape))
        var result = Tensor(
            unchecked: shape, try one.elements.accept(two.elements, ProductVisitor(left: left, right: right, starts: [(0, 0)])))
        let limit = inputs.limit
        func scaled(_ tensor: Tensor, _ factor: Float) throws -> Tensor {
            guard factor != 1 else { return tensor }
            return try Arithmetic(kernel: Times()).apply(
                tensor, Tensor(unchecked: [], try tensor.elements.likewise([Double(factor)])), limit: limit)
        }
        result = try scaled(result, alpha)
        if let third = try inputs.optionalTensor(2) {
            result = try Arithmetic(kernel: Plus()).apply(result, scaled(third, beta), limit: limit)
        }
        guard result.shape == shape else {
            throw ONNXError(
                .invalidInput, "the sum of Gemm does not have its product's shape", suggestion: "check the shapes of the inputs")
        }
        return [.tensor(result)]
    }
}

struct Softmax: Operator {
    private let axis: Int
    /// Before opset 13 everything from the axis on counted as one dimension.
    private let flattens: Bool
    private let isLogarithm: Bool

    init(_ context: NodeContext, isLogarithm: Bool) throws {
        flattens = context.version < 13
        axis = try context.int("axis", flattens ? 1 : -1)
        self.isLogarithm = isLogarithm
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        guard !input.shape.isEmpty else { return [.tensor(Tensor(unchecked: [], try input.elements.likewise([isLogarithm ? 0 : 1])))] }
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        let view =
            flattens
            ? AxisView([input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)], axis: 1) : AxisView(input.shape, axis: axis)
        var values = try input.doubles()
        for outer in 0..<view.outer {
            for inner in 0..<view.inner {
                var largest = -Double.infinity
                for index in 0..<view.length { largest = max(largest, values[view.position(outer, index, inner)]) }
                var sum = 0.0
                for index in 0..<view.length { sum += Double.exponential(values[view.position(outer, index, inner)] - largest) }
                for index in 0..<view.length {
                    let position = view.position(outer, index, inner)
                    let value = values[position] - largest
                    values[position] = isLogarithm ? value - Double.logarithm(sum) : Double.exponential(value) / sum
                }
            }
        }
        return [.tensor(Tensor(unchecked: input.shape, try input.elements.likewise(values)))]
    }
}

struct LpNormalization: Operator {
    private let axis: Int
    private let power: Int

    init(_ context: NodeContext) throws {
        axis = try context.int("axis", -1)
        power = try context.int("p", 2)
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        let view = AxisView(input.shape, axis: axis)
        var values = try input.doubles()
        for outer in 0..<view.outer {
            for inner in 0..<view.inner {
                var sum = 0.0
                for index in 0..<view.length {
                    let value = values[view.position(outer, index, inner)]
                    sum += power == 1 ? value.magnitude : value * value
                }
                let norm = power == 1 ? sum : sum.squareRoot()
                for index in 0..<view.length where norm != 0 { values[view.position(outer, index, inner)] /= norm }
            }
        }
        return [.tensor(Tensor(unchecked: input.shape, try input.elements.likewise(values)))]
    }
}
