internal import Foundation
internal import ONNX
package import PrisML
package import Prisma
internal import PrismaSchema

/// One training of one predictor, from rows to artifact.
package struct TrainingRun: Sendable {
    package let definition: PredictorDefinition
    package let engine: PrismaEngine
    package let store: ArtifactStore
    /// At most so many rows, the first by primary key.
    package var limit: Int?
    package var threads = 0
    /// What trains: the native trainers, Docker, or a Python.
    package var trainer = TrainerChoice()
    /// How many folds a cross-validation has; the definition's if nil.
    package var folds: Int?
    /// Whether a model that misses a gate is kept aside, in `rejected` beside the versions.
    package var keepsRejected = false
    /// Where the paths of scripts begin; the working directory if it is empty.
    package var folder = ""
    /// Whether a model that passes its gates becomes an artifact.
    package var writes = true
    package var progress: @Sendable (TrainingStage) -> Void = { _ in }

    package init(_ definition: PredictorDefinition, engine: PrismaEngine, store: ArtifactStore) {
        self.definition = definition
        self.engine = engine
        self.store = store
    }

    /// What is being done.
    package enum TrainingStage: Sendable {
        /// Something that is worth a look before the model is trusted.
        case warning(String)
        /// So many rows are read; of about so many, where that is known.
        case extracting(rows: Int, of: Int?)
        case split(training: Int, validation: Int, holdout: Int)
        /// Something that takes long before the training begins, such as building an image.
        case preparing(String)
        /// So many folds of a cross-validation are measured.
        case crossValidating(fold: Int, folds: Int)
        case training(TrainingProgress)
        case evaluating
    }

    /// What came out.
    package struct Outcome: Sendable {
        package var artifact: Artifact?
        /// Where a model that missed a gate was put aside.
        package var rejectedFolder: String?
        package var evaluation: Evaluation
        package var baseline: Evaluation
        package var active = ActiveVersion.none
        /// Where the version stands in the project's registry; nil where there is none.
        package var state: ModelRegistry.State?
        package var parity: Parity
        package var gates: [GateVerdict]
        package var rows: RowCounts
        /// From which row to which they are.
        package var window: DataWindow
        /// How many rounds of trees the model has; nil for one that does not come about in rounds.
        package var rounds: Int?
        /// From which probability on a row belongs to the second of two classes.
        package var threshold: Double
        package var importances: [FeatureImportance]
        package var crossValidation: CrossValidation?
        package var warnings: [String] = []

        package var passed: Bool { gates.allSatisfy(\.passes) }
    }

    package struct RowCounts: Sendable, Hashable {
        package var training: Int
        package var validation: Int
        package var holdout: Int

        package var total: Int { training + validation + holdout }
    }

    /// Throws one error that lists everything that keeps the predictor from being trained; reads no row.
    package func validate() throws(PredictorError) {
        var problems = definition.problems(in: engine.schema) + Gate.problems(definition.gates, task: definition.task.learning)
        if !(0...1024).contains(threads) { problems.append("there are \(threads) threads; use 1 to 1024, or 0 for all cores") }
        if let folds, folds != definition.folds, let problem = PredictorDefinition.problem(folds: folds) { problems.append(problem) }
        if let limit, limit < 1 { problems.append("the limit is \(limit) rows; read at least one") }
        if let problem = forestInPython { problems.append(problem) }
        if case .python(let path) = definition.algorithm, definition.algorithm.script(in: folder) == nil {
            problems.append("the script \(path) cannot be read")
        }
        if let estimator = definition.algorithm.estimatorForRuntime {
            do {
                try Session.requireRuntime()
            } catch {
                problems.append("models of \(estimator) run on ONNX Runtime only: \(error)")
            }
        }
        guard problems.isEmpty else {
            throw PredictorError(
                .invalidDefinition, predictor: definition.name, problems.joined(separator: "; "),
                help: "Correct the definition; no row was read.")
        }
    }

    /// Trains, measures, and writes an artifact if all gates hold.
    package func run() async throws -> Outcome {
        try validate()
        // A training that writes nothing is in nobody's way.
        guard writes else { return try await train() }
        return try await TrainingLock.with("\(store.directory)/\(definition.name)/.lock") { abandoned in
            if let abandoned {
                store.removeUnfinished(of: definition.name)
                progress(
                    .warning(
                        """
                        the last training of \(definition.name) (process \(abandoned.pid) on \(abandoned.host), since \(abandoned.since)) was \
                        ended before it was done; what it left was removed
                        """))
            }
            return try await train()
        }
    }

    private func train() async throws -> Outcome {
        let started = Date()
        var warnings = try await warnings()
        if let estimator = definition.algorithm.estimatorForRuntime {
            warnings.append("models of \(estimator) run on ONNX Runtime only: programs that ask for predictions need its library")
        }
        for warning in warnings { progress(.warning(warning)) }
        // What trains is found before a row is read, an image that is missing is built, and an estimator is tried for its parameters.
        let python = try await trainer.trainer(isNative: definition.algorithm.isNative) { [progress] in progress(.preparing($0)) }
        try await python?.check(try algorithmBeforeRows, for: definition.task.learning)
        let rows = try await ExtractedRows.read(definition, from: engine, limit: limit) { [progress] count, total in
            try Task.checkCancellation()
            progress(.extracting(rows: count, of: total))
        }
        try rows.requireEnough(for: definition, limit: limit)
        let empty = rows.emptyFeatures(of: definition)
        for warning in empty { progress(.warning(warning)) }
        warnings += empty
        let prepared = try PreparedRows(rows, definition, schema: engine.schema)
        try prepared.requireLearnable(for: definition)
        try prepared.requireClasses(for: definition)
        let split = prepared.split
        progress(.split(training: split.training.count, validation: split.validation.count, holdout: split.holdout.count))
        let holdout = try prepared.rows(split.holdout)
        let request = try request(prepared, holdout)
        let crossValidation = try await crossValidate(rows, prepared, with: python)
        let result = try await request.train(with: python) { [progress] in progress(.training($0)) }
        if let warning = result.model.warning {
            warnings.append(warning)
            progress(.warning(warning))
        }
        progress(.evaluating)
        let labels: ClassLabels? = prepared.classes.isEmpty ? nil : .strings(prepared.classes)
        let model = try result.model.onnx(labels: labels)
        let parity = try Parity(of: model, task: prepared.task, on: holdout.features, trainer: result)
        try parity.require()

        let threshold = try threshold(model, prepared)
        let scored = try ScoredRows(prepared.task, labels: holdout.labels, scores: result.scores, threshold: Float(threshold))
        let evaluation = try Evaluation(scored, seed: definition.seed)
        let baseline = try Evaluation.baseline(
            prepared.task, training: split.training.map { prepared.labels[$0] }, measuredOn: holdout.labels)
        let active = try await activeVersion(rows, prepared)
        var outcome = Outcome(
            artifact: nil, evaluation: evaluation, baseline: baseline, parity: parity,
            gates: definition.gates.map { $0.verdict(evaluation, active: active, task: prepared.task) },
            rows: RowCounts(training: split.training.count, validation: split.validation.count, holdout: split.holdout.count),
            window: rows.window, rounds: result.model.rounds, threshold: threshold,
            importances: result.model.importances(features: prepared.encoders.flatMap { Array(repeating: $0.feature, count: $0.width) }))
        outcome.active = active
        outcome.crossValidation = crossValidation
        outcome.warnings = warnings
        guard outcome.passed || keepsRejected, writes else { return outcome }
        try Task.checkCancellation()
        let registry = try await ModelRegistry.standard(for: engine, store: store)
        if outcome.passed, let registry { try await adoptEarlier(in: registry) }
        let distributions = prepared.distributions(rows, definition.features)
        let report = report(outcome, scored, prepared, result, active: active.evaluation, distributions)
        let artifact = try store.write(
            name: outcome.passed ? definition.name : "\(definition.name)/rejected", model: model.encoded(),
            metadata: metadata(prepared, outcome, distributions, result),
            definition: definition,
            schema: engine.schema,
            run: [
                "trainedAt": .string(Timestamp.format(started.microsecondsSince1970)),
                "seconds": .double((Date().timeIntervalSince(started) * 1000).rounded() / 1000),
            ], report: ReportPage(report).html)
        guard outcome.passed else {
            outcome.rejectedFolder = store.folder(artifact.name, artifact.version)
            return outcome
        }
        outcome.artifact = artifact
        if let registry {
            try await registry.add(artifact.version, of: definition.name, by: Self.user, activates: true)
            outcome.state = try await registry.versions(of: definition.name).first { $0.version == artifact.version }?.state
        }
        PredictorCache.reload(definition.name)
        return outcome
    }

    private static var user: String { ProcessInfo.processInfo.environment["USER"] ?? "unknown" }

    /// What is there already goes on answering until somebody decides; so it is known before a newer version lies beside it.
    private func adoptEarlier(in registry: ModelRegistry) async throws {
        let earlier = store.versions(of: definition.name)
        let answering = try? PredictorCache.fitting(definition, in: store, schema: engine.schema, among: earlier, folder: folder)
        try await registry.adopt(earlier, answering: answering?.version, of: definition.name, by: Self.user)
    }

    /// The probability that decides between two classes, chosen on the validation rows if it is to be.
    func threshold(_ model: ONNXModel, _ prepared: PreparedRows) throws -> Double {
        guard case .largestF1 = definition.threshold, prepared.task == .binary, !prepared.split.validation.isEmpty else {
            if case .fixed(let value) = definition.threshold { return value }
            return 0.5
        }
        let validation = try prepared.rows(prepared.split.validation)
        let scores = try ModelScores(of: model, task: .binary, on: validation.features).values
        return Double(DecisionThreshold.largestF1(labels: validation.labels, scores: scores))
    }

    func request(_ prepared: PreparedRows, _ holdout: LabelledRows) throws -> TrainingRequest {
        let split = prepared.split
        var training = try prepared.trainingRows()
        let counts = prepared.classes.indices.map { index in training.labels.count { $0 == Float(index) } }
        if let weights = definition.classWeights.weights(prepared.classes, counts: counts) {
            training = training.weighted(byClass: weights)
        }
        var request = TrainingRequest(prepared.task, by: try algorithm(for: prepared), on: training, scoring: holdout.features)
        if case .trees(let trees) = request.algorithm, trees.earlyStoppingRounds != nil {
            request.validation = try prepared.rows(split.validation)
        }
        return request
    }
}
