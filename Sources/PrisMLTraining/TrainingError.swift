/// What stopped a training: what, where, and the next step.
public struct TrainingError: Error, Sendable, Hashable {
    /// The kind of failure; open, so that later versions can add kinds without breaking a `switch`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Rows, labels or weights that no algorithm can learn from.
        public static let invalidData = Code(rawValue: "invalidData")
        /// Parameters that contradict themselves or the data.
        public static let invalidParameter = Code(rawValue: "invalidParameter")
        /// A share of the split that would hold no rows.
        public static let invalidSplit = Code(rawValue: "invalidSplit")
        /// What an algorithm needs to be trained with is not installed, or does not answer.
        public static let trainerMissing = Code(rawValue: "trainerMissing")
        /// The library or process that trains refused.
        public static let trainerFailed = Code(rawValue: "trainerFailed")
        /// Another training of the same predictor is running.
        public static let locked = Code(rawValue: "locked")
        /// What the trainer handed over is not a model that can be exported.
        public static let invalidModel = Code(rawValue: "invalidModel")
        /// The exported model's answers differ from the trainer's.
        public static let parityFailed = Code(rawValue: "parityFailed")
    }

    public let code: Code
    /// What happened, in one sentence.
    public let message: String
    /// Where: a feature, a parameter, a file.
    public let location: String?
    /// What to try next.
    public let suggestion: String?

    public init(_ code: Code, _ message: String, at location: String? = nil, suggestion: String? = nil) {
        self.code = code
        self.message = message
        self.location = location
        self.suggestion = suggestion
    }
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        var text = "\(code.rawValue): "
        if let location { text += "\(location): " }
        text += message
        if let suggestion { text += "; \(suggestion)" }
        return text
    }
}
