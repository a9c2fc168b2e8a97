public import Prisma

/// One input of a predictor: an expression of the row, and how its values become numbers.
///
/// ```swift
/// Feature("orders90d", user.orders.where { $0.createdAt > .now - .days(90) }.count)
/// Feature("country", user.country, .oneHot(top: 20))
/// ```
public struct Feature: Hashable, Sendable {
    public let name: String
    package let node: ExpressionNode
    package let encoding: FeatureEncoding
    package let nulls: NullPolicy
    package let trend: Trend
    /// The Swift code that gives the value, if no expression does.
    package let computation: FeatureComputation?

    /// Which way the answer may move with the feature. Trees keep to it.
    public enum Trend: String, Hashable, Sendable {
        case any, rising, falling
    }

    /// - Parameter trend: for a number, whether the answer may only rise or only fall with it.
    public init<Value: ColumnValue>(
        _ name: String, _ expression: RowExpression<Value>, _ encoding: FeatureEncoding = .automatic, nulls: NullPolicy = .missing,
        trend: Trend = .any
    ) {
        self.init(name: name, node: expression.node, encoding: encoding, nulls: nulls, trend: trend, computation: nil)
    }

    init(
        name: String, node: ExpressionNode, encoding: FeatureEncoding, nulls: NullPolicy, trend: Trend, computation: FeatureComputation?
    ) {
        self.name = name
        self.node = node
        self.encoding = encoding
        self.nulls = nulls
        self.trend = trend
        self.computation = computation
    }
}

/// How the values of a feature become numbers. What an encoding learns, it learns from the training rows alone.
public enum FeatureEncoding: Hashable, Sendable {
    /// Numbers and true or false as they are; enums one-hot in the schema's order; text one-hot for its 20 most frequent values.
    case automatic
    /// A column for each of the most frequent values; others are zero in all of them.
    case oneHot(top: Int)
    /// The value's place in the order of the values that were seen; others are missing.
    case ordinal
    /// A column for each bucket of a hash: for values that cannot be listed.
    case hashed(buckets: Int)
    /// The mean of the label over the rows with the value, drawn to the overall mean as if by so many further rows.
    case targetMean(smoothing: Double)
    /// A column for each of the most frequent words of a text: how often it is there, weighed by how rare it is elsewhere.
    case tfidf(maxFeatures: Int)
}

/// What stands for a null.
public enum NullPolicy: Hashable, Sendable {
    /// Nothing does: trees learn where missing values go. Linear models take the mean.
    case missing
    case constant(Double)
    case mean
    case median
    case mostFrequent
}

extension FeatureEncoding {
    var canonical: JSON {
        switch self {
        case .automatic: "automatic"
        case .oneHot(let top): ["oneHot", .int(Int64(top))]
        case .ordinal: "ordinal"
        case .hashed(let buckets): ["hashed", .int(Int64(buckets))]
        case .targetMean(let smoothing): ["targetMean", .double(smoothing)]
        case .tfidf(let maxFeatures): ["tfidf", .int(Int64(maxFeatures))]
        }
    }
}

extension NullPolicy {
    var canonical: JSON {
        switch self {
        case .missing: "missing"
        case .constant(let value): ["constant", .double(value)]
        case .mean: "mean"
        case .median: "median"
        case .mostFrequent: "mostFrequent"
        }
    }
}

/// Collects the features of a predictor.
@resultBuilder
public enum FeatureBuilder {
    public static func buildExpression(_ feature: Feature) -> [Feature] { [feature] }
    public static func buildExpression(_ features: [Feature]) -> [Feature] { features }
    public static func buildBlock(_ features: [Feature]...) -> [Feature] { features.flatMap(\.self) }
    public static func buildOptional(_ features: [Feature]?) -> [Feature] { features ?? [] }
    public static func buildEither(first features: [Feature]) -> [Feature] { features }
    public static func buildEither(second features: [Feature]) -> [Feature] { features }
    public static func buildArray(_ features: [[Feature]]) -> [Feature] { features.flatMap(\.self) }
}
