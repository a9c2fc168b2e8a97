package import Prisma
package import PrismaSchema

/// A trained predictor as it lies in its folder: `model.onnx`, `metadata.json` and `manifest.json`.
///
/// The first two depend on nothing but the rows, the definition and the seed. The manifest holds their SHA-256 and the hashes that
/// tell whether the artifact still fits the code and the schema. When and how long it was trained is in `run.json`, which
/// nothing depends on.
package struct Artifact: Sendable {
    package static let formatVersion: Int64 = 1

    package var name: String
    package var version: String
    package var modelBytes: [UInt8]
    /// All that is known about the training.
    package var metadata: JSON
    package var manifest: Manifest

    package struct Manifest: Hashable, Sendable {
        package var modelHash: String
        package var metadataHash: String
        package var definitionHash: String
        package var schema: SchemaPart
        package var featureHashes: [String: String]
    }
}

extension Artifact.Manifest {
    package var json: JSON {
        [
            "formatVersion": .int(Artifact.formatVersion),
            "files": ["model.onnx": .string(modelHash), "metadata.json": .string(metadataHash)],
            "definition": .string(definitionHash), "schema": schema.json,
            "features": .object(featureHashes.mapValues(JSON.string)),
        ]
    }

    init?(json: JSON) {
        guard let model = json["files"]?["model.onnx"]?.string, let metadata = json["files"]?["metadata.json"]?.string,
            let definition = json["definition"]?.string, let schema = json["schema"]?.object, let features = json["features"]?.object
        else { return nil }
        self.init(
            modelHash: model, metadataHash: metadata, definitionHash: definition,
            schema: SchemaPart(members: schema.compactMapValues(\.string)),
            featureHashes: features.compactMapValues(\.string))
    }
}

extension Artifact {
    /// What is different between the artifact and the code, in words; empty if it fits.
    ///
    /// - Parameter folder: where the paths of scripts begin.
    package func differences(from definition: PredictorDefinition, schema: Schema, folder: String = "") -> [String] {
        var differences: [String] = []
        let current = definition.featureHashes
        let added = current.keys.filter { manifest.featureHashes[$0] == nil }.sorted()
        let removed = manifest.featureHashes.keys.filter { current[$0] == nil }.sorted()
        let changed = current.keys.filter { manifest.featureHashes[$0] != nil && manifest.featureHashes[$0] != current[$0] }.sorted()
        if !added.isEmpty { differences.append("added: " + added.joined(separator: ", ")) }
        if !removed.isEmpty { differences.append("removed: " + removed.joined(separator: ", ")) }
        if !changed.isEmpty { differences.append("changed: " + changed.joined(separator: ", ")) }
        if differences.isEmpty, manifest.definitionHash != definition.hash {
            differences.append("the label, the algorithm, the split or the order of the features changed")
        }
        if differences.isEmpty, let script = definition.algorithm.script(in: folder), metadata["script"]?.string != script.hash {
            differences.append("the script \(script.path) changed")
        }
        // What an artifact of other features read tells nothing about these.
        guard differences.isEmpty else { return differences }
        return manifest.schema.changes(to: definition.schemaPart(in: schema)).map { member in
            "the schema changed \(member), which is read by \(definition.readers(of: member))"
        }
    }
}
