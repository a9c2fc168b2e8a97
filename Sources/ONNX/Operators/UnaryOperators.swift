/// Functions of one element.
enum UnaryOperators {
    static let all: [String: OperatorSet.Factory] = functions.mapValues { body in { @Sendable _ in RealFunction(body: body) } }
        .merging(special) { $1 }

    /// Functions of real numbers, computed in 64 bits and rounded once.
    private static let functions: [String: @Sendable (Double) -> Double] = [
        "Exp": Double.exponential, "Log": Double.logarithm, "Sqrt": { $0.squareRoot() }, "Reciprocal": { 1 / $0 },
        "Tanh": Double.hyperbolicTangent, "Sin": Double.sine, "Cos": Double.cosine, "Tan": Double.tangent, "Asin": Double.arcSine,
        "Acos": Double.arcCosine, "Atan": Double.arcTangent, "Sinh": Double.hyperbolicSine, "Cosh": Double.hyperbolicCosine,
        "Asinh": Double.areaSine, "Acosh": Double.areaCosine, "Atanh": Double.areaTangent, "Erf": Double.errorFunction,
        "Sigmoid": { $0 < 0 ? 1 - 1 / (1 + Double.exponential($0)) : 1 / (1 + Double.exponential(-$0)) },
        "Softplus": { max($0, 0) + Double.logarithmOfOnePlus(Double.exponential(-$0.magnitude)) }, "Softsign": { $0 / (1 + $0.magnitude) },
        "Floor": { $0.rounded(.down) }, "Ceil": { $0.rounded(.up) }, "Round": { $0.rounded(.toNearestOrEven) },
    ]

    private static let special: [String: OperatorSet.Factory] = [
        "Abs": { _ in NumberFunction(kernel: Magnitude()) },
        "Neg": { _ in NumberFunction(kernel: Negation()) },
        "Sign": { _ in NumberFunction(kernel: Sign()) },
        "Relu": { _ in NumberFunction(kernel: Positive()) },
        "LeakyRelu": { context in
            let alpha = Double(try context.float("alpha", 0.01))
            return RealFunction { $0 < 0 ? alpha * $0 : $0 }
        },
        "ThresholdedRelu": { context in
            let alpha = Double(try context.float("alpha", 1))
            return RealFunction { $0 > alpha ? $0 : 0 }
        },
        "Elu": { context in
            let alpha = Double(try context.float("alpha", 1))
            return RealFunction { $0 < 0 ? alpha * (Double.exponential($0) - 1) : $0 }
        },
        "Selu": { context in
            let alpha = Double(try context.float("alpha", 1.67326319217681884765625))
            let gamma = Double(try context.float("gamma", 1.05070102214813232421875))
            return RealFunction { $0 <= 0 ? gamma * (alpha * Double.exponential($0) - alpha) : gamma * $0 }
        },
        "HardSigmoid": { context in
            let (alpha, beta) = (Double(try context.float("alpha", 0.2)), Double(try context.float("beta", 0.5)))
            return RealFunction { max(0, min(1, alpha * $0 + beta)) }
        },
        "Clip": { try Clip($0) },
    ]
}

struct RealFunction: Operator {
    let body: @Sendable (Double) -> Double

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let results: Tensor.Elements =
            switch input.elements {
            case .float(let values): .float(values.map { Float(body(Double($0))) })
            case .double(let values): .double(values.map(body))
            default: throw Tensor.Elements.unsupported(input.elementType)
            }
        return [.tensor(Tensor(unchecked: input.shape, results))]
    }
}

protocol NumberKernel: Sendable {
    func apply<Number: TensorNumber>(_ value: Number) -> Number
}

struct Magnitude: NumberKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ value: Number) -> Number { value < .zero ? .minus(.zero, value) : .plus(value, .zero) }
}

struct Negation: NumberKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ value: Number) -> Number { .times(value, .minus(.zero, .one)) }
}

struct Sign: NumberKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ value: Number) -> Number { value > .zero ? .one : value < .zero ? .minus(.zero, .one) : value }
}

struct Positive: NumberKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ value: Number) -> Number { value < .zero ? .zero : value }
}

struct NumberFunction<Kernel: NumberKernel>: Operator {
    let kernel: Kernel

    private struct Visitor: NumberVisitor {
        let kernel: Kernel

        func visit<Number: TensorNumber>(_ values: [Number]) -> Tensor.Elements { Number.wrap(values.map { kernel.apply($0) }) }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        return [.tensor(Tensor(unchecked: input.shape, try input.elements.accept(Visitor(kernel: kernel))))]
    }
}

/// Keeps numbers between two bounds, which are attributes in old files and inputs in new ones.
struct Clip: Operator {
    private let lower: Float?
    private let upper: Float?

    init(_ context: NodeContext) throws {
        lower = try context.node.attribute("min")?.float()
        upper = try context.node.attribute("max")?.float()
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        var result = try inputs.tensor(0)
        if let least = try inputs.optionalTensor(1) ?? lower.map({ Tensor(unchecked: [], .float([$0])) }) {
            result = try Arithmetic(kernel: Larger()).apply(result, least, limit: inputs.limit)
        }
        if let most = try inputs.optionalTensor(2) ?? upper.map({ Tensor(unchecked: [], .float([$0])) }) {
            result = try Arithmetic(kernel: Smaller()).apply(result, most, limit: inputs.limit)
        }
        return [.tensor(result)]
    }
}
