internal import Prisma
package import PrismaSchema
internal import Synchronization

/// The artifacts that this process has loaded: each once, however many tasks ask.
package enum PredictorCache {
    private struct Key: Hashable {
        var directory: String
        var name: String
        var definition: String
        var schema: String
    }

    private static let loaded = Mutex<[Key: LoadedPredictor]>([:])

    /// The newest artifact that fits the code and the schema.
    package static func predictor(
        for definition: PredictorDefinition, in store: ArtifactStore, schema: Schema
    ) throws -> LoadedPredictor {
        let key = Key(
            directory: store.directory, name: definition.name, definition: definition.hash, schema: definition.schemaHash(in: schema))
        return try loaded.withLock { loaded in
            if let predictor = loaded[key] { return predictor }
            let predictor = try LoadedPredictor(try fitting(definition, in: store, schemaHash: key.schema))
            loaded[key] = predictor
            return predictor
        }
    }

    /// Forgets what is loaded, so that the next prediction looks at the files again.
    package static func reload(_ name: String) {
        loaded.withLock { $0 = $0.filter { $0.key.name != name } }
    }

    /// The newest artifact that fits; an error that says what differs where there is one that does not.
    package static func fitting(
        _ definition: PredictorDefinition, in store: ArtifactStore, schemaHash: String
    ) throws(PredictorError) -> Artifact {
        let versions = store.versions(of: definition.name)
        guard let newest = versions.last else {
            throw PredictorError(
                .notTrained, predictor: definition.name, "There is no trained version in \(store.directory).",
                help: "Run the training: `prisml train \(definition.name)`.")
        }
        var firstDifferences: [String] = []
        for version in versions.reversed() {
            let artifact = try store.read(definition.name, version: version)
            let differences = artifact.differences(from: definition, schemaHash: schemaHash)
            if differences.isEmpty { return artifact }
            if version == newest { firstDifferences = differences }
        }
        throw PredictorError(
            .stale, predictor: definition.name,
            "The trained version \(newest) does not fit the code: \(firstDifferences.joined(separator: "; ")).",
            help: "Train again: `prisml train \(definition.name)`, or go back to the definition that was trained.")
    }
}
