import Prisma
import PrismaSchema
internal import Synchronization

/// The versions that an experiment asks, each loaded once, however many tasks ask for it first.
final class LoadedVersions: Sendable {
    /// By the version's name; nil for the newest that fits, which is found once: an arm does not change under an experiment.
    private let loading = Mutex<[String?: Task<LoadedPredictor, any Error>]>([:])

    func model(
        _ version: String?, of definition: PredictorDefinition, in store: ArtifactStore, engine: PrismaEngine
    ) async throws -> LoadedPredictor {
        let task = try await task(for: version, of: definition, in: store, engine: engine)
        do {
            return try await task.value
        } catch {
            // What failed is tried again by whoever asks next.
            loading.withLock { if $0[version] == task { $0[version] = nil } }
            throw error
        }
    }

    private func task(
        for version: String?, of definition: PredictorDefinition, in store: ArtifactStore, engine: PrismaEngine
    ) async throws -> Task<LoadedPredictor, any Error> {
        if let task = loading.withLock({ $0[version] }) { return task }
        // Each asks for itself, in a transaction on its connection: what many wait for must not need a connection.
        let known = try await ModelRegistry.known(of: definition.name, for: engine, store: store)
        return loading.withLock { [schema = engine.schema] loading in
            if let task = loading[version] { return task }
            let task = Task {
                try LoadedPredictor(
                    try Self.artifact(version, of: definition, in: store, schema: schema, rejected: known.filter { $0.state == .rejected }),
                    of: definition)
            }
            loading[version] = task
            return task
        }
    }

    /// The artifact of a version, or the newest that fits; never one that was rejected.
    private static func artifact(
        _ version: String?, of definition: PredictorDefinition, in store: ArtifactStore, schema: Schema, rejected: [ModelRegistry.Version]
    ) throws(PredictorError) -> Artifact {
        let names = store.versions(of: definition.name)
        guard let version else {
            let usable = names.filter { name in !rejected.contains { $0.version == name } }
            guard !usable.isEmpty || names.isEmpty else {
                throw PredictorError(
                    .invalidState, predictor: definition.name, "All versions in \(store.directory) were rejected.",
                    help: "Approve one, or train a new one.")
            }
            return try PredictorCache.fitting(definition, in: store, schema: schema, among: usable)
        }
        guard names.contains(version) else {
            throw PredictorError(
                .invalidExperiment, predictor: definition.name, "There is no version \(version) in \(store.directory).",
                help: "`prisml models list` shows the versions.")
        }
        if let found = rejected.first(where: { $0.version == version }) {
            throw PredictorError(
                .invalidState, predictor: definition.name, "The version \(version) was rejected by \(found.changedBy).",
                help: "Approve it first, or name another one for the arm.")
        }
        return try PredictorCache.fitting(definition, in: store, schema: schema, among: [version])
    }
}
