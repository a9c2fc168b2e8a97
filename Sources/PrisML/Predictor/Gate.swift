package import Prisma

/// A number that says how good a predictor is on the rows it has not seen.
public struct Metric: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    // Classes.
    public static let accuracy = Self(rawValue: "accuracy")
    public static let precision = Self(rawValue: "precision")
    public static let recall = Self(rawValue: "recall")
    public static let f1 = Self(rawValue: "f1")
    public static let rocAUC = Self(rawValue: "rocAUC")
    public static let prAUC = Self(rawValue: "prAUC")
    public static let logLoss = Self(rawValue: "logLoss")
    public static let brier = Self(rawValue: "brier")
    public static let calibrationError = Self(rawValue: "calibrationError")

    // Numbers.
    public static let rmse = Self(rawValue: "rmse")
    public static let mae = Self(rawValue: "mae")
    public static let mape = Self(rawValue: "mape")
    public static let r2 = Self(rawValue: "r2")
}

/// What a trained model must reach on the holdout before it becomes an artifact.
public enum Gate: Hashable, Sendable {
    case atLeast(Metric, Double)
    case atMost(Metric, Double)
    /// It is better than the active version on the same rows, in log loss or, for numbers, in RMSE.
    case improvesOnActive

    package var canonical: JSON {
        switch self {
        case .atLeast(let metric, let value): ["atLeast", .string(metric.rawValue), .double(value)]
        case .atMost(let metric, let value): ["atMost", .string(metric.rawValue), .double(value)]
        case .improvesOnActive: ["improvesOnActive"]
        }
    }
}
