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
        case extracting(rows: Int)
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
        package var parity: Parity
        package var gates: [GateVerdict]
        package var rows: RowCounts
        package var rounds: Int
        /// From which probability on a row belongs to the second of two classes.
        package var threshold: Double
        package var importances: [FeatureImportance]
        package var crossValidation: CrossValidation?

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
        if case .python(let path) = definition.algorithm, definition.algorithm.script(in: folder) == nil {
            problems.append("the script \(path) cannot be read")
        }
        guard problems.isEmpty else {
            throw PredictorError(
                .invalidDefinition, predictor: definition.name, problems.joined(separator: "; "),
                help: "Correct the definition; no row was read.")
        }
    }

    /// What is worth a look before the model is trusted; one sentence each.
    package var warnings: [String] { definition.warnings(in: engine.schema) }

    /// Trains, measures, and writes an artifact if all gates hold.
    package func run() async throws -> Outcome {
        try validate()
        // A training that writes nothing is in nobody's way.
        guard writes else { return try await train() }
        return try await TrainingLock.with("\(store.directory)/\(definition.name)/.lock") { try await train() }
    }

    private func train() async throws -> Outcome {
        let started = Date()
        let rows = try await ExtractedRows.read(definition, from: engine, limit: limit) { [progress] count in
            try Task.checkCancellation()
            progress(.extracting(rows: count))
        }
        guard rows.count > 0 else {
            throw TrainingError(
                .invalidData, "no row of \(definition.model) has a label", at: "predictor \(definition.name)",
                suggestion: "fill the label for some rows, or look at the predictor's condition")
        }
        let prepared = try PreparedRows(rows, definition, schema: engine.schema)
        let split = prepared.split
        progress(.split(training: split.training.count, validation: split.validation.count, holdout: split.holdout.count))
        let holdout = prepared.labelled.rows(split.holdout)
        let request = try request(prepared, holdout)
        let python = try await trainer.trainer(for: request.algorithm) { [progress] in progress(.preparing($0)) }
        let crossValidation = try await crossValidate(rows, prepared, with: python)
        let result = try await request.train(with: python) { [progress] in progress(.training($0)) }
        progress(.evaluating)
        let labels: ClassLabels? = prepared.classes.isEmpty ? nil : .strings(prepared.classes)
        let model = try result.model.onnx(labels: labels)
        let parity = try Parity(of: model, task: prepared.task, on: holdout.features, trainer: result.scores)
        try parity.require()

        let threshold = try threshold(model, prepared)
        let scored = try ScoredRows(prepared.task, labels: holdout.labels, scores: result.scores, threshold: Float(threshold))
        let evaluation = try Evaluation(scored, seed: definition.seed)
        let training = prepared.labelled.rows(split.training)
        let baseline = try Evaluation.baseline(prepared.task, training: training.labels, measuredOn: holdout.labels)
        let active = try activeEvaluation(rows, prepared)
        var outcome = Outcome(
            artifact: nil, evaluation: evaluation, baseline: baseline, parity: parity,
            gates: definition.gates.map { $0.verdict(evaluation, active: active, task: prepared.task) },
            rows: RowCounts(training: split.training.count, validation: split.validation.count, holdout: split.holdout.count),
            rounds: result.losses.count, threshold: threshold,
            importances: result.model.importances(features: prepared.encoders.flatMap { Array(repeating: $0.feature, count: $0.width) }))
        outcome.crossValidation = crossValidation
        guard outcome.passed || keepsRejected, writes else { return outcome }
        try Task.checkCancellation()
        let distributions = prepared.distributions(rows, definition.features)
        let report = report(outcome, scored, prepared, result, active: active, distributions)
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
        if let registry = try await ModelRegistry.standard(for: engine, store: store), let version = outcome.artifact?.version {
            let user = ProcessInfo.processInfo.environment["USER"] ?? "unknown"
            try await registry.add(version, of: definition.name, by: user, activates: true)
        }
        PredictorCache.reload(definition.name)
        return outcome
    }

    /// The probability that decides between two classes, chosen on the validation rows if it is to be.
    func threshold(_ model: ONNXModel, _ prepared: PreparedRows) throws -> Double {
        guard case .largestF1 = definition.threshold, prepared.task == .binary, !prepared.split.validation.isEmpty else {
            if case .fixed(let value) = definition.threshold { return value }
            return 0.5
        }
        let validation = prepared.labelled.rows(prepared.split.validation)
        let scores = try ModelScores(of: model, task: .binary, on: validation.features).values
        return Double(DecisionThreshold.largestF1(labels: validation.labels, scores: scores))
    }

    func request(_ prepared: PreparedRows, _ holdout: LabelledRows) throws -> TrainingRequest {
        let split = prepared.split
        var training = prepared.labelled.rows(split.training)
        let counts = prepared.classes.indices.map { index in training.labels.count { $0 == Float(index) } }
        if let weights = definition.classWeights.weights(prepared.classes, counts: counts) {
            training = training.weighted(byClass: weights)
        }
        var request = TrainingRequest(prepared.task, by: try algorithm(prepared), on: training, scoring: holdout.features)
        if case .trees(let trees) = request.algorithm, trees.earlyStoppingRounds != nil {
            request.validation = prepared.labelled.rows(split.validation)
        }
        return request
    }

    /// The trainer's parameters for the definition's.
    private func algorithm(_ prepared: PreparedRows) throws -> TrainingAlgorithm {
        var trees: TreeParameters
        switch definition.algorithm {
        case .gradientBoostedTrees(let given):
            trees = TreeParameters(rounds: given.rounds, depth: given.depth, learningRate: given.learningRate, seed: definition.seed)
            trees.minimumChildWeight = given.minimumChildWeight
            trees.subsample = given.rowSample
            trees.columnsPerTree = given.columnSample
            trees.l2 = given.lambda
            trees.l1 = given.alpha
            trees.minimumGain = given.gamma
            trees.earlyStoppingRounds = prepared.split.validation.isEmpty ? nil : given.earlyStopping
        case .randomForest(let given):
            trees = .forest(
                trees: given.trees, depth: given.depth, columns: prepared.labelled.features.columnCount, task: prepared.task,
                seed: definition.seed)
            trees.minimumChildWeight = given.minimumChildWeight
            trees.subsample = given.rowSample
            trees.columnsPerNode = given.columnSample
        case .linear(let given):
            return .linear(LinearParameters(l2: given.l2))
        case .scikitLearn(let name, let parameters):
            return .python(
                PythonAlgorithm(.estimator(name, parameters: JSON.object(parameters).text), seed: definition.seed, threads: threads))
        case .python(let path):
            guard let script = definition.algorithm.script(in: folder) else {
                throw TrainingError(.invalidParameter, "the script cannot be read", at: path, suggestion: "look whether it is there")
            }
            return .python(PythonAlgorithm(.script(name: path, text: script.text), seed: definition.seed, threads: threads))
        }
        if definition.features.contains(where: { $0.trend != .any }) {
            let trends = [Feature.Trend.any: 0, .rising: 1, .falling: -1]
            trees.monotone = zip(definition.features, prepared.encoders).flatMap { feature, encoder in
                Array(repeating: trends[feature.trend] ?? 0, count: encoder.width)
            }
        }
        trees.threads = threads
        return .trees(trees)
    }

    /// How the version that answers now does on the same holdout; nil when no gate asks, or when none fits the definition.
    private func activeEvaluation(_ rows: ExtractedRows, _ prepared: PreparedRows) throws -> Evaluation? {
        guard definition.gates.contains(.improvesOnActive),
            let artifact = try? PredictorCache.fitting(definition, in: store, schema: engine.schema, folder: folder)
        else { return nil }
        let active = try LoadedPredictor(artifact, of: definition)
        guard active.classes == prepared.classes else { return nil }
        let holdout = try LabelledRows(PreparedRows.matrix(rows, active.encoders), labels: prepared.labelled.labels)
            .rows(prepared.split.holdout)
        var scores = try active.scores(holdout.features.values)
        if prepared.task == .binary, active.scoreCount == 2 { scores = stride(from: 1, to: scores.count, by: 2).map { scores[$0] } }
        return try Evaluation(ScoredRows(prepared.task, labels: holdout.labels, scores: scores), samples: 0)
    }
}

