/// What went wrong with a predictor, where, and what to do next.
public struct PredictorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable name for a kind of error; compare with `==`.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// The definition cannot be trained.
        public static let invalidDefinition = Self(rawValue: "ML001")
        /// There is no artifact.
        public static let notTrained = Self(rawValue: "ML002")
        /// The artifact was trained from another definition or schema.
        public static let stale = Self(rawValue: "ML003")
        /// A file of the artifact was changed or is missing.
        public static let corrupt = Self(rawValue: "ML004")
        /// The artifact's format is of another version.
        public static let unsupportedFormat = Self(rawValue: "ML005")
        /// The rows hold a value that the definition does not expect.
        public static let invalidData = Self(rawValue: "ML006")
        /// The model could not be evaluated.
        public static let evaluationFailed = Self(rawValue: "ML007")
        /// A file could not be read or written.
        public static let file = Self(rawValue: "ML008")
        /// A version is not in the state that the change needs.
        public static let invalidState = Self(rawValue: "ML009")
        /// The predictor is asked about a row in hand before it was loaded.
        public static let notLoaded = Self(rawValue: "ML010")
        /// The features need more than the row in hand has: related rows, or values that the database makes.
        public static let needsMore = Self(rawValue: "ML011")
        /// The features that were given are not those of the definition.
        public static let invalidFeatures = Self(rawValue: "ML012")
        /// An experiment, or what was asked of it, is not valid.
        public static let invalidExperiment = Self(rawValue: "ML013")
    }

    public var code: Code
    public var predictor: String
    public var message: String
    public var help: String?

    public init(_ code: Code, predictor: String, _ message: String, help: String? = nil) {
        self.code = code
        self.predictor = predictor
        self.message = message
        self.help = help
    }

    public var description: String {
        "\(code): predictor \(predictor): \(message)" + (help.map { "\n  try: \($0)" } ?? "")
    }
}
