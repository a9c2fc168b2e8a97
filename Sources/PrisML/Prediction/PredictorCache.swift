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
        var known: [ModelRegistry.Version]
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
        guard let memory = engine.memory else { return try await current(key, store, engine, atMost: age) }
        return try await memory.value(key) { try await current(key, store, engine, atMost: age) }
    }

    private static func current(
        _ key: Key, _ store: ArtifactStore, _ engine: PrismaEngine, atMost age: Duration
    ) async throws -> LoadedPredictor {
        let definition = key.definition
        let now = ContinuousClock.now
        let (loaded, task) = slots.withLock { slots -> (LoadedPredictor?, Task<LoadedPredictor, any Error>?) in
            if let slot = slots[key], slot.database == nil { slots[key] = nil }
            var slot = slots[key] ?? Slot(loaded: nil, checkedAt: now, database: engine.database)
            let elapsed = now - slot.checkedAt
            if let loaded = slot.loaded, !slot.isOutdated, elapsed < min(freshness, age) { return (loaded, nil) }
            // A database that is gone needs no predictors; its place in memory may be another's.
            if slots[key] == nil { slots = slots.filter { $0.value.database != nil } }
            // A transaction has a connection, and a look needs one: it never waits for the other, and begins no look of its own here
            // while nothing is loaded.
            if slot.loaded == nil, engine.transaction != nil { return (nil, nil) }
            let task =
                slot.refresh
                ?? refresh(
                    key, definition, store, engine.withoutTransaction, replacing: slot.loaded, seen: slot.isOutdated ? nil : slot.seen)
            slot.refresh = task
            let waits = engine.transaction == nil && (slot.loaded == nil || slot.isOutdated || elapsed >= age)
            slots[key] = slot
            return (slot.loaded, waits ? task : nil)
        }
        guard let task else {
            if let loaded { return loaded }
            return try await firstLook(key, store, engine)
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
            let result: Result<(loaded: LoadedPredictor, look: Look), any Error>
            do {
                result = .success(try await look(definition, store, engine, replacing: old, seen: seen))
            } catch {
                result = .failure(error)
            }
            let isNews = slots.withLock { slots -> Bool in
                slots[key]?.refresh = nil
                slots[key]?.isOutdated = false
                slots[key]?.checkedAt = ContinuousClock.now
                switch result {
                case .success(let found):
                    slots[key]?.loaded = found.loaded
                    slots[key]?.seen = found.look
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
            return try result.get().loaded
        }
    }

    /// The first look at all, on a transaction's own connection; what is asked outside of it looks again.
    private static func firstLook(_ key: Key, _ store: ArtifactStore, _ engine: PrismaEngine) async throws -> LoadedPredictor {
        let loaded = try await look(key.definition, store, engine, replacing: nil, seen: nil).loaded
        return slots.withLock { slots in
            if let loaded = slots[key]?.loaded { return loaded }
            slots[key] = Slot(loaded: loaded, checkedAt: .now - validity, database: engine.database, refresh: slots[key]?.refresh)
            return loaded
        }
    }

    /// Asks the registry and the files which version answers, and loads it unless it is the old one.
    private static func look(
        _ definition: PredictorDefinition, _ store: ArtifactStore, _ engine: PrismaEngine, replacing old: LoadedPredictor?, seen: Look?
    ) async throws -> (loaded: LoadedPredictor, look: Look) {
        let known = try await ModelRegistry.known(of: definition.name, for: engine, store: store)
        let look = Look(known: known, newest: store.versions(of: definition.name).last)
        if let old, look == seen { return (old, look) }
        let artifact = try answering(definition, in: store, schema: engine.schema, known: known)
        if let old, old.version == artifact.version { return (old, look) }
        return (try LoadedPredictor(artifact, of: definition), look)
    }

    /// Makes the next prediction look at the files and the registry first.
    package static func reload(_ name: String) {
        slots.withLock { slots in
            for key in slots.keys where key.definition.name == name { slots[key]?.isOutdated = true }
        }
    }

    /// Lets go of what is loaded for a database, or for all.
    static func forget(_ definition: PredictorDefinition, in store: ArtifactStore, for database: (any SQLDatabase)? = nil) {
        let database = database.map(ObjectIdentifier.init)
        let forgotten = slots.withLock { slots in
            let keys = slots.keys.filter { key in
                key.directory == store.directory && key.definition == definition && (database == nil || key.database == database)
            }
            return keys.map { slots.removeValue(forKey: $0) }
        }
        // What they hold is large; it goes when nobody waits for the lock.
        _ = consume forgotten
    }

    /// The artifact that answers: the active one of those that the registry knows, or the newest that fits where it knows none.
    package static func answering(
        _ definition: PredictorDefinition, in store: ArtifactStore, schema: Schema, known: [ModelRegistry.Version], folder: String = ""
    ) throws(PredictorError) -> Artifact {
        let active = known.active
        guard active != nil || known.isEmpty else {
            throw PredictorError(
                .invalidState, predictor: definition.name,
                "No version is active: " + known.map { "\($0.version) is \($0.state.rawValue)" }.joined(separator: ", ") + ".",
                help: "Let one answer: `prisml models activate \(definition.name) VERSION`.")
        }
        return try fitting(definition, in: store, schema: schema, among: active.map { [$0] }, folder: folder)
    }

    /// The newest artifact that fits, of all or of those that are named; an error says what differs where none does.
    package static func fitting(
        _ definition: PredictorDefinition, in store: ArtifactStore, schema: Schema, among names: [String]? = nil, folder: String = ""
    ) throws(PredictorError) -> Artifact {
        let versions = names ?? store.versions(of: definition.name)
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
