/// A model that is ready to run.
///
/// ```swift
/// let session = try Session(contentsOf: bytes)
/// let outputs = try session.run(["X": Tensor([1, 3], [0.1, 0.2, 0.3] as [Float])])
/// let scores = outputs["probabilities"]
/// ```
///
/// A session that runs natively keeps its compiled form and nothing of the file. It is immutable; any number of tasks may share it.
public struct Session: Sendable {
    /// What runs the graph.
    public enum Engine: String, Sendable, CaseIterable {
        /// The operators of this library.
        case native
        /// ONNX Runtime's library, loaded at run time.
        case onnxRuntime = "onnxruntime"
    }

    private enum Form: Sendable {
        case native(Plan)
        case runtime(RuntimeSession)
    }

    /// The engine that was chosen, or asked for.
    public let engine: Engine
    /// Why that engine, in a few words.
    public let engineReason: String
    public let inputs: [ONNXValueInfo]
    public let outputs: [ONNXValueInfo]
    /// The number of threads that a run may use.
    public let threads: Int
    private let form: Form

    /// Reads and compiles a model's file.
    public init(contentsOf bytes: [UInt8], engine: Engine? = nil, threads: Int = 1) throws {
        try self.init(model: ONNXModel(bytes: bytes), engine: engine, threads: threads)
    }

    /// Compiles a model.
    ///
    /// - Parameters:
    ///   - engine: the engine to use; without one, native where all of the graph's operators are, and ONNX Runtime where not.
    ///   - threads: how many threads a run may use for large batches.
    public init(model: ONNXModel, engine: Engine? = nil, threads: Int = 1) throws {
        self.threads = max(threads, 1)
        switch engine {
        case .native:
            (self.engine, engineReason) = (.native, "as asked")
            form = .native(try Plan(model))
        case .onnxRuntime:
            (self.engine, engineReason) = (.onnxRuntime, "as asked")
            form = .runtime(try Self.runtime(model, threads: threads))
        case nil:
            do {
                form = .native(try Plan(model))
                (self.engine, engineReason) = (.native, "every operator has a native form")
            } catch let error as ONNXError where error.code == .unsupportedOperator || error.code == .unsupportedFile {
                do {
                    form = .runtime(try Self.runtime(model, threads: threads))
                    (self.engine, engineReason) = (.onnxRuntime, error.message)
                } catch let missing as ONNXError where missing.code == .runtimeMissing {
                    throw ONNXError(
                        missing.code, "\(error.message), and \(missing.message)", at: error.location, suggestion: missing.suggestion)
                }
            }
        }
        if case .native(let plan) = form {
            inputs = plan.inputs.map(\.info)
        } else {
            let constants = Set(model.graph.initializers.map(\.name))
            inputs = model.graph.inputs.filter { !constants.contains($0.name) }
        }
        outputs = model.graph.outputs
    }

    /// Loads ONNX Runtime's library if that has not happened yet; an error says what to install.
    package static func requireRuntime() throws {
        _ = try RuntimeLibrary.shared
    }

    private static func runtime(_ model: ONNXModel, threads: Int) throws -> RuntimeSession {
        let constants = Set(model.graph.initializers.map(\.name))
        return try RuntimeSession(
            model.encoded(), inputs: model.graph.inputs.map(\.name).filter { !constants.contains($0) },
            outputs: model.graph.outputs.map(\.name),
            threads: threads)
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
        let found =
            switch form {
            case .native(let plan): try plan.run(given)
            case .runtime(let session): try session.run(given)
            }
        return Dictionary(zip(outputs.map(\.name), found), uniquingKeysWith: { first, _ in first })
    }

    /// The version of ONNX Runtime and where it was found, if the session runs on it.
    public var runtimeVersion: (version: String, path: String)? {
        if case .runtime(let session) = form { (session.library.version, session.library.path) } else { nil }
    }

    /// How the native engine lays each ensemble out, by the node's name.
    package var treeForms: [String: String] {
        guard let plan else { return [:] }
        return Dictionary(
            plan.steps.compactMap { step in (step.operation as? TreeOperator).flatMap { $0.form }.map { (step.node.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The native plan, if there is one.
    var plan: Plan? {
        if case .native(let plan) = form { plan } else { nil }
    }

    /// Runs a model of one float matrix on ONNX Runtime with as little around it as its interface allows; for comparing engines.
    package func runRuntime(
        rows: UnsafeMutableBufferPointer<Float>, columns: Int, output: Int, into scores: UnsafeMutableBufferPointer<Float>
    ) throws {
        guard case .runtime(let session) = form else { return }
        try session.run(rows: rows, shape: [Int64(rows.count / max(columns, 1)), Int64(columns)], output: output, into: scores)
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
