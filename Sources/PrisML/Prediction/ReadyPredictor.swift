public import Prisma
internal import PrismaSchema
internal import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A predictor that is loaded, for rows in hand: answers at once, without a database and without waiting.
///
/// ```swift
/// let churn = try await churn.load(with: prisma)
/// let risk = try churn.predict(user)
/// ```
///
/// It follows the active version: a change is taken up within a second, and each call answers with one version as a whole. Any number of
/// tasks share one.
public final class ReadyPredictor<Model: Record, Label: ColumnValue>: Sendable {
    private let definition: PredictorDefinition
    private let store: ArtifactStore
    private let labels: PredictedLabels<Label>
    private let engine: PrismaEngine
    private let loaded: Mutex<LoadedPredictor>
    /// How often the version changed. A space that was made before the last change answers no more.
    private let generation = Atomic(0)
    private let spaces = WorkerSpaces<RowSpace>()
    /// Why a row in hand cannot be enough, where it cannot.
    private let refusal: PredictorError?
    private let watchesDrift: Bool
    private let follower = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - version: the version that answers for good; nil for the active one, whichever that is.
    ///   - watchesDrift: whether rows are counted for `drift()`.
    package init(
        _ predictor: Predictor<Model, Label>, engine: PrismaEngine, version: LoadedPredictor? = nil, watchesDrift: Bool = true
    ) async throws {
        self.watchesDrift = watchesDrift
        definition = predictor.definition
        store = predictor.store
        labels = predictor.labels
        self.engine = engine
        let answering: LoadedPredictor
        if let version {
            answering = version
        } else {
            answering = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: engine)
        }
        loaded = Mutex(answering)
        do throws(PredictorError) {
            let program = try FeatureProgram(definition, schema: engine.schema, encoders: loaded.withLock { $0.encoders })
            try program.requireOwnColumns()
            refusal = nil
        } catch {
            refusal = error
        }
        guard version == nil else { return }
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: PredictorCache.freshness)
                guard let self else { return }
                await self.follow()
            }
        }
        follower.withLock { $0 = task }
    }

    deinit {
        follower.withLock { $0?.cancel() }
    }

    private func follow() async {
        // What cannot be loaded leaves the old version answering; the cache says so.
        guard let current = try? await PredictorCache.predictor(for: definition, in: store, engine: engine, atMost: .zero) else { return }
        let isNew = loaded.withLock { loaded in
            guard loaded !== current else { return false }
            loaded = current
            generation.add(1, ordering: .releasing)
            return true
        }
        if isNew { spaces.clear() }
    }

    /// The version that answers now.
    public var version: String { loaded.withLock { $0.version } }

    /// The row's key as text.
    func key(of row: Model) throws -> String { try keys(of: [row])[0] }

    /// The rows' keys as text.
    func keys(of rows: [Model]) throws -> [String] {
        let plan = try engine.plan(Model.modelName)
        let places = plan.primaryKey.compactMap { name in plan.fields.firstIndex { $0.name == name } }
        let spelling = KeySpelling(of: plan)
        return rows.map { row in
            let parts = places.map { row.value(at: $0) }
            return spelling.text(parts.count == 1 ? parts[0] : .list(parts))
        }
    }

    /// How far the rows that were asked about one by one lie from the training rows: a sample of one in 64, since the version was loaded.
    public func drift() -> [FeatureDrift] { loaded.withLock { $0 }.sketch.lines }

    // MARK: - One row

    /// What is predicted for a row in hand, whose features need nothing but its own columns.
    @inlinable
    public func predict(_ row: Model) throws -> Prediction<Label> {
        let (answer, labels) = try answer(row)
        // A space has the labels that it was made with here.
        return try unsafeDowncast(labels, to: VersionLabels<Label>.self).prediction(answer)
    }

    /// The answer and the labels of the version that gave it.
    @usableFromInline
    func answer(_ row: Model) throws -> (ModelAnswer, AnyObject) {
        if let refusal { throw refusal }
        let space = try takeSpace()
        defer { giveBack(space) }
        return (try space.predict(row, now: space.readsNow ? engine.instant : nil), space.labels)
    }

    /// An answer of a space's version with its label.
    private func prediction(_ answer: ModelAnswer, of space: RowSpace) throws -> Prediction<Label> {
        try unsafeDowncast(space.labels, to: VersionLabels<Label>.self).prediction(answer)
    }

    /// What is predicted for a row in hand and the related rows that go with it.
    ///
    /// ```swift
    /// let risk = try churn.predict(RecordRow(user).with(\.orders, orders))
    /// ```
    public func predict(_ row: RecordRow<Model>) throws -> Prediction<Label> {
        let space = try takeSpace()
        defer { giveBack(space) }
        return try prediction(try space.predict(row: row, now: engine.instant), of: space)
    }

    /// What is predicted for a row in hand, and what moved the answer; its features need nothing but its own columns.
    public func explain(_ row: Model) throws -> ExplainedPrediction<Label> {
        if let refusal { throw refusal }
        return try explain(RecordRow(row))
    }

    /// What is predicted for a row in hand and the related rows that go with it, and what moved the answer.
    public func explain(_ row: RecordRow<Model>) throws -> ExplainedPrediction<Label> {
        let space = try takeSpace()
        defer { giveBack(space) }
        let (answer, explanation) = try space.explain(row: row, now: engine.instant)
        return ExplainedPrediction(prediction: try prediction(answer, of: space), explanation: explanation)
    }

    /// What is predicted for a row that is not saved yet, with the defaults that it will get.
    public func predict(_ row: Model.Create) throws -> Prediction<Label> {
        if let refusal { throw refusal }
        let unsaved = try self.unsaved([row])[0]
        let space = try takeSpace()
        defer { giveBack(space) }
        return try prediction(try space.predict(row: unsaved, now: engine.instant), of: space)
    }

    /// Rows with the defaults that they will get.
    private func unsaved(_ rows: [Model.Create]) throws -> [UnsavedRow] {
        let model = try engine.plan(Model.modelName).model
        return rows.map { UnsavedRow($0, of: model, defaults: DefaultValues(now: engine.options.clock(), schema: engine.schema)) }
    }

    /// What is predicted for features that are given, by their names in the definition: before encoding, with null for what is missing.
    ///
    /// ```swift
    /// let risk = try churn.predict(features: ["daysSinceLogin": 12, "orders90d": 3, "plan": "PRO"])
    /// ```
    public func predict(features: [String: JSON]) throws -> Prediction<Label> {
        let values = try definition.values(of: features, schema: engine.schema)
        let loaded = loaded.withLock { $0 }
        return try loaded.withWorkspace { workspace in
            var position = workspace.features
            for (encoder, value) in zip(loaded.encoders, values) {
                try encoder.encode(value, into: position)
                position += encoder.width
            }
            return try labels.prediction(UnsafeBufferPointer(try workspace.predict()), loaded)
        }
    }

    /// A space of the version that answers now.
    @inline(__always)
    private func takeSpace() throws(PredictorError) -> RowSpace {
        if let space = spaces.take(), space.generation == generation.load(ordering: .acquiring) { return space }
        return try makeSpace()
    }

    /// Keeps a space for the next call, unless the version changed meanwhile: nothing is to hold the old one then.
    @inline(__always)
    private func giveBack(_ space: RowSpace) {
        spaces.giveBack(space)
        if space.generation != generation.load(ordering: .acquiring) { spaces.clear() }
    }

    private func makeSpace() throws(PredictorError) -> RowSpace {
        let (loaded, generation) = loaded.withLock { [self] loaded in (loaded, self.generation.load(ordering: .relaxed)) }
        return try RowSpace(
            definition, loaded, labels, schema: engine.schema, generation: generation, watchesDrift: watchesDrift, of: Model.self)
    }

    // MARK: - Many rows

    /// What is predicted for rows in hand, in their order; all of them or none.
    public func predict(_ rows: [Model]) throws -> [Prediction<Label>] {
        try answers(rows, isStrict: true).map { try $0.get() }
    }

    /// What is predicted for rows in hand, in their order: for one that fails its error, for the others the answer.
    public func predictEach(_ rows: [Model]) throws -> [Result<Prediction<Label>, PredictorError>] {
        try answers(rows, isStrict: false)
    }

    /// What is predicted for rows and their related rows, in their order; all of them or none.
    public func predict(_ rows: [RecordRow<Model>]) throws -> [Prediction<Label>] {
        try answers(rows, isStrict: true).map { try $0.get() }
    }

    /// What is predicted for rows and their related rows, in their order: for one that fails its error, for the others the answer.
    public func predictEach(_ rows: [RecordRow<Model>]) throws -> [Result<Prediction<Label>, PredictorError>] {
        try answers(rows, isStrict: false)
    }

    /// What is predicted for rows that are not saved yet, in their order; all of them or none.
    public func predict(_ rows: [Model.Create]) throws -> [Prediction<Label>] {
        if let refusal { throw refusal }
        return try answers(try unsaved(rows), isStrict: true).map { try $0.get() }
    }

    /// What is predicted for rows that are not saved yet, in their order: for one that fails its error, for the others the answer.
    public func predictEach(_ rows: [Model.Create]) throws -> [Result<Prediction<Label>, PredictorError>] {
        if let refusal { throw refusal }
        return try answers(try unsaved(rows), isStrict: false)
    }

    private func answers(_ rows: [any EvaluationRow], isStrict: Bool) throws -> [Result<Prediction<Label>, PredictorError>] {
        let space = try takeSpace()
        defer { giveBack(space) }
        return try space.encoded(rows: rows, now: engine.instant, isStrict: isStrict).predictions(by: labels)
    }

    private func answers(_ rows: [Model], isStrict: Bool) throws -> [Result<Prediction<Label>, PredictorError>] {
        if let refusal { throw refusal }
        let space = try takeSpace()
        defer { giveBack(space) }
        return try space.encoded(rows, now: engine.instant, isStrict: isStrict).predictions(by: labels)
    }
}

