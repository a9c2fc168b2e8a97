public import PrisML
public import Prisma

/// A trained predictor for the package of benchmarks, which sees public symbols only.
@_spi(Benchmarks)
public enum PredictionBenchmark {
    /// Trains on the first rows by key, and gives the path of the model's file.
    public static func train(_ predictor: some AnyPredictor, engine: PrismaEngine, limit: Int) async throws -> String {
        var run = TrainingRun(predictor.definition, engine: engine, store: predictor.store)
        run.limit = limit
        let artifact = try await run.run().artifact
        return predictor.store.folder(predictor.definition.name, artifact?.version ?? "") + "/model.onnx"
    }

    /// Loads the newest artifact from its folder, checks it and makes it ready.
    public static func load(_ predictor: some AnyPredictor, engine: PrismaEngine) throws -> String {
        let artifact = try PredictorCache.fitting(predictor.definition, in: predictor.store, schema: engine.schema)
        return try LoadedPredictor(artifact, of: predictor.definition).version
    }

    /// Loads the version that answers, to predict without counting the rows for `drift()`.
    public static func withoutSketch<Model, Label>(
        _ predictor: Predictor<Model, Label>, engine: PrismaEngine
    ) async throws -> ReadyPredictor<Model, Label> {
        try await ReadyPredictor(predictor, engine: engine, watchesDrift: false)
    }

    /// The same database without what comparisons with predictions say about plain columns.
    public static func withoutNarrowing(_ options: PrismaEngine.Options) -> PrismaEngine.Options {
        var options = options
        options.narrowsByScores = false
        return options
    }
}
