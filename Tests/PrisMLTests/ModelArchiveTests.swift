import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// A version in one file: out, and in again elsewhere.
@Suite struct ModelArchiveTests {
    /// A small version, without the training of one.
    static func store(_ shop: Shop, _ folder: String, label: String = "a") throws -> (ArtifactStore, Artifact) {
        let churn = Predictor("churn", on: User.self, predicting: \.isChurned) { user in Feature("visits", user.visits) }
        let store = ArtifactStore(directory: shop.folder.file(folder))
        let encoder = FeatureEncoder(feature: "visits", method: .number, null: 0).json
        let artifact = try store.write(
            name: "churn", model: Array("no model, \(label)".utf8), metadata: ["name": "churn", "encoders": [encoder]],
            definition: churn.definition, schema: shop.prisma.engine.schema, run: ["seconds": 1.5], report: "<p>\(label)</p>")
        return (store, artifact)
    }

    @Test func whatIsExportedIsImported() async throws {
        let shop = try await Shop.make(.sqlite)
        let (store, artifact) = try Self.store(shop, "here")
        let bytes = try store.exported("churn", version: artifact.version)
        #expect(try store.exported("churn", version: artifact.version) == bytes)
        #expect(ArtifactStore.nameOfExported(bytes) == "churn")
        let other = ArtifactStore(directory: shop.folder.file("there"))
        let (imported, isNew) = try other.importing(bytes, from: "churn.tar")
        #expect(isNew && imported.version == artifact.version && imported.manifest == artifact.manifest)
        #expect(try other.read("churn", version: artifact.version).modelBytes == artifact.modelBytes)
        for file in ["report.html", "run.json"] {
            let contents = [store, other].map { FileManager.default.contents(atPath: "\($0.folder("churn", artifact.version))/\(file)") }
            #expect(contents[0] != nil && contents[0] == contents[1])
        }
        // A second time there is nothing to do.
        #expect(try other.importing(bytes, from: "churn.tar").isNew == false)
        #expect(other.versions(of: "churn") == [artifact.version])
        // Another version has the number: the next one is taken.
        let (third, _) = try Self.store(shop, "third", label: "b")
        let (renamed, _) = try third.importing(bytes, from: "churn.tar")
        #expect(renamed.version == "0002" + artifact.version.dropFirst(4))
        #expect(third.versions(of: "churn").count == 2)
    }

    @Test func anyTarUnpacksIt() async throws {
        let shop = try await Shop.make(.sqlite)
        let (store, artifact) = try Self.store(shop, "here")
        try Data(try store.exported("churn", version: artifact.version)).write(to: URL(filePath: shop.folder.file("churn.tar")))
        try FileManager.default.createDirectory(atPath: shop.folder.file("out"), withIntermediateDirectories: true)
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "-xf", shop.folder.file("churn.tar"), "-C", shop.folder.file("out")]
        try tar.run()
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        #expect(
            try ArtifactStore(directory: shop.folder.file("out")).read("churn", version: artifact.version).manifest == artifact.manifest)
    }

    @Test func everyChangedByteIsRefused() async throws {
        let shop = try await Shop.make(.sqlite)
        let (store, artifact) = try Self.store(shop, "here")
        let bytes = try store.exported("churn", version: artifact.version)
        let other = ArtifactStore(directory: shop.folder.file("there"))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(throws: PredictorError.self, "byte \(index)") { try other.importing(changed, from: "churn.tar") }
        }
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: PredictorError.self) { try other.importing(Array(bytes.prefix(count)), from: "churn.tar") }
        }
        #expect(!FileManager.default.fileExists(atPath: shop.folder.file("there")))
        let error = #expect(throws: PredictorError.self) { try other.importing([1, 2, 3], from: "churn.tar") }
        #expect(error?.code == .corrupt && error?.help != nil)
    }

    @Test func aVersionThatWasChangedIsNotExported() async throws {
        let shop = try await Shop.make(.sqlite)
        let (store, artifact) = try Self.store(shop, "here")
        try Data("other".utf8).write(to: URL(filePath: "\(store.folder("churn", artifact.version))/model.onnx"))
        let error = #expect(throws: PredictorError.self) { try store.exported("churn", version: artifact.version) }
        #expect(error?.code == .corrupt)
    }
}
