internal import ONNX
package import Prisma
internal import Synchronization

/// An artifact in memory, ready to answer. It is immutable; any number of tasks share one.
package final class LoadedPredictor: Sendable {
    package let name: String
    package let version: String
    package let encoders: [FeatureEncoder]
    /// The classes in the order of the scores; empty for a regression.
    package let classes: [String]
    /// For two classes: the probability from which on the label is the second.
    package let threshold: Double
    package let width: Int
    /// How many columns of a query the features are read from.
    let selectionCount: Int
    /// The code of each feature, for those that are computed by code.
    private let computations: [FeatureComputation?]
    /// How each feature is read. Most are numbers, which cost too little to look into an encoder for.
    private let steps: [Step]
    private let model: ScoringModel
    /// What explains the model; nil if nothing does exactly.
    var modelExplainer: ModelExplainer? { explanations.value }
    private let explanations: Lazy<ModelExplainer?>
    /// What the model can answer at most and at least, for parts of its rows; nil where that cannot be told.
    var bounds: ScoreBounds? { scoreBounds.value }
    private let scoreBounds: Lazy<ScoreBounds?>
    /// What the rows look like that it answers for, one in hand after the other.
    let sketch: ServingSketch
    /// How the features lay among the training rows, as the artifact has it.
    let metadata: JSON
    /// Working space that is not in use; a task takes one and gives it back.
    private let workspaces = WorkerSpaces<Workspace>()
    /// How features are read from a query's rows: with the record in them, and without.
    private let readers = Mutex<(beside: FeatureReader?, alone: FeatureReader?)>((nil, nil))

    package init(_ artifact: Artifact, of definition: PredictorDefinition) throws {
        let metadata = artifact.metadata
        let bytes = artifact.modelBytes
        let session = try Session(contentsOf: bytes)
        // The session lets go of the model; what explains and bounds it reads it again when it is first asked for.
        explanations = Lazy { (try? ONNXModel(bytes: bytes)).flatMap { ModelExplainer($0) } }
        let encoders = (metadata["encoders"]?.array ?? []).compactMap(FeatureEncoder.init(json:))
        name = artifact.name
        version = artifact.version
        self.metadata = metadata
        self.encoders = zip(encoders, definition.features).map { encoder, feature in
            var encoder = encoder
            // All of the enum's values are among the columns then, also those that no row had.
            if case .enumeration = feature.node.type, case .oneHot = encoder.method { encoder.isClosed = feature.encoding == .automatic }
            return encoder
        }
        scoreBounds = Lazy { [encoders = self.encoders] in
            (try? ONNXModel(bytes: bytes)).flatMap { ScoreBounds($0, encoders: encoders) }
        }
        classes = metadata["classes"]?.array?.compactMap(\.string) ?? []
        threshold = metadata["threshold"]?.double ?? 0.5
        width = encoders.reduce(0) { $0 + $1.width }
        selectionCount = definition.features.reduce(0) { $0 + $1.selections.count }
        computations = definition.features.map(\.computation)
        steps = zip(encoders, definition.features).map { encoder, feature in
            let isNumber = if case .number = encoder.method { feature.computation == nil } else { false }
            return Step(number: isNumber ? encoder.null : nil, width: encoder.width)
        }
        sketch = ServingSketch(encoders, metadata)
        model = try ScoringModel(session, columns: width, isClassifier: !classes.isEmpty)
        guard encoders.map(\.feature) == definition.features.map(\.name), width == model.columnCount,
            model.outputCount == max(1, classes.count) || (classes.count == 2 && model.outputCount == 1)
        else {
            throw PredictorError(
                .corrupt, predictor: artifact.name, "The model and its metadata disagree about the columns or the classes.",
                help: "Train again.")
        }
    }

    /// Reads the features of a row, encoded, into `width` numbers.
    func encode(_ row: inout SQLRow, into target: UnsafeMutablePointer<Float>) throws(PredictorError) {
        var position = target
        for (index, step) in steps.enumerated() {
            do throws(PrismaError) {
                if let null = step.number {
                    let value = try FeatureEncoder.number(from: &row)
                    position[0] = value.isNaN ? null : value
                } else {
                    try encoders[index].encode(&row, computations[index], into: position)
                }
            } catch {
                throw unreadable(encoders[index].feature, error)
            }
            position += step.width
        }
    }

    private struct Step {
        /// What stands for a null, for a plain number; nil for what an encoder or code makes.
        let number: Float?
        let width: Int
    }

    func unreadable(_ feature: String, _ error: PrismaError) -> PredictorError { Self.unreadable(feature, error, name) }

    static func unreadable(_ feature: String, _ error: PrismaError, _ predictor: String) -> PredictorError {
        PredictorError(
            .invalidData, predictor: predictor, "The feature \"\(feature)\" of a row cannot be read: \(error.message)",
            help: error.help ?? "Correct the stored value.")
    }

    /// The number of scores of a row: one for each class, or one.
    package var scoreCount: Int { model.outputCount }

    /// Scores for rows of encoded features.
    package func scores(_ rows: [Float]) throws -> [Float] { try model.scores(rows) }

    /// The same for a part of an array, without copying it.
    func scores(of rows: ArraySlice<Float>) throws -> [Float] { try model.scores(rows) }

    /// The main score of a row: the probability of the second of two classes, the highest of several, or the number.
    package func score(_ scores: some RandomAccessCollection<Float>) -> Double {
        switch classes.count {
        case 0: Double(scores.first ?? .nan)
        case 2: Double(scores.last ?? .nan)
        default: Double(scores.max() ?? .nan)
        }
    }

    /// The main score, which is a number: what is none would be a null to a database.
    func finiteScore(_ scores: some RandomAccessCollection<Float>) throws(PredictorError) -> Double {
        let score = score(scores)
        guard score.isFinite else {
            throw Self.notFinite(score, name, version)
        }
        return score
    }

    static func notFinite(_ score: Double, _ predictor: String, _ version: String) -> PredictorError {
        PredictorError(
            .evaluationFailed, predictor: predictor, "The model \(version) answered \(score) for a row, which is no number to go by.",
            help: "Give nulls a value (`nulls: .mean`), or train again with features in a smaller range.")
    }

    /// The encoders with memory of their own, for a worker that is to share none.
    var ownEncoders: [FeatureEncoder] {
        encoders.map { encoder in
            var own = FeatureEncoder(
                feature: encoder.feature, method: encoder.method, null: encoder.null, nullText: encoder.nullText)
            own.isClosed = encoder.isClosed
            return own
        }
    }

    /// What reads the features from the rows of a query.
    ///
    /// - Parameter besideRecord: whether the query reads the record, too; then no column of it is asked for again.
    func reader(_ definition: PredictorDefinition, in engine: PrismaEngine, besideRecord: Bool) throws(PrismaError) -> FeatureReader {
        if let reader = readers.withLock({ besideRecord ? $0.beside : $0.alone }) { return reader }
        let plan = try engine.plan(definition.model)
        let reader = FeatureReader(self, definition, on: plan.model, beside: besideRecord ? plan.fields : nil)
        readers.withLock { if besideRecord { $0.beside = reader } else { $0.alone = reader } }
        return reader
    }

    /// One row's main score, straight from the row.
    package func score(of row: inout SQLRow) throws -> Double {
        try withWorkspace { workspace in
            try encode(&row, into: workspace.features)
            return try finiteScore(try workspace.predict())
        }
    }

    /// The class of a row: its name, and its place in `classes`.
    package func predictedClass(_ scores: some RandomAccessCollection<Float>) -> Int? {
        switch classes.count {
        case 0: return nil
        case 2: return score(scores) >= threshold ? 1 : 0
        default: return scores.indices.max { scores[$0] < scores[$1] }.map { scores.distance(from: scores.startIndex, to: $0) }
        }
    }
}