extension PredictorTask {
    /// The task as far as the definition says it: classes that are found in the rows are not counted yet.
    var learning: LearningTask {
        switch self {
        case .binary: .binary
        case .regression: .regression
        case .classes(let names): .classes(names?.count ?? 0)
        }
    }
}

/// Rows that are ready to be trained on: split, encoded, labelled.
struct PreparedRows {
    let task: LearningTask
    let classes: [String]
    let split: RowSplit
    let encoders: [FeatureEncoder]
    let labelled: LabelledRows

    /// - Parameter split: the rows' shares, where they are not the ones that the definition says.
    init(_ rows: ExtractedRows, _ definition: PredictorDefinition, schema: Schema, split given: RowSplit? = nil) throws {
        var labels = rows.labels
        switch definition.task {
        case .binary: (task, classes) = (.binary, ["false", "true"])
        case .regression: (task, classes) = (.regression, [])
        case .classes(let names?): (task, classes) = (names.count == 2 ? .binary : .classes(names.count), names)
        case .classes(nil):
            // Sorted, so that the order of the rows does not show in the artifact.
            let sorted = rows.seenClasses.texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let places = Dictionary(zip(sorted, sorted.indices), uniquingKeysWith: { first, _ in first })
            labels = labels.map { Float(places[rows.seenClasses.texts[Int($0)]] ?? 0) }
            (task, classes) = (sorted.count == 2 ? .binary : .classes(sorted.count), sorted)
        }
        let plan = SplitPlan(validation: definition.split.validation, holdout: definition.split.holdout, seed: definition.seed)
        let strategy = Self.strategy(definition.split.method, rows, Array(labels.indices), labels, task)
        let split = try given ?? plan.split(rows.keys, strategy)
        self.split = split
        let imputes = if case .linear = definition.algorithm { true } else { false }
        encoders = try zip(definition.features, rows.columns).map { feature, column in
            var categories: [String]?
            if case .enumeration(let name) = feature.node.type, let enumeration = schema.enumeration(named: name) {
                let values = enumeration.values.map(\.databaseName)
                if case .categories(_, let vocabulary) = column, let unknown = vocabulary.texts.first(where: { !values.contains($0) }) {
                    throw PredictorError(
                        .invalidData, predictor: definition.name,
                        "The feature \"\(feature.name)\" has the value '\(unknown)' in some row, which the enum \(name) does not have.",
                        help: "Add the value to the enum in the schema, or correct the rows.")
                }
                categories = values
            }
            return FeatureEncoder.fitted(
                feature, on: column, rows: split.training, labels: labels, categories: categories, imputesMissing: imputes)
        }
        labelled = try LabelledRows(Self.matrix(rows, encoders), labels: labels)
    }

