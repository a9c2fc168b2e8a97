package import Prisma
package import PrismaSchema

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder of artifacts: `<name>/<version>/`, made to be kept in git.
public struct ArtifactStore: Hashable, Sendable {
    package let directory: String

    public init(directory: String) {
        self.directory = directory
    }

    /// `PRISML_MODELS`, or `prisml/models` in the working directory.
    public static var standard: ArtifactStore {
        ArtifactStore(directory: ProcessInfo.processInfo.environment["PRISML_MODELS"] ?? "prisml/models")
    }

    /// The versions of a predictor, oldest first.
    package func versions(of name: String) -> [String] {
        let folder = "\(directory)/\(name)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter {
            Self.number($0) != nil && !$0.hasSuffix(Self.unfinished)
                && FileManager.default.fileExists(atPath: "\(folder)/\($0)/manifest.json")
        }
        .sorted { (Self.number($0) ?? 0, $0) < (Self.number($1) ?? 0, $1) }
    }

    /// The names of the predictors that have artifacts.
    package func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted().filter { !versions(of: $0).isEmpty }
    }

    /// The place of a version in the order: the digits before the hyphen of `0003-5e1f9a2c`.
    static func number(_ version: String) -> Int? {
        version.split(separator: "-", maxSplits: 1).first.flatMap { Int($0) }
    }

    /// Whether a text is a version's name, as `0003-5e1f9a2c`.
    static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.count <= 9 && parts[0].allSatisfy(\.isWholeNumber)
            && parts[0].utf8.count == parts[0].count && parts[1].utf8.count == 8 && parts[1].allSatisfy(\.isHexDigit)
    }

    /// The name of the version that follows others.
    static func versionName(after versions: [String], _ suffix: Substring) -> String {
        let number = String((versions.last.flatMap(Self.number) ?? 0) + 1)
        return String(repeating: "0", count: max(0, 4 - number.count)) + number + "-" + suffix
    }

    package func folder(_ name: String, _ version: String) -> String { "\(directory)/\(name)/\(version)" }

    /// Reads a version and checks each byte against the manifest.
    package func read(_ name: String, version: String) throws(PredictorError) -> Artifact {
        let folder = folder(name, version)
        return try Self.artifact(name, version) { file throws(PredictorError) in try bytes("\(folder)/\(file)", name) }
    }

    /// An artifact from its files, each byte checked against the manifest.
    static func artifact(
        _ name: String, _ version: String, _ file: (String) throws(PredictorError) -> [UInt8]
    ) throws(PredictorError) -> Artifact {
        let manifestJSON = try json(try file("manifest.json"), "manifest.json", name)
        guard manifestJSON["formatVersion"]?.int == Artifact.formatVersion else {
            throw PredictorError(
                .unsupportedFormat, predictor: name,
                "The artifact \(version) has format \(manifestJSON["formatVersion"]?.text ?? "?"); this build reads \(Artifact.formatVersion).",
                help: "Train it again, or use the version of PrisML that wrote it.")
        }
        guard let manifest = Artifact.Manifest(json: manifestJSON) else { throw corrupt(name, version, "manifest.json lacks entries") }
        let model = try file("model.onnx")
        let metadata = try file("metadata.json")
        guard SHA256.hex(model) == manifest.modelHash else { throw corrupt(name, version, "model.onnx is not the file that was trained") }
        guard SHA256.hex(metadata) == manifest.metadataHash else {
            throw corrupt(name, version, "metadata.json is not the file that was written")
        }
        return Artifact(
            name: name, version: version, modelBytes: model, metadata: try json(metadata, "metadata.json", name), manifest: manifest)
    }

    /// When and how long a version was trained; nil where that was not kept.
    package func run(_ name: String, version: String) -> JSON? {
        let path = "\(folder(name, version))/run.json"
        return try? Self.json(try bytes(path, name), path, name)
    }

    private static func corrupt(_ name: String, _ version: String, _ reason: String) -> PredictorError {
        PredictorError(
            .corrupt, predictor: name, "The artifact \(version) was changed: \(reason).",
            help: "Restore its folder \(name)/\(version) from git, or train again.")
    }

    /// Writes a new version and gives its name; the same content as the newest version's is not written again.
    package func write(
        name: String, model: [UInt8], metadata: JSON, definition: PredictorDefinition, schema: Schema, run: JSON, report: String
    ) throws(PredictorError) -> Artifact {
        let metadataText = metadata.prettyText
        let manifest = Artifact.Manifest(
            modelHash: SHA256.hex(model), metadataHash: SHA256.hex(metadataText), definitionHash: definition.hash,
            schema: definition.schemaPart(in: schema),
            featureHashes: definition.featureHashes)
        let manifestText = manifest.json.prettyText
        let versions = versions(of: name)
        if let newest = versions.last, let existing = try? read(name, version: newest), existing.manifest == manifest { return existing }
        let version = Self.versionName(after: versions, SHA256.hex(manifestText).prefix(8))
        try Self.place(
            [
                "model.onnx": model, "metadata.json": Array(metadataText.utf8), "manifest.json": Array(manifestText.utf8),
                "run.json": Array(run.prettyText.utf8), "report.html": Array(report.utf8),
            ], at: folder(name, version), name)
        return Artifact(name: name, version: version, modelBytes: model, metadata: metadata, manifest: manifest)
    }

    /// Removes what a training that was killed had begun to write.
    package func removeUnfinished(of name: String) {
        for parent in ["\(directory)/\(name)", "\(directory)/\(name)/rejected"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            for name in names where name.hasSuffix(Self.unfinished) { try? FileManager.default.removeItem(atPath: "\(parent)/\(name)") }
        }
    }

    /// How the name of a folder ends that is still written to.
    private static let unfinished = ".tmp"

    /// Writes the files into a folder beside, then renames it: a version is there as a whole or not at all.
    static func place(_ files: [String: [UInt8]], at folder: String, _ name: String) throws(PredictorError) {
        let temporary = folder + unfinished
        do {
            try? FileManager.default.removeItem(atPath: temporary)
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
            for (file, bytes) in files {
                let path = "\(temporary)/\(file)"
                try Data(bytes).write(to: URL(filePath: path))
                try synchronize(path)
            }
            try FileManager.default.moveItem(atPath: temporary, toPath: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw PredictorError(
                .file, predictor: name, "The artifact could not be written to \(folder): \(error)",
                help: "Check the folder's permissions and the disk's free space.")
        }
    }

    /// Returns when the file is on the disk and not only on its way there.
    private static func synchronize(_ path: String) throws {
        let handle = open(path, O_RDONLY)
        guard handle >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { _ = close(handle) }
        guard fsync(handle) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func bytes(_ path: String, _ name: String) throws(PredictorError) -> [UInt8] {
        guard let bytes = content(of: path) else {
            throw PredictorError(.file, predictor: name, "\(path) cannot be read.", help: "Restore it from git, or train again.")
        }
        return bytes
    }

    private static func json(_ bytes: [UInt8], _ path: String, _ name: String) throws(PredictorError) -> JSON {
        do {
            return try JSON(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw PredictorError(
                .corrupt, predictor: name, "\(path) is not JSON: \(error.message).", help: "Restore it from git, or train again.")
        }
    }
}

/// A file's bytes, read straight into an array; nil where that fails.
private func content(of path: String) -> [UInt8]? {
    let handle = open(path, O_RDONLY)
    guard handle >= 0 else { return nil }
    defer { _ = close(handle) }
    var status = stat()
    guard fstat(handle, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size, let start = buffer.baseAddress {
            let found = read(handle, start + count, size - count)
            guard found > 0 else { break }
            count += found
        }
    }
    return bytes.count == size ? bytes : nil
}
