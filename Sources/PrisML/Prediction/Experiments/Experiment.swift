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
/// asks the active one if it is named `control`, and otherwise the newest one that fits the code and was not rejected. A version that
/// waits for approval may be tried; one that was rejected before the experiment first asked for it is not.
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

    /// The arm that a row's key belongs to; a key of another shape than the schema's is an error.
    public func arm(for key: some ColumnValue, with prisma: some PrismaClientProtocol) throws -> String {
        assignment.arm(for: try RowKeys([key], of: Model.self, in: prisma.engine, predictor.name).firstText)
    }

    /// The same for a key of several fields.
    public func arm<First: ColumnValue, Second: ColumnValue, each Rest: ColumnValue>(
        for key: (First, Second, repeat each Rest), with prisma: some PrismaClientProtocol
    ) throws -> String {
        assignment.arm(for: try RowKeys([key], of: Model.self, in: prisma.engine, predictor.name).firstText)
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
    /// Puts each row's arm and its prediction beside it. A row that fails fails the query.
    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<AssignedPrediction<Label>> {
        try await inclusion(in: engine, besideRecord: true, isStrict: true) { try $0.map { try $0.1.get() } }
    }

    /// The same with each row's own error in place of its answer, where there is one.
    public var perRow: some PredictingIncludable<Result<AssignedPrediction<Label>, PredictorError>> {
        AnswersPerRow { engine in try await inclusion(in: engine, besideRecord: true, isStrict: false) { $0.map(\.1) } }
    }

    /// - Parameters:
    ///   - besideRecord: whether the query reads the record, too; then no column of it is asked for again.
    ///   - answers: what is made of the keys of rows and of what their arms say of them.
    func inclusion<Answer: Sendable>(
        in engine: PrismaEngine, besideRecord: Bool, isStrict: Bool,
        _ answers: @escaping @Sendable ([(String, Result<AssignedPrediction<Label>, PredictorError>)]) throws -> [Answer]
    ) async throws -> Inclusion<Answer> {
        let models = try await models(in: engine)
        let keys = try KeyReader(of: try engine.plan(Model.modelName), besideRecord: besideRecord)
        var selections: [ExpressionNode] = []
        var arms: [String: ArmCollector<Label, Answer>.Arm] = [:]
        for (arm, model) in models.sorted(by: { $0.key < $1.key }) {
            let reader = try model.reader(predictor.definition, in: engine, besideRecord: besideRecord)
            // Versions of one definition mostly read the same columns.
            let known = arms.values.first { $0.reader.selections == reader.selections }
            let features = EncodedRows(model, reader, now: engine.instant, isStrict: isStrict)
            arms[arm] = ArmCollector.Arm(reader: reader, start: known?.start ?? selections.count, features: features)
            if known == nil { selections += reader.selections }
        }
        return Inclusion(selections: selections + keys.selections) {
            [assignment, labels = predictor.labels, arms, width = selections.count] in
            ArmCollector(assignment: assignment, labels: labels, keys: keys, width: width, arms: arms, answers: answers)
        }
    }
}
