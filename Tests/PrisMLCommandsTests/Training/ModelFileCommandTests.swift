import Foundation
import PrisML
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisMLCommands

/// `models export`, `models import`, `explain-training` and what a training keeps beside its versions.
@Suite struct ModelFileCommandTests {
    static func project() async throws -> SampleProject {
        var project = try await SampleProject()
        project.predictors.removeLast()
        return project
    }

    @Test func `A model goes into a file and comes out of it elsewhere`() async throws {
        let project = try await Self.project()
        #expect(await project.run("train churn").code == 0)
        let version = String(try #require(project.versions.first).dropFirst(6))
        let exported = await project.run("models export churn@1 churn.tar")
        #expect(exported.output.hasPrefix("✓ churn \(version) is in churn.tar ("), "\(exported.errors)")
        #expect(await project.run("models import churn.tar").output == "✓ churn \(version) is here already\n")
        let imported = await project.run("models import churn.tar --models elsewhere")
        #expect(imported.output == "✓ churn \(version) is imported\n")
        #expect(
            try Files(below: project.shop.folder.file("elsewhere/churn/\(version)"))
                == Files(below: project.shop.folder.file("models/churn/\(version)")))

        var bytes = try #require(FileManager.default.contents(atPath: project.shop.folder.file("churn.tar")))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: project.shop.folder.file("churn.tar")))
        let refused = await project.run("models import churn.tar --models third")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("the file cannot be imported") || refused.errors.contains("The file cannot be imported"))
        #expect(!FileManager.default.fileExists(atPath: project.shop.folder.file("third")))

        #expect(await project.run("models export churn@9 x.tar").errors.contains("'churn' has no version '9'"))
        #expect(await project.run("models export churm x.tar").errors.contains("did you mean 'churn'?"))
        #expect(await project.run("models import none.tar").code == 1)
    }

    @Test func `An imported version waits in the registry`() async throws {
        let project = try await Self.project()
        #expect(await project.run("train churn").code == 0)
        #expect(await project.run("models export churn churn.tar").code == 0)
        #expect(await project.run("models activate churn 1 --url \(project.shop.url)").code == 0)
        #expect(await project.run("train churn --seed 8").code == 0)
        let second = "\(project.shop.folder.file("models"))/\(try #require(project.versions.last))"
        #expect(await project.run("models export churn@2 two.tar").code == 0)
        try FileManager.default.removeItem(atPath: second)
        #expect(await project.run("models import two.tar").code == 0)
        let history = await project.run("models history churn --url \(project.shop.url)").output
        #expect(history.contains(" active ") && history.contains(" pending "), "\(history)")
    }

    @Test func `A rejected model is kept aside when asked for, and never answers`() async throws {
        var project = try await Self.project()
        #expect(await project.run("train churn").code == 0)
        let before = project.versions
        project.predictors = [SampleProject.churn(in: project.shop).gate(.accuracy, atLeast: 0.999)]
        let run = await project.run("train churn --keep-rejected")
        #expect(run.code == 1)
        #expect(run.errors.contains("✗ churn missed 1 gate; it is kept aside, and does not answer\n  report: "), "\(run.errors)")
        #expect(await project.run("models list").output.split(separator: "\n").count == 2)
        let aside = try #require(
            try FileManager.default.contentsOfDirectory(atPath: project.shop.folder.file("models/churn/rejected")).first)
        let page = try project.shop.folder.read("models/churn/rejected/\(aside)/report.html")
        #expect(page.contains("Rejected: a gate was missed"))
        #expect(before.allSatisfy { FileManager.default.fileExists(atPath: project.shop.folder.file("models/\($0)/manifest.json")) })
        #expect(await project.run("check").output.contains(String(try #require(before.first).dropFirst(6))))
        #expect(await project.run("train churn --keep-rejected --dry-run").code == 2)
    }

    @Test func `Folds are shown with their spread`() async throws {
        let project = try await Self.project()
        let run = await project.run("train churn --folds 3 --threads 1")
        #expect(run.code == 0)
        #expect(run.errors.contains("cross-validating: 3 folds"), "\(run.errors)")
        #expect(run.output.split(separator: "\n").first?.hasSuffix("  3 folds") == true)
        #expect(run.output.contains(" ± "))
        #expect(await project.run("models show churn").output.contains("3 folds     accuracy 0."))
        #expect(await project.run("train churn --folds 1").errors == "error: --folds takes 2 to 100, not '1'\n")
        let json = try JSON(parsing: await project.run("train churn --folds 3 --json").output)
        #expect(json[0]?["crossValidation"]?["folds"] == 3)
    }

    @Test func `What a model may know too early is told, in a dry run too`() async throws {
        var project = try await Self.project()
        project.predictors = [
            Predictor("churn", on: User.self, predicting: \.isChurned) { user in Feature("idle", user.updatedAt.days(until: .now)) }
                .asOf(\.lastLoginAt).stored(in: project.shop.folder.file("models"))
        ]
        let run = await project.run("train churn --dry-run")
        #expect(
            run.errors.contains("warning: the feature \"idle\" reads User.updatedAt, which was written after the point in time"),
            "\(run.errors)")
    }

    @Test(arguments: [
        (line: "explain-training churn", variables: ["DISPLAY": ":0"], opens: true),
        (line: "explain-training churn 1", variables: ["WAYLAND_DISPLAY": "wayland-0"], opens: true),
        (line: "explain-training churn --no-open", variables: ["DISPLAY": ":0"], opens: false),
        (line: "explain-training churn", variables: [:], opens: false),
    ]) func `The report is printed, and opened where there is a display`(
        line: String, variables: [String: String], opens: Bool
    ) async throws {
        let shop = try await Shop.make(.sqlite)
        let churn = SampleProject.churn(in: shop)
        _ = try churn.store.write(
            name: "churn", model: [], metadata: [:], definition: churn.definition, schema: shop.prisma.engine.schema, run: [:], report: "x")
        let version = try #require(churn.store.versions(of: "churn").first)
        let opened = Mutex<[String]>([])
        let run = await ToolRun(
            line.split(separator: " ").map(String.init), variables: variables, in: shop.folder.path,
            tool: PrisMLTool(predictors: [churn])
        ) { words, _ in
            opened.withLock { $0 = words }
            return .success
        }
        let path = "\(churn.store.folder("churn", version))/report.html"
        #expect(run.output == path + "\n")
        #expect(run.code == 0)
        #if os(Linux)
        #expect(opened.withLock { $0 } == (opens ? ["xdg-open", path] : []))
        #endif
    }
}
