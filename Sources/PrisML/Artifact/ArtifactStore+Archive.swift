internal import Prisma

extension ArtifactStore {
    /// A version as one file's bytes, after each byte of it was checked against the manifest.
    package func exported(_ name: String, version: String) throws(PredictorError) -> [UInt8] {
        _ = try read(name, version: version)
        var files: [String: [UInt8]] = [:]
        for file in ModelArchive.fileNames {
            do throws(PredictorError) {
                files[file] = try bytes("\(folder(name, version))/\(file)", name)
            } catch {
                // A version is complete without its report and without when it was trained.
                guard ["report.html", "run.json"].contains(file) else { throw error }
            }
        }
        guard let archive = ModelArchive(name: name, version: version, files: files).encoded() else {
            throw PredictorError(.file, predictor: name, "The name is too long for an archive.", help: "Use at most 155 letters.")
        }
        return archive
    }

    /// The predictor that an exported version is of; nil where the bytes are none.
    package static func nameOfExported(_ bytes: [UInt8]) -> String? { (try? ModelArchive(bytes: bytes))?.name }

    /// Puts an exported version in its place, as a whole or not at all, and gives its name.
    ///
    /// A version keeps its number, or takes the next one where another version has it; content that is here already is not written again.
    ///
    /// - Parameter source: what messages call the archive.
    package func importing(_ bytes: [UInt8], from source: String) throws(PredictorError) -> (artifact: Artifact, isNew: Bool) {
        let archive: ModelArchive
        do throws(ModelArchive.Broken) {
            archive = try ModelArchive(bytes: bytes)
        } catch {
            throw PredictorError(
                .corrupt, predictor: source, "The file cannot be imported: \(error.reason).",
                help: "Export the model again: `prisml models export NAME FILE`.")
        }
        let name = archive.name
        var artifact = try Self.artifact(name, archive.version) { file throws(PredictorError) in
            guard let bytes = archive.files[file] else {
                throw PredictorError(.corrupt, predictor: name, "\(source) lacks \(file).", help: "Export the model again.")
            }
            return bytes
        }
        let suffix = SHA256.hex(archive.files["manifest.json"] ?? []).prefix(8)
        guard artifact.metadata["name"]?.string ?? name == name, archive.version.hasSuffix("-\(suffix)") else {
            throw PredictorError(
                .corrupt, predictor: name, "\(source) holds a model of another name.", help: "Export the model again.")
        }
        let present = versions(of: name)
        if let known = present.first(where: { $0.hasSuffix("-\(suffix)") }), let existing = try? read(name, version: known),
            existing.manifest == artifact.manifest
        {
            return (existing, false)
        }
        if present.contains(where: { Self.number($0) == Self.number(archive.version) }) {
            artifact.version = Self.versionName(after: present, suffix)
        }
        try Self.place(archive.files, at: folder(name, artifact.version), name)
        return (artifact, true)
    }
}
