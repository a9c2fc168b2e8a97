public import PrisML
public import Prisma
internal import Synchronization

/// Parts of a training by themselves, for the package of benchmarks, which sees public symbols only.
@_spi(Benchmarks)
public enum TrainingBenchmark {
    /// Grows trees for two classes and gives their number; `values` holds row after row.
    public static func growTrees(values: [Float], labels: [Float], rounds: Int, depth: Int, threads: Int = 0) throws -> Int {
        try request(values, labels, rounds, depth, threads).run().model.treeCount
    }

    /// The same in a process of its own, as `prisml train` does it where the program takes part in that.
    public static func growTreesApart(values: [Float], labels: [Float], rounds: Int, depth: Int) async throws -> Int {
        try await request(values, labels, rounds, depth, 0).train().model.treeCount
    }

    private static func request(
        _ values: [Float], _ labels: [Float], _ rounds: Int, _ depth: Int, _ threads: Int
    ) throws -> TrainingRequest {
        let columns = values.count / max(labels.count, 1)
        let rows = try LabelledRows(FeatureMatrix(names: (0..<columns).map { "f\($0)" }, values: values), labels: labels)
        var parameters = TreeParameters(rounds: rounds, depth: depth)
        parameters.threads = threads
        return TrainingRequest(.binary, by: .trees(parameters), on: rows)
    }

    /// The one query that a training reads its rows with.
    public static func extractionStatement(_ predictor: any AnyPredictor, engine: PrismaEngine) throws -> SQLStatement {
        try ExtractedRows.statement(predictor.definition, from: engine, limit: nil)
    }

    /// Reads the rows of a training as it does, and gives their number.
    public static func extract(_ predictor: any AnyPredictor, engine: PrismaEngine) async throws -> Int {
        try await ExtractedRows.read(predictor.definition, from: engine, limit: nil) { _, _ in }.count
    }

    /// The same, and how many bytes the rows take: 32 bits for each value, a key and a label.
    public static func extractedBytes(_ predictor: any AnyPredictor, engine: PrismaEngine) async throws -> (rows: Int, bytes: Int) {
        let rows = try await ExtractedRows.read(predictor.definition, from: engine, limit: nil) { _, _ in }
        return (rows.count, rows.count * (rows.columns.count * 4 + 8 + 4))
    }

    /// A whole training; gives its ROC AUC, and how long its parts took.
    public static func train(_ predictor: any AnyPredictor, engine: PrismaEngine) async throws -> (
        rocAUC: Double, seconds: [String: Double]
    ) {
        let clock = ContinuousClock()
        let marks = Mutex<[String: ContinuousClock.Instant]>([:])
        let start = clock.now
        var run = TrainingRun(predictor.definition, engine: engine, store: predictor.store)
        run.progress = { stage in
            switch stage {
            case .split: marks.withLock { $0["split"] = clock.now }
            case .evaluating: marks.withLock { $0["evaluating"] = clock.now }
            default: break
            }
        }
        let outcome = try await run.run()
        let end = clock.now
        let (split, evaluating) = marks.withLock { ($0["split"] ?? start, $0["evaluating"] ?? end) }
        func seconds(_ duration: Duration) -> Double {
            Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        }
        return (
            outcome.evaluation[.rocAUC]?.value ?? .nan,
            ["reading": seconds(split - start), "growing": seconds(evaluating - split), "measuring": seconds(end - evaluating)]
        )
    }
}

extension TrainedModel {
    fileprivate var treeCount: Int { if case .trees(let model) = self { model.trees.count } else { 0 } }
}