/// What a predictor remembers so that it can answer without being told where.
final class PredictorMemory<Model: Record, Label: ColumnValue>: Sendable {
    /// What was loaded, for each database; they live as long as what is loaded for them.
    let ready = Mutex<[ObjectIdentifier: ReadyPredictor<Model, Label>]>([:])
}

extension Predictor {
    /// Loads the version that answers for this client, once, and makes `predict` possible.
    ///
    /// What is given back answers for this client's database. `churn.predict` asks it too, while the predictor is loaded for one database
    /// only: for several it throws, since a row in hand does not say which registry's version is meant.
    @discardableResult
    public func load(with prisma: some PrismaClientProtocol) async throws -> ReadyPredictor<Model, Label> {
        let ready = try await ReadyPredictor(self, engine: prisma.engine)
        memory.ready.withLock { $0[ObjectIdentifier(prisma.engine.database)] = ready }
        return ready
    }

    /// Lets go of what is loaded, for all databases; the next query that asks loads it again.
    public func unload() {
        memory.ready.withLock { $0 = [:] }
        PredictorCache.forget(definition, in: store)
        PrismaEngine.forgetFunctionEverywhere(PredictedFunction.name(definition, store))
    }

    /// Lets go of what is loaded for a client's database; the next query that asks loads it again.
    public func unload(with prisma: some PrismaClientProtocol) {
        memory.ready.withLock { $0[ObjectIdentifier(prisma.engine.database)] = nil }
        PredictorCache.forget(definition, in: store, for: prisma.engine.database)
        prisma.engine.forgetFunction(PredictedFunction.name(definition, store))
    }