    /// How some of the rows are to be divided.
    func strategy(_ method: SplitRule.Method, _ rows: ExtractedRows, _ indices: [Int]) -> SplitPlan.Strategy {
        Self.strategy(method, rows, indices, labelled.labels, task)
    }

    private static func strategy(
        _ method: SplitRule.Method, _ rows: ExtractedRows, _ indices: [Int], _ labels: [Float], _ task: LearningTask
    ) -> SplitPlan.Strategy {
        switch method {
        case .stratified: task == .regression ? .random : .stratified(indices.map { Int(labels[$0]) })
        case .random: .random
        case .chronological: .chronological(indices.map { rows.places[$0] })
        case .grouped: .grouped(indices.map { rows.groups[$0] })
        }
    }

    static func matrix(_ rows: ExtractedRows, _ encoders: [FeatureEncoder]) throws -> FeatureMatrix {
        let names = encoders.flatMap(\.columns)
        let width = names.count
        var values = [Float](repeating: 0, count: rows.count * width)
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            for (encoder, column) in zip(encoders, rows.columns) {
                switch column {
                case .numbers(let numbers):
                    for (row, number) in numbers.enumerated() { base[row * width + offset] = number.isNaN ? encoder.null : number }
                case .categories(let codes, let vocabulary):
                    for (row, code) in codes.enumerated() {
                        encoder.encode(code < 0 ? nil : vocabulary.texts[Int(code)], into: base + row * width + offset)
                    }
                }
                offset += encoder.width
            }
        }
        return try FeatureMatrix(names: names, values: values)
    }
}
