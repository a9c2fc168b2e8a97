public import Prisma

/// Two or more versions of a predictor side by side, each for its share of the rows.
///
/// ```swift
/// let test = try Experiment("churn-v2", split: ["control": 80, "candidate": 20], on: churn, versions: ["candidate": "0003-5e1f9a2c"])
/// for (user, answer) in try await prisma.user.findMany(include: test) {
///     print(user.email, answer.arm, answer.prediction.probability)
/// }
/// ```
///
/// A row's arm follows from its key alone, so it stays the same from query to query and from process to process. An arm without a version
/// asks the active one if it is named `control`, and otherwise the newest one that fits the code.
public struct Experiment<Model: Record, Label: ColumnValue>: Sendable {
    public let name: String
    public let predictor: Predictor<Model, Label>
    let assignment: Assignment
    private let versions: [String: String]
    private let loaded = LoadedVersions()

    /// - Parameters:
    ///   - split: each arm's weight; what counts is its share of their sum.
    ///   - versions: the version that an arm asks, by its name in `prisml models list`.
    public init(_ name: String, split: [String: Double], on predictor: Predictor<Model, Label>, versions: [String: String] = [:]) throws {
        func invalid(_ message: String, _ help: String) -> PredictorError {
            PredictorError(.invalidExperiment, predictor: predictor.name, "experiment \(name): \(message)", help: help)
        }
        guard split.count >= 2 else {
            throw invalid("it has \(split.count) arms.", "Give at least two: [\"control\": 80, \"candidate\": 20].")
        }
        if let arm = split.sorted(by: { $0.key < $1.key }).first(where: { !($0.value > 0 && $0.value.isFinite) }) {
            throw invalid("the weight of \(arm.key) is \(arm.value).", "Use weights above 0, or leave the arm out.")
        }
        if let arm = versions.keys.sorted().first(where: { split[$0] == nil }) {
            throw invalid("it has a version for \(arm), which is no arm.", "Its arms are \(split.keys.sorted().joined(separator: ", ")).")
        }
        self.name = name
        self.predictor = predictor
        self.versions = versions
        assignment = Assignment(experiment: name, arms: split.map { (name: $0.key, weight: $0.value) }.sorted { $0.name < $1.name })
    }

    /// The arm that a row's key belongs to.
    public func arm(for key: some ColumnValue, with prisma: some PrismaClientProtocol) throws -> String {
        assignment.arm(for: try Self.text(of: key, in: prisma.engine))
    }

    /// A row's key as text, as the rows that are answered have theirs.
    static func text(of key: some ColumnValue, in engine: PrismaEngine) throws -> String {
        KeySpelling(of: try engine.plan(Model.modelName)).text(key.sqlValue)
    }

    /// The version that an arm asks once and for all; nil for the active one, whichever that is.
    func fixedModel(of arm: String, in engine: PrismaEngine) async throws -> LoadedPredictor? {
        if versions[arm] == nil, arm == "control" { return nil }
        return try await loaded.model(versions[arm], of: predictor.definition, in: predictor.store, engine: engine)
    }

    /// What the arms ask, the active version as it is now.
    func models(in engine: PrismaEngine) async throws -> [String: LoadedPredictor] {
        var models: [String: LoadedPredictor] = [:]
        for (arm, _) in assignment.arms {
            if let fixed = try await fixedModel(of: arm, in: engine) {
                models[arm] = fixed
            } else {
                models[arm] = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
            }
        }
        return models
    }
}

/// A prediction and the arm of the experiment that gave it.
public struct AssignedPrediction<Label: Sendable>: Sendable {
    public let arm: String
    /// The row's key as text.
    public let key: String
    public let prediction: Prediction<Label>
}

extension Experiment: Includable {
    /// Puts each row's arm and its prediction beside it.
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<AssignedPrediction<Label>> {
        let models = try await models(in: engine)
        let plan = try engine.plan(Model.modelName)
        let (keys, spelling) = (try plan.keyColumns(), KeySpelling(of: plan))
        let (assignment, labels) = (assignment, predictor.labels)
        return Inclusion(selections: keys + predictor.definition.features.flatMap(\.selections)) {
            ArmCollector(
                assignment: assignment, keyTypes: keys.map(\.type), spelling: spelling, labels: labels,
                features: models.mapValues { EncodedRows($0) })
        }
    }
}

/// Gathers the features of rows, each for the version of its arm.
private struct ArmCollector<Label: ColumnValue>: InclusionCollector {
    let assignment: Assignment
    let keyTypes: [ValueType]
    let spelling: KeySpelling
    let labels: PredictedLabels<Label>
    var features: [String: EncodedRows]
    private var rows: [(arm: String, key: String)] = []

    init(
        assignment: Assignment, keyTypes: [ValueType], spelling: KeySpelling, labels: PredictedLabels<Label>,
        features: [String: EncodedRows]
    ) {
        self.assignment = assignment
        self.keyTypes = keyTypes
        self.spelling = spelling
        self.labels = labels
        self.features = features
    }

    mutating func collect(_ row: inout SQLRow) throws {
        let key = spelling.text(try row.key(of: keyTypes))
        let arm = assignment.arm(for: key)
        try features[arm]?.append(&row)
        rows.append((arm, key))
    }

    consuming func load(in context: QueryContext) async throws -> [AssignedPrediction<Label>] {
        var answers = try features.mapValues { try $0.predictions(by: labels).map { try $0.get() }.makeIterator() }
        return rows.compactMap { row in
            answers[row.arm]?.next().map { AssignedPrediction(arm: row.arm, key: row.key, prediction: $0) }
        }
    }
}
