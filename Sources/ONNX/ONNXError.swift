/// What went wrong with a model file, a graph or its inputs: what, where, and the next step.
public struct ONNXError: Error, Sendable, Hashable {
    /// The kind of failure; open, so that later versions can add kinds without breaking a `switch`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The bytes are not a well-formed ONNX file.
        public static let malformedFile = Code(rawValue: "malformedFile")
        /// The file is well-formed, but of a version or a form that is not read here.
        public static let unsupportedFile = Code(rawValue: "unsupportedFile")
        /// The graph contradicts itself: a name without a producer, a cycle, a wrong attribute.
        public static let invalidGraph = Code(rawValue: "invalidGraph")
        /// The trees of an ensemble contradict themselves.
        public static let invalidTree = Code(rawValue: "invalidTree")
        /// No native operator of that name, domain and version.
        public static let unsupportedOperator = Code(rawValue: "unsupportedOperator")
        /// The inputs of a run do not fit the graph.
        public static let invalidInput = Code(rawValue: "invalidInput")
        /// ONNX Runtime's library is missing or too old.
        public static let runtimeMissing = Code(rawValue: "runtimeMissing")
        /// ONNX Runtime refused the model or the run.
        public static let runtimeFailed = Code(rawValue: "runtimeFailed")
    }

    public let code: Code
    /// What happened, in one sentence.
    public let message: String
    /// Where: a byte offset, a node, an input.
    public let location: String?
    /// What to try next.
    public let suggestion: String?

    public init(_ code: Code, _ message: String, at location: String? = nil, suggestion: String? = nil) {
        self.code = code
        self.message = message
        self.location = location
        self.suggestion = suggestion
    }

    /// The same error, with a place where the thrower did not know it.
    func located(_ place: @autoclosure () -> String) -> ONNXError {
        location == nil ? ONNXError(code, message, at: place(), suggestion: suggestion) : self
    }
}

extension ONNXError: CustomStringConvertible {
    public var description: String {
        var text = "\(code.rawValue): "
        if let location { text += "\(location): " }
        text += message
        if let suggestion { text += "; \(suggestion)" }
        return text
    }
}