extension LoadedPredictor {
    /// What one prediction is computed in.
    ///
    /// Sendable because it is in one place at a time: in the pool, or with the one task that took it out of there.
    final class Workspace: @unchecked Sendable {
        let features: UnsafeMutablePointer<Float>
        private let width: Int
        private let scores: UnsafeMutableBufferPointer<Float>
        private let model: ScoringModel
        private let runner: RowRunner?

        init(_ loaded: LoadedPredictor) {
            width = loaded.width
            model = loaded.model
            runner = model.rowPredictor.map(RowRunner.init)
            features = .allocate(capacity: max(width, 1))
            features.initialize(repeating: 0, count: max(width, 1))
            scores = .allocate(capacity: model.outputCount)
            scores.initialize(repeating: 0)
        }

        deinit {
            features.deallocate()
            scores.deallocate()
        }

        /// The scores of the features that were written; valid until the next prediction.
        func predict() throws -> UnsafeMutableBufferPointer<Float> {
            let row = UnsafeBufferPointer(start: features, count: width)
            if let runner {
                try runner.predict(row, into: scores)
            } else {
                _ = scores.update(fromContentsOf: try model.scores(Array(row)))
            }
            return scores
        }
    }

    /// A model's steps with one worker's space for them. They are called where they are: a copy would count references that all workers share.
    private final class RowRunner {
        private let predictor: RowPredictor
        private var scratch: RowPredictor.Scratch

        init(_ predictor: RowPredictor) {
            self.predictor = predictor
            scratch = predictor.makeScratch()
        }

        func predict(_ row: UnsafeBufferPointer<Float>, into scores: UnsafeMutableBufferPointer<Float>) throws {
            try predictor.predict(rows: row, rowCount: 1, into: scores, scratch: &scratch)
        }
    }

    /// Lends a workspace; nothing is allocated once there are as many as tasks that predict at once.
    func withWorkspace<Answer>(_ body: (Workspace) throws -> Answer) rethrows -> Answer {
        let workspace = workspaces.take() ?? Workspace(self)
        defer { workspaces.giveBack(workspace) }
        return try body(workspace)
    }
}
