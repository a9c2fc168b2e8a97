/// A node with its attributes read and checked, ready to run.
protocol Operator: Sendable {
    /// - Returns: one value for each output that the operator has; the node may name fewer.
    func run(_ inputs: Inputs) throws -> [ONNXValue]
}

/// What goes into an operator; an optional input that is left out is nil.
struct Inputs {
    let values: [ONNXValue?]
    /// The most elements that an output may have: a few bytes of a file must not ask for all of the memory.
    let limit: Int
    /// The most multiplications that a product of matrices may take.
    let work: Int

    static let usualLimit = 1 << 26

    init(_ values: [ONNXValue?], limit: Int = Inputs.usualLimit, work: Int = .max) {
        self.values = values
        self.limit = limit
        self.work = work
    }

    /// Refuses more multiplications than the file and the inputs are worth.
    func check(work factors: Int...) throws {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow, next <= work else {
                throw ONNXError(.invalidInput, "a product of matrices takes too many steps", suggestion: "pass fewer rows at once")
            }
            product = next
        }
    }

    /// The elements of a shape; an error where they are too many.
    static func count(of shape: [Int], limit: Int) throws -> Int {
        guard let count = Tensor.count(of: shape), count <= limit else {
            throw ONNXError(.invalidInput, "a tensor of shape \(shape) is too large", suggestion: "pass fewer rows at once")
        }
        return count
    }

    /// The elements of an output's shape; an error where they are too many.
    func count(of shape: [Int]) throws -> Int {
        try Self.count(of: shape, limit: limit)
    }

    /// The tensor at that position; an error where it is left out or is something else.
    func tensor(_ index: Int) throws -> Tensor {
        guard let tensor = try optionalTensor(index) else {
            throw ONNXError(.invalidGraph, "input \(index) is missing", suggestion: "export the model again")
        }
        return tensor
    }

    func optionalTensor(_ index: Int) throws -> Tensor? {
        guard values.indices.contains(index), let value = values[index] else { return nil }
        guard case .tensor(let tensor) = value else {
            throw ONNXError(.invalidGraph, "input \(index) is not a tensor", suggestion: "export the model again")
        }
        return tensor
    }
}

/// What an operator can know about its node when it is made.
struct NodeContext {
    let node: ONNXNode
    /// The version of the operator set that the node is taken from.
    let version: Int
    /// The element type of each input, where it is known before anything runs.
    let inputTypes: [ElementType?]

    func int(_ name: String, _ fallback: Int) throws -> Int {
        guard let attribute = node.attribute(name) else { return fallback }
        guard let value = Int(exactly: try attribute.int()) else { throw invalid("\(name) is out of range") }
        return value
    }

    func float(_ name: String, _ fallback: Float) throws -> Float {
        try node.attribute(name)?.float() ?? fallback
    }

    func string(_ name: String, _ fallback: String) throws -> String {
        try node.attribute(name)?.string() ?? fallback
    }

    func floats(_ name: String) throws -> [Float] {
        try node.attribute(name)?.floats() ?? []
    }

    func ints(_ name: String) throws -> [Int64] {
        try node.attribute(name)?.ints() ?? []
    }

    func strings(_ name: String) throws -> [String] {
        try node.attribute(name)?.strings() ?? []
    }

    func invalid(_ message: String) -> ONNXError {
        ONNXError(.invalidGraph, message, at: node.place, suggestion: "export the model again")
    }
}

/// The operators that run natively, by domain and name.
enum OperatorSet {
    /// The newest versions that the native operators are tested with.
    static let newest = ["": 28, "ai.onnx.ml": 5]

    typealias Factory = @Sendable (NodeContext) throws -> any Operator

    static let machineLearning: [String: Factory] = merged(
        TreeOperators.all, LinearOperators.all, ScalingOperators.all, EncodingOperators.all, FeatureOperators.all, MapOperators.all,
        SupportVectorOperators.all)

    static let core: [String: Factory] = merged(
        ArithmeticOperators.all, ComparisonOperators.all, UnaryOperators.all, ReductionOperators.all, SelectionOperators.all,
        ShapeOperators.all,
        PartOperators.all, ConstantOperators.all, CastOperators.all, MatrixOperators.all, TextOperators.all, SequenceOperators.all)

    /// Operators that only move elements, or cast them, and so take those that nothing here computes with.
    static let movers: Set<String> = [
        "Cast", "CastLike", "Compress", "Concat", "ConcatFromSequence", "Dropout", "Expand", "Flatten", "Gather", "GatherElements",
        "GatherND",
        "Identity", "IsInf", "IsNaN", "Pad", "Reshape", "SequenceConstruct", "Shape", "Size", "Slice", "Split", "Squeeze", "Tile",
        "Transpose",
        "Unsqueeze", "Where",
    ]

    /// The operator for a node, or nil where there is none.
    static func factory(_ node: ONNXNode) -> Factory? {
        switch node.domain {
        case "": core[node.operation]
        case "ai.onnx.ml": machineLearning[node.operation]
        default: nil
        }
    }

    private static func merged(_ families: [String: Factory]...) -> [String: Factory] {
        families.reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
    }
}
