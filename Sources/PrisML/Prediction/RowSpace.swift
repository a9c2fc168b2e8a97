import Prisma
import PrismaSchema

/// What one worker predicts rows in hand in: one version of the model, the features compiled for it, and space for all that is computed on
/// the way.
///
/// What a call touches belongs to the space and to nobody else, apart from the model's numbers, which nobody writes. So nothing is
/// allocated in a call, and cores that predict at once do not take each other's cache lines.
final class RowSpace {
    /// Which change of version the space was made after.
    let generation: Int
    private let loaded: LoadedPredictor
    private let program: FeatureProgram
    /// The version's labels, of the predictor's own type: by themselves, so that the space is of none.
    let labels: AnyObject
    private let workspace: LoadedPredictor.Workspace
    private let registers: UnsafeMutableBufferPointer<CellNumber>
    private var sketch: ServingSketch.Worker?
    /// The record that `context` is about, of the model's own type.
    private let box: AnyObject
    private var context: EvaluationContext

    init<Model: Record, Label: Sendable>(
        _ definition: PredictorDefinition, _ loaded: LoadedPredictor, _ labels: PredictedLabels<Label>, schema: Schema, generation: Int,
        watchesDrift: Bool, of model: Model.Type
    ) throws(PredictorError) {
        self.generation = generation
        self.loaded = loaded
        program = try FeatureProgram(definition, schema: schema, encoders: loaded.ownEncoders)
        self.labels = try VersionLabels(labels, of: loaded)
        workspace = LoadedPredictor.Workspace(loaded)
        let initial = program.plan.program.makeRegisters(now: 0)
        registers = .allocate(capacity: initial.count)
        _ = registers.initialize(from: initial)
        sketch = watchesDrift ? loaded.sketch.makeWorker() : nil
        let box = RecordBox<Model>()
        self.box = box
        context = program.makeContext(box, now: 0)
    }

    deinit {
        registers.deallocate()
    }

    /// Whether the features depend on the instant.
    var readsNow: Bool { program.readsNow }

    /// What is predicted for a record of the model that the space is for.
    func predict<Model: Record>(_ record: Model, now: Int64?) throws -> ModelAnswer {
        if let now { set(now) }
        try encode(record, into: workspace.features)
        return try answer()
    }

    /// What is predicted for whatever an expression can be asked of.
    func predict(row: any EvaluationRow, now: Int64) throws -> ModelAnswer {
        set(now)
        try encode(row: row, now: now, into: workspace.features)
        return try answer()
    }

    /// The same with what moved the answer.
    func explain(row: any EvaluationRow, now: Int64) throws -> (answer: ModelAnswer, explanation: Explanation) {
        let explainer = try loaded.explainer()
        let answer = try predict(row: row, now: now)
        let features = Array(UnsafeBufferPointer(start: workspace.features, count: loaded.width))
        let predicted = loaded.predictedClass(try workspace.predict())
        return (answer, try loaded.explanation(features[...], predicted: predicted, explainer))
    }

    /// The encoded features of records.
    func encoded<Model: Record>(_ records: [Model], now: Int64, isStrict: Bool) throws(PredictorError) -> EncodedRows {
        set(now)
        var features = EncodedRows(loaded, isStrict: isStrict)
        for record in records {
            try features.append { (target) throws(PredictorError) in try encode(record, into: target) }
        }
        return features
    }

    /// The encoded features of whatever expressions can be asked of.
    func encoded(rows: [any EvaluationRow], now: Int64, isStrict: Bool) throws(PredictorError) -> EncodedRows {
        set(now)
        var features = EncodedRows(loaded, isStrict: isStrict)
        for row in rows {
            try features.append { (target) throws(PredictorError) in try encode(row: row, now: now, into: target) }
        }
        return features
    }

    private func set(_ now: Int64) {
        if let registers = registers.baseAddress { program.plan.program.set(now: now, in: registers) }
        context.now = now
    }

    private func encode<Model: Record>(_ record: Model, into target: UnsafeMutablePointer<Float>) throws(PredictorError) {
        guard let registers = registers.baseAddress else { return }
        try program.encode(record, registers, into: target)
        if program.hasOthers { try encodeOthers(record, into: target) }
    }

    /// By itself, because the box's type is looked up where it is called.
    @inline(never)
    private func encodeOthers<Model: Record>(_ record: Model, into target: UnsafeMutablePointer<Float>) throws(PredictorError) {
        // The box was made for this model.
        let box = unsafeDowncast(box, to: RecordBox<Model>.self)
        box.record = record
        defer { box.record = nil }
        try program.encodeOthers(&context, into: target)
    }

    private func encode(row: any EvaluationRow, now: Int64, into target: UnsafeMutablePointer<Float>) throws(PredictorError) {
        guard let registers = registers.baseAddress else { return }
        try program.encode(row, registers, into: target)
        guard program.hasOthers else { return }
        var context = program.makeContext(row, now: now)
        try program.encodeOthers(&context, into: target)
    }

    private func answer() throws -> ModelAnswer {
        let answer = try loaded.answer(UnsafeBufferPointer(try workspace.predict()))
        sketch?.pass(workspace.features, answer.score)
        return answer
    }
}
