import Prisma
internal import Synchronization

/// The versions that an experiment asks, each loaded once, however many tasks ask for it first.
final class LoadedVersions: Sendable {
    /// By the version's name; nil for the newest that fits, which is found once: an arm does not change under an experiment.
    private let loading = Mutex<[String?: Task<LoadedPredictor, any Error>]>([:])

    func model(
        _ version: String?, of definition: PredictorDefinition, in store: ArtifactStore, engine: PrismaEngine
    ) async throws -> LoadedPredictor {
        let task = loading.withLock { loading in
            if let task = loading[version] { return task }
            let schema = engine.schema
            let task = Task {
                if let version, !store.versions(of: definition.name).contains(version) {
                    throw PredictorError(
                        .invalidExperiment, predictor: definition.name, "There is no version \(version) in \(store.directory).",
                        help: "`prisml models list` shows the versions.")
                }
                return try LoadedPredictor(
                    try PredictorCache.fitting(definition, in: store, schema: schema, among: version.map { [$0] }), of: definition)
            }
            loading[version] = task
            return task
        }
        do {
            return try await task.value
        } catch {
            // What failed is tried again by whoever asks next.
            loading.withLock { if $0[version] == task { $0[version] = nil } }
            throw error
        }
    }
}
