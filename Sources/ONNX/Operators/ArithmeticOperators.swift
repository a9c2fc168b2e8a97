/// Element by element, of two tensors or of several.
enum ArithmeticOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Add": { _ in Arithmetic(kernel: Plus()) },
        "Sub": { _ in Arithmetic(kernel: Minus()) },
        "Mul": { _ in Arithmetic(kernel: Times()) },
        "Div": { _ in Arithmetic(kernel: Over()) },
        "Min": { _ in Folding(kernel: Smaller(), divides: false) },
        "Max": { _ in Folding(kernel: Larger(), divides: false) },
        "Sum": { _ in Folding(kernel: Plus(), divides: false) },
        "Mean": { _ in Folding(kernel: Plus(), divides: true) },
        "Mod": { context in Arithmetic(kernel: Modulo(likeC: try context.int("fmod", 0) != 0)) },
        "Pow": { _ in Power() },
    ]
}

/// Makes one number of two.
protocol ArithmeticKernel: Sendable {
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number
}

struct Plus: ArithmeticKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { Number.plus(one, two) }
}

struct Minus: ArithmeticKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { Number.minus(one, two) }
}

struct Times: ArithmeticKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { Number.times(one, two) }
}

struct Over: ArithmeticKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { Number.over(one, two) }
}

/// NaN wins over every number, as it does in NumPy.
struct Smaller: ArithmeticKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { one.isMissing ? one : two.isMissing ? two : min(one, two) }
}

struct Larger: ArithmeticKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { one.isMissing ? one : two.isMissing ? two : max(one, two) }
}

struct Modulo: ArithmeticKernel {
    let likeC: Bool

    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Number { Number.modulo(one, two, likeC: likeC) }
}

struct Arithmetic<Kernel: ArithmeticKernel>: Operator {
    let kernel: Kernel

    private struct Visitor: NumberPairVisitor {
        let broadcast: Broadcast
        let kernel: Kernel

        func visit<Number: TensorNumber>(_ one: [Number], _ two: [Number]) -> Tensor.Elements {
            Number.wrap(broadcast.map(one, two) { kernel.apply($0, $1) })
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        [.tensor(try apply(inputs.tensor(0), inputs.tensor(1), limit: inputs.limit))]
    }

    func apply(_ one: Tensor, _ two: Tensor, limit: Int) throws -> Tensor {
        let broadcast = try Broadcast(one.shape, two.shape, limit: limit)
        return Tensor(unchecked: broadcast.shape, try one.elements.accept(two.elements, Visitor(broadcast: broadcast, kernel: kernel)))
    }
}

/// One kernel over any number of inputs, from the first on.
struct Folding<Kernel: ArithmeticKernel>: Operator {
    let kernel: Kernel
    let divides: Bool

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        var result = try inputs.tensor(0)
        let arithmetic = Arithmetic(kernel: kernel)
        for index in inputs.values.indices.dropFirst() { result = try arithmetic.apply(result, inputs.tensor(index), limit: inputs.limit) }
        guard divides else { return [.tensor(result)] }
        let count: Tensor.Elements =
            result.elementType == .double ? .double([Double(inputs.values.count)]) : .float([Float(inputs.values.count)])
        return [.tensor(try Arithmetic(kernel: Over()).apply(result, Tensor(unchecked: [], count), limit: inputs.limit))]
    }
}

/// A power whose exponent may be of another type; the result is of the base's.
struct Power: Operator {
    private struct Visitor: NumberVisitor {
        let broadcast: Broadcast
        let exponents: [Double]

        func visit<Number: TensorNumber>(_ values: [Number]) -> Tensor.Elements {
            Number.wrap(broadcast.map(values, exponents) { Number(nearest: Double.power($0.asDouble, $1)) })
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (base, exponent) = (try inputs.tensor(0), try inputs.tensor(1))
        let broadcast = try Broadcast(base.shape, exponent.shape, limit: inputs.limit)
        if case .float(let values) = base.elements, case .float(let exponents) = exponent.elements {
            return [.tensor(Tensor(unchecked: broadcast.shape, .float(broadcast.map(values, exponents) { Float.power($0, $1) })))]
        }
        return [
            .tensor(
                Tensor(
                    unchecked: broadcast.shape, try base.elements.accept(Visitor(broadcast: broadcast, exponents: try exponent.doubles()))))
        ]
    }
}
