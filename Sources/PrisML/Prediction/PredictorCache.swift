package import Prisma
package import PrismaSchema
internal import Synchronization

/// The predictors that this process has loaded: each once, however many tasks ask, and looked at again at most once a second.
package enum PredictorCache {
    private struct Key: Hashable {
        var directory: String
        var definition: PredictorDefinition
        /// Engines on other databases may have other registries.
        var database: ObjectIdentifier
    }

    private struct Slot {
        var loaded: LoadedPredictor?
        var checkedAt: ContinuousClock.Instant
        weak var database: (any SQLDatabase)?
        /// Something was trained here: the next answer waits for the look.
        var isOutdated = false
        /// What the last look found, where it led to a version.
        var seen: Look?
        /// Why the last look led to none.
        var complaint: String?
        /// The look at files and registry that is under way.
        var refresh: Task<LoadedPredictor, any Error>?
    }

    /// What decides about the version that answers: while it is the same, no file has to be read.
    private struct Look: Equatable {
        var active: String?
        var newest: String?
    }

    private static let slots = Mutex<[Key: Slot]>([:])
    /// For so long an answer about the active version holds without another look.
    static let freshness = Duration.milliseconds(500)
    /// Whoever asks later than this after the last look waits for the next one.
    static let validity = Duration.seconds(1)

    /// The version that answers: the registry's active one, or the newest artifact that fits the code and the schema.
    ///
    /// While a change of version is looked at, the one that is loaded goes on answering; one that cannot be loaded never replaces it.
    /// A predictor that is in use is looked at again every half second, in passing; one that was not is looked at before it answers.
    ///
    /// - Parameter age: how long ago the last look may have been.
    package static func predictor(
        for definition: PredictorDefinition, in store: ArtifactStore, engine: PrismaEngine, atMost age: Duration = validity
    ) async throws -> LoadedPredictor {
        let key = Key(
            directory: store.directory, definition: definition, database: ObjectIdentifier(engine.database))
        let now = ContinuousClock.now
        let (loaded, task) = slots.withLock { slots -> (LoadedPredictor?, Task<LoadedPredictor, any Error>?) in
            if let slot = slots[key], slot.database == nil { slots[key] = nil }
            var slot = slots[key] ?? Slot(loaded: nil, checkedAt: now, database: engine.database)
            let elapsed = now - slot.checkedAt
            if let loaded = slot.loaded, !slot.isOutdated, elapsed < min(freshness, age) { return (loaded, nil) }
            // A database that is gone needs no predictors; its place in memory may be another's.
            if slots[key] == nil { slots = slots.filter { $0.value.database != nil } }
            let task =
                slot.refresh ?? refresh(key, definition, store, engine, replacing: slot.loaded, seen: slot.isOutdated ? nil : slot.seen)
            slot.refresh = task
            let waits = slot.loaded == nil || slot.isOutdated || elapsed >= age
            slots[key] = slot
            return (slot.loaded, waits ? task : nil)
        }
        guard let task else {
            guard let loaded else { throw PredictorError(.evaluationFailed, predictor: definition.name, "Nothing was loaded.") }
            return loaded
        }
        do {
            return try await task.value
        } catch {
            guard let loaded else { throw error }
            return loaded
        }
    }

    private static func refresh(
        _ key: Key, _ definition: PredictorDefinition, _ store: ArtifactStore, _ engine: PrismaEngine, replacing old: LoadedPredictor?,
        seen: Look?
    ) -> Task<LoadedPredictor, any Error> {
        Task {
            let result: Result<LoadedPredictor, any Error>
            var look: Look?
            do {
                let active = try await ModelRegistry.standard(for: engine, store: store)?.activeVersion(of: definition.name)
                look = Look(active: active, newest: store.versions(of: definition.name).last)
                if let old, look == seen {
                    result = .success(old)
                } else {
                    let artifact = try fitting(definition, in: store, schema: engine.schema, version: active)
                    if let old, old.version == artifact.version {
                        result = .success(old)
                    } else {
                        result = .success(try LoadedPredictor(artifact, of: definition))
                    }
                }
            } catch {
                result = .failure(error)
            }
            let found = look
            let isNews = slots.withLock { slots -> Bool in
                slots[key]?.refresh = nil
                slots[key]?.isOutdated = false
                slots[key]?.checkedAt = ContinuousClock.now
                switch result {
                case .success(let loaded):
                    slots[key]?.loaded = loaded
                    slots[key]?.seen = found
                    slots[key]?.complaint = nil
                    return false
                case .failure(let error):
                    // Said once, not with each look.
                    let isNews = slots[key]?.complaint != "\(error)"
                    slots[key]?.complaint = "\(error)"
                    return isNews
                }
            }
            if isNews, case .failure(let error) = result, let old {
                engine.options.onNotice?(
                    "predictor \(definition.name): version \(old.version) goes on answering, since a newer one cannot: \(error)")
            }
            return try result.get()
        }
    }

    /// Makes the next prediction look at the files and the registry first.
    package static func reload(_ name: String) {
        slots.withLock { slots in
            for key in slots.keys where key.definition.name == name { slots[key]?.isOutdated = true }
        }
    }

    /// The artifact that is to answer: a version that is named, or the newest that fits; an error says what differs where none does.
    package static func fitting(
        _ definition: PredictorDefinition, in store: ArtifactStore, schema: Schema, version: String? = nil, folder: String = ""
    ) throws(PredictorError) -> Artifact {
        let versions = version.map { [$0] } ?? store.versions(of: definition.name)
        guard let newest = versions.last else {
            throw PredictorError(
                .notTrained, predictor: definition.name, "There is no trained version in \(store.directory).",
                help: "Run the training: `prisml train \(definition.name)`.")
        }
        var firstDifferences: [String] = []
        for version in versions.reversed() {
            let artifact = try store.read(definition.name, version: version)
            let differences = artifact.differences(from: definition, schema: schema, folder: folder)
            if differences.isEmpty { return artifact }
            if version == newest { firstDifferences = differences }
        }
        throw PredictorError(
            .stale, predictor: definition.name,
            "The trained version \(newest) does not fit the code: \(firstDifferences.joined(separator: "; ")).",
            help: "Train again: `prisml train \(definition.name)`, or go back to the definition that was trained.")
    }
}
