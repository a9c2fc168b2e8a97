/// A model that is ready to run.
///
/// ```swift
/// let session = try Session(contentsOf: bytes)
/// let outputs = try session.run(["X": Tensor([1, 3], [0.1, 0.2, 0.3] as [Float])])
/// let scores = outputs["probabilities"]
/// ```
///
/// A session is immutable; any number of tasks may share it.
public struct Session: Sendable {
    /// What runs the graph.
    public enum Engine: String, Sendable, CaseIterable {
        /// The operators of this library.
        case native
        /// ONNX Runtime's library, loaded at run time.
        case onnxRuntime = "onnxruntime"
    }

    public let model: ONNXModel
    /// The engine that was chosen, or asked for.
    public let engine: Engine
    public let inputs: [ONNXValueInfo]
    public let outputs: [ONNXValueInfo]
    let plan: Plan

    public init(contentsOf bytes: [UInt8]) throws {
        try self.init(model: ONNXModel(bytes: bytes))
    }

    public init(model: ONNXModel) throws {
        plan = try Plan(model)
        self.model = model
        engine = .native
        inputs = plan.inputs.map(\.info)
        outputs = plan.outputs.map(\.info)
    }

    /// Runs the graph once; every input must be given by its name, and every output comes back under its own.
    public func run(_ values: [String: Tensor]) throws -> [String: ONNXValue] {
        try run(values.mapValues(ONNXValue.tensor))
    }

    /// Runs the graph once, with inputs that may be maps or sequences.
    public func run(_ values: [String: ONNXValue]) throws -> [String: ONNXValue] {
        let given = try inputs.map { info in
            guard let value = values[info.name] else {
                throw ONNXError(
                    .invalidInput, "the input '\(info.name)' is missing",
                    suggestion: "the model's inputs are \(inputs.map(\.name).joined(separator: ", "))")
            }
            if case .tensor(let tensor) = value { try Self.check(tensor, info) }
            return value
        }
        return Dictionary(zip(outputs.map(\.name), try plan.run(given)), uniquingKeysWith: { first, _ in first })
    }

    private static func check(_ tensor: Tensor, _ info: ONNXValueInfo) throws {
        guard case .tensor(let element, let shape) = info.type else { return }
        guard tensor.elementType == element else {
            throw ONNXError(
                .invalidInput, "wants \(info.type), not \(tensor.elementType)", at: "input '\(info.name)'",
                suggestion: "pass a tensor of \(element)")
        }
        guard let shape else { return }
        let fits =
            shape.count == tensor.shape.count
            && zip(shape, tensor.shape).allSatisfy { wanted, found in
                if case .fixed(let size) = wanted { size == found || size == 0 } else { true }
            }
        guard fits else {
            throw ONNXError(
                .invalidInput, "wants \(info.type), not the shape \(tensor.shape)", at: "input '\(info.name)'",
                suggestion: "pass a tensor of that shape")
        }
    }
}