    /// What is predicted for a row in hand, whose features need nothing but its own columns; after `load`.
    ///
    /// ```swift
    /// try await risk.load(with: prisma)      // once
    /// let answer = try risk.predict(user)
    /// ```
    @inlinable
    public func predict(_ row: Model) throws -> Prediction<Label> { try ready().predict(row) }

    /// What is predicted for a row and its related rows; after `load`.
    public func predict(_ row: RecordRow<Model>) throws -> Prediction<Label> { try ready().predict(row) }

    /// What is predicted for a row in hand, and what moved the answer; after `load`.
    public func explain(_ row: Model) throws -> ExplainedPrediction<Label> { try ready().explain(row) }

    /// What is predicted for a row and its related rows, and what moved the answer; after `load`.
    public func explain(_ row: RecordRow<Model>) throws -> ExplainedPrediction<Label> { try ready().explain(row) }

    /// What is predicted for a row that is not saved yet, with the defaults that it will get; after `load`.
    public func predict(_ row: Model.Create) throws -> Prediction<Label> { try ready().predict(row) }

    /// What is predicted for rows in hand, in their order, all of them or none; after `load`.
    public func predict(_ rows: [Model]) throws -> [Prediction<Label>] { try ready().predict(rows) }

    /// What is predicted for rows and their related rows, in their order, all of them or none; after `load`.
    public func predict(_ rows: [RecordRow<Model>]) throws -> [Prediction<Label>] { try ready().predict(rows) }

    /// What is predicted for rows that are not saved yet, in their order, all of them or none; after `load`.
    public func predict(_ rows: [Model.Create]) throws -> [Prediction<Label>] { try ready().predict(rows) }

    /// What is predicted for features by their names; after `load`.
    public func predict(features: [String: JSON]) throws -> Prediction<Label> { try ready().predict(features: features) }

    @usableFromInline
    func ready() throws(PredictorError) -> ReadyPredictor<Model, Label> {
        let (ready, count) = memory.ready.withLock { ($0.values.first, $0.count) }
        guard count < 2 else {
            throw PredictorError(
                .notLoaded, predictor: name,
                "The predictor is loaded for \(count) databases, and a row in hand does not say which one's version is meant.",
                help: "Ask what was given back: `let ready = try await \(name).load(with: prisma)`, then `ready.predict(row)`.")
        }
        guard let ready else {
            throw PredictorError(
                .notLoaded, predictor: name, "The predictor is asked about a row in hand before it was loaded.",
                help: "Load it once, where the program starts: `try await \(name).load(with: prisma)`.")
        }
        return ready
    }
}
