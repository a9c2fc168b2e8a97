public import FoundationEssentials
public import Prisma

/// A column that is learned: what to predict for the rows of a model, and from what.
///
/// ```swift
/// let churn = Predictor("churn", on: User.self, predicting: \.isChurned) { user in
///     Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
///     Feature("orders90d", user.orders.where { $0.createdAt > .now - .days(90) }.count)
///     Feature("plan", user.plan)
/// }
/// .algorithm(.gradientBoostedTrees(rounds: 200, depth: 6))
/// .gate(.accuracy, atLeast: 0.80)
/// ```
///
/// It is a plain value. Its features are expressions, so the same definition becomes the SQL that training and queries run, is
/// evaluated on a row in hand, and is compared by its hash with what an artifact was trained from.
public struct Predictor<Model: Record, Label: ColumnValue>: Sendable {
    public private(set) var definition: PredictorDefinition
    /// The label for a class, by its name in the artifact, or for a number.
    let labelled: @Sendable (_ className: String?, _ score: Double) -> Label?
    public private(set) var store = ArtifactStore.standard
    /// What answers for rows in hand, once it is loaded.
    private(set) var memory = PredictorMemory<Model, Label>()

    public init<Value: ColumnValue>(
        _ name: String, on model: Model.Type, predicting label: (Model.Columns) -> RowExpression<Value>,
        @FeatureBuilder features: (Model.Columns) -> [Feature]
    ) where Value.Unwrapped == Label, Label: PredictorLabel {
        let columns = Model.columns
        definition = PredictorDefinition(
            name: name, model: Model.modelName, label: label(columns).node, task: Label.predictorTask, features: features(columns))
        labelled = Label.predicted
    }

    /// Predicts an enum of the schema.
    public init<Value: ColumnValue>(
        _ name: String, on model: Model.Type, predicting label: (Model.Columns) -> RowExpression<Value>,
        @FeatureBuilder features: (Model.Columns) -> [Feature]
    ) where Value.Unwrapped == Label, Label: PrismaEnum {
        let columns = Model.columns
        definition = PredictorDefinition(
            name: name, model: Model.modelName, label: label(columns).node, task: .classes(Label.allCases.map(\.databaseValue)),
            features: features(columns))
        labelled = { name, _ in name.flatMap(Label.init(databaseValue:)) }
    }

    public var name: String { definition.name }

    /// What learns; gradient boosted trees if nothing is said.
    public func algorithm(_ algorithm: Algorithm) -> Self {
        changed { $0.algorithm = algorithm }
    }

    /// A condition that the trained model must meet on the holdout; several add up.
    public func gate(_ metric: Metric, atLeast value: Double) -> Self {
        changed { $0.gates.append(.atLeast(metric, value)) }
    }

    public func gate(_ metric: Metric, atMost value: Double) -> Self {
        changed { $0.gates.append(.atMost(metric, value)) }
    }

    public func gate(_ gate: Gate) -> Self {
        changed { $0.gates.append(gate) }
    }

    /// Trains only on the rows for which a condition holds.
    public func trained(on condition: (Model.Columns) -> RowExpression<Bool>) -> Self {
        changed { $0.filter = condition(Model.columns).node }
    }

    /// Evaluates features as of a date of the row: `.now` becomes that date, and aggregates over a relation read only rows
    /// that were there by then.
    public func asOf<Value: ColumnValue>(_ date: (Model.Columns) -> RowExpression<Value>) -> Self where Value.Unwrapped == Date {
        changed { $0.asOf = date(Model.columns).node }
    }

    /// Holds out the newest rows by a date or number, instead of random ones.
    public func splitChronologically<Value: ColumnValue>(
        by value: (Model.Columns) -> RowExpression<Value>, validation: Double = 0.15, holdout: Double = 0.2
    ) -> Self where Value.Unwrapped: OrderedColumnValue {
        changed { $0.split = SplitRule(method: .chronological(value(Model.columns).node), validation: validation, holdout: holdout) }
    }

    /// Keeps rows together that agree in a value, so that none of a group is both trained on and held out.
    public func splitGrouped<Value: ColumnValue>(
        by value: (Model.Columns) -> RowExpression<Value>, validation: Double = 0.15, holdout: Double = 0.2
    ) -> Self {
        changed { $0.split = SplitRule(method: .grouped(value(Model.columns).node), validation: validation, holdout: holdout) }
    }

    /// The parts of the rows that are kept from training.
    public func split(validation: Double, holdout: Double) -> Self {
        changed {
            $0.split.validation = validation
            $0.split.holdout = holdout
        }
    }

    /// From which probability on a row belongs to the second of two classes; 0.5 if nothing is said.
    public func threshold(_ rule: ThresholdRule) -> Self {
        changed { $0.threshold = rule }
    }

    /// How much a row of each class counts in training.
    public func classWeights(_ weights: ClassWeights) -> Self {
        changed { $0.classWeights = weights }
    }

    /// Measures so many further models in each training, each on a part of the rows that it has not seen: their mean and spread say how
    /// much the metrics depend on the split.
    public func crossValidated(folds: Int) -> Self {
        changed { $0.folds = folds }
    }

    /// The seed of all that is drawn at random; the same rows, definition and seed give the same artifact.
    public func seed(_ seed: UInt64) -> Self {
        changed { $0.seed = seed }
    }

    /// Where the artifacts are, if not in `prisml/models` or `PRISML_MODELS`.
    public func stored(in directory: String) -> Self {
        var copy = self
        copy.memory = PredictorMemory()
        copy.store = ArtifactStore(directory: directory)
        return copy
    }

    private func changed(_ change: (inout PredictorDefinition) -> Void) -> Self {
        var copy = self
        copy.memory = PredictorMemory()
        change(&copy.definition)
        return copy
    }
}

/// A type, besides the schema's enums, that can be predicted: true or false, text, a number.
public protocol PredictorLabel: ColumnValue {
    static var predictorTask: PredictorTask { get }
    /// The label for a class, by its name in the artifact, or for a number.
    static func predicted(class name: String?, score: Double) -> Self?
}

/// What kind of question a predictor answers.
public enum PredictorTask: Hashable, Sendable {
    case binary
    /// One of several classes; nil where they are found in the rows.
    case classes([String]?)
    case regression
}

extension Bool: PredictorLabel {
    public static var predictorTask: PredictorTask { .binary }
    public static func predicted(class name: String?, score: Double) -> Bool? { name.flatMap(Bool.init) }
}

extension String: PredictorLabel {
    public static var predictorTask: PredictorTask { .classes(nil) }
    public static func predicted(class name: String?, score: Double) -> String? { name }
}

extension Double: PredictorLabel {
    public static var predictorTask: PredictorTask { .regression }
    public static func predicted(class name: String?, score: Double) -> Double? { score }
}

extension Int: PredictorLabel {
    public static var predictorTask: PredictorTask { .regression }
    public static func predicted(class name: String?, score: Double) -> Int? { Int(exactly: score.rounded()) }
}

extension Int64: PredictorLabel {
    public static var predictorTask: PredictorTask { .regression }
    public static func predicted(class name: String?, score: Double) -> Int64? { Int64(exactly: score.rounded()) }
}

extension Decimal: PredictorLabel {
    public static var predictorTask: PredictorTask { .regression }
    public static func predicted(class name: String?, score: Double) -> Decimal? { Decimal(string: "\(score)") }
}
