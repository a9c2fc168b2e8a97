import Foundation
import PrisML
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisMLCommands

/// `models activate`, `rollback` and the rest: which version answers.
@Suite struct RegistryCommandTests {
    @Test func `What answers without a registry can be rolled back too`() async throws {
        let project = try await SampleProject(.sqlite)
        for seed in [1, 2] { #expect(await project.run("train churn --seed \(seed)").code == 0) }
        let first = try #require(project.versions.first).dropFirst("churn/".count)
        let back = await project.run("models rollback churn --url \(project.shop.url)")
        #expect(back.output == "✓ churn: \(first) answers again\n", "\(back.errors)")

        // Before the first there is nothing to go back to.
        let alone = try await SampleProject(.sqlite)
        #expect(await alone.run("train churn").code == 0)
        let refused = await alone.run("models rollback churn --url \(alone.shop.url)")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("No version was active before"))
        #expect(await alone.run("train churn --seed 2").code == 0)
        #expect(await alone.run("models activate churn 2 --url \(alone.shop.url)").code == 0)
        #expect(await alone.run("models rollback churn --url \(alone.shop.url)").output.contains(" answers again"))
    }

    @Test(arguments: Shop.dialects) func `Versions are activated, compared and rolled back`(dialect: SQLDialect) async throws {
        let project = try await SampleProject(dialect)
        for seed in [1, 2] { #expect(await project.run("train churn --seed \(seed)").code == 0) }
        let versions = project.versions.map { String($0.dropFirst("churn/".count)) }
        try #require(versions.count == 2)
        func run(_ line: String) async -> ToolRun {
            await project.run("models \(line) --url \(project.shop.url)", variables: ["USER": "ann"])
        }
        func states() async -> [String] {
            await run("history churn").output.split(separator: "\n").dropFirst().map { line in
                line.split(separator: " ").prefix(2).joined(separator: " ")
            }
        }

        #expect(await run("activate churn 1 --note reviewed").output == "✓ churn: \(versions[0]) answers now\n")
        #expect(await run("activate churn 2 --by eve").code == 0)
        #expect(await states() == ["\(versions[0]) retired", "\(versions[1]) active"])
        let history = await run("history churn").output
        #expect(history.contains("eve"))
        #expect(await run("rollback churn").output == "✓ churn: \(versions[0]) answers again\n")
        #expect(await run("reject churn 2").output == "✓ churn: \(versions[1]) is rejected\n")
        #expect(await states() == ["\(versions[0]) active", "\(versions[1]) rejected"])

        let refused = await run("activate churn 2")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("was rejected by ann"))
        #expect(await run("reject churn 1").errors.contains("is the one that answers"))
        let unknown = await run("activate churn 7")
        #expect(unknown.code == 1)
        #expect(unknown.errors.contains(versions[1]))
        #expect(await run("activate chrun 1").errors.contains("did you mean 'churn'?"))

        let compared = await project.run("models compare churn 1 2")
        #expect(compared.code == 0)
        #expect(compared.output.contains("ROC AUC"))
        #expect(compared.output.contains("\ndecides: daysSinceLogin  "), "\(compared.output)")
    }

    @Test func `A version that cannot be read never becomes the active one`() async throws {
        let project = try await SampleProject(.sqlite)
        for seed in [1, 2] { #expect(await project.run("train churn --seed \(seed)").code == 0) }
        let versions = project.versions.map { String($0.dropFirst("churn/".count)) }
        func run(_ line: String) async -> ToolRun { await project.run("models \(line) --url \(project.shop.url)") }
        #expect(await run("activate churn 2").code == 0)
        let model = project.shop.folder.file("models/churn/\(versions[0])/model.onnx")
        var bytes = try #require(FileManager.default.contents(atPath: model))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: model))
        for line in ["rollback churn", "activate churn 1", "approve churn 1"] {
            let refused = await run(line)
            #expect(
                refused.code == 1 && refused.errors.contains("model.onnx is not the file that was trained"), "\(line): \(refused.errors)")
        }
        #expect(await run("history churn").output.contains("\(versions[1])  active"))
        // What can be read is still gone back to, and rejecting reads nothing.
        #expect(await run("reject churn 1").code == 0)
    }

    @Test func `A version of another definition is not let answer`() async throws {
        var project = try await SampleProject(.sqlite)
        #expect(await project.run("train churn").code == 0)
        project.predictors[0] = Predictor("churn", on: User.self, predicting: \.isChurned) { Feature("visits", $0.visits) }
            .stored(in: project.shop.folder.file("models"))
        #expect(await project.run("train churn").code == 0)
        let refused = await project.run("models activate churn 1 --url \(project.shop.url)")
        #expect(refused.code == 1 && refused.errors.contains("does not fit the code: removed: daysSinceLogin, plan"), "\(refused.errors)")
        #expect(await project.run("models activate churn 2 --url \(project.shop.url)").code == 0)
    }

    @Test func `A registry that cannot be read fails the check`() async throws {
        let project = try await SampleProject(.sqlite)
        #expect(await project.run("train churn").code == 0)
        #expect(await project.run("train value").code == 0)
        #expect(await project.run("check").code == 0)
        try project.shop.folder.write("hello", to: "registry.db")
        let check = await project.run("check")
        #expect(check.code == 1 && check.errors.contains("registry.db: "), "\(check.errors)")
    }

    @Test func `In a project with a registry a new version waits, and the old one goes on`() async throws {
        let project = try await SampleProject(.sqlite)
        #expect(await project.run("train churn --seed 1").code == 0)
        // To look makes no registry.
        #expect(await project.run("models history churn --url \(project.shop.url)").errors.contains("knows no version of 'churn'"))
        #expect(!FileManager.default.fileExists(atPath: project.shop.folder.file("registry.db")))
        #expect(await project.run("models activate churn 1 --url \(project.shop.url)").code == 0)
        let second = await project.run("train churn --seed 2")
        #expect(second.code == 0 && second.output.contains("it waits until 'prisml models activate churn 0002-"), "\(second.output)")
        let versions = project.versions.map { String($0.dropFirst("churn/".count)) }
        let history = await project.run("models history churn --url \(project.shop.url)").output
        #expect(history.contains("\(versions[0])  active") && history.contains("\(versions[1])  pending"), "\(history)")
        #expect(await project.run("check").output.contains(versions[0]))
    }

    /// What each command prints for a script.
    @Test func `Every command of models speaks JSON`() async throws {
        let project = try await SampleProject(.sqlite)
        for seed in [1, 2] { #expect(await project.run("train churn --seed \(seed)").code == 0) }
        let versions = project.versions.map { String($0.dropFirst("churn/".count)) }
        try #require(versions.count == 2)
        func json(_ line: String, database: Bool = true) async throws -> JSON {
            let run = await project.run("\(line) --json" + (database ? " --url \(project.shop.url)" : ""))
            #expect(run.code == 0 && run.errors.isEmpty, "\(line): \(run.errors)")
            return try JSON(parsing: run.output)
        }
        func states(_ line: String) async throws -> [String?] {
            try await json("models \(line)").array?.map { entry in
                #expect(entry["predictor"] == "churn" && entry["changedBy"] != nil)
                return entry["state"]?.string
            } ?? []
        }
        #expect(try await states("history churn") == [])
        #expect(try await states("activate churn 1 --by ann --note first") == ["active", "retired"])
        #expect(try await json("models history churn")[0]?["note"] == "first")
        #expect(try await states("approve churn 2") == ["active", "retired"])
        #expect(try await states("activate churn 2") == ["retired", "active"])
        #expect(try await states("rollback churn") == ["active", "retired"])
        #expect(try await states("reject churn 2") == ["active", "rejected"])

        let compared = try await json("models compare churn 1 2", database: false)
        #expect(compared["first"]?.string == versions[0] && compared["second"]?.string == versions[1])
        #expect(compared["metrics"]?["rocAUC"]?["first"]?.double != nil)
        #expect(compared["importances"]?["daysSinceLogin"]?["second"]?.double != nil)
        #expect(compared["features"] == ["added": [], "removed": [], "changed": []])
        let file = project.shop.folder.file("churn.tar")
        let exported = try await json("models export churn@1 \(file)", database: false)
        #expect(exported["version"]?.string == versions[0] && exported["file"]?.string == file)
        #expect(try await json("models import \(file)", database: false)["isNew"] == false)
        let report = try await json("explain-training churn", database: false)["report"]?.string
        #expect(report?.hasSuffix("churn/\(versions[1])/report.html") == true)
    }

    /// What would answer is what is checked: the active version, not the newest.
    @Test(arguments: Shop.dialects) func `The active version is what check and status look at`(dialect: SQLDialect) async throws {
        var project = try await SampleProject(dialect)
        project.predictors.removeLast()
        #expect(await project.run("train churn").code == 0)
        // The same name with another feature, trained once more: the newest fits the new code only.
        let first = project.predictors
        project.predictors = [
            Predictor("churn", on: User.self, predicting: \.isChurned) { user in
                Feature("visits", user.visits)
                Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
            }
            .algorithm(.gradientBoostedTrees(rounds: 20, depth: 2)).stored(in: project.shop.folder.file("models"))
        ]
        #expect(await project.run("train churn").code == 0)
        let versions = project.versions.map { String($0.dropFirst("churn/".count)) }
        let url = "--url \(project.shop.url)"
        #expect(await project.run("check \(url)").output == "✓ churn fits the code and the schema (version \(versions[1]))\n")

        // Of a machine whose code it fits.
        let newer = project.predictors
        project.predictors = first
        #expect(await project.run("models activate churn 1 \(url)").code == 0)
        project.predictors = newer
        let stale = await project.run("check \(url)")
        #expect(stale.code == 1)
        #expect(stale.errors.hasPrefix("✗ churn is stale, trained as \(versions[0]): removed: plan"), "\(stale.errors)")
        // The client says the same.
        let answering = try #require(project.predictors.first as? Predictor<User, Bool>)
        await #expect(throws: PredictorError.self) { try await project.shop.prisma.user.findMany(include: answering) }

        // With the old code the active version fits, although the newest does not.
        project.predictors = first
        let fitting = await project.run("check \(url)")
        #expect(fitting.code == 0, "\(fitting.errors)")
        #expect(fitting.output == "✓ churn fits the code and the schema (version \(versions[0]))\n")
        let status = await project.run("status")
        #expect(status.output.contains("fits the code and the schema, active; the newest is \(versions[1])"), "\(status.output)")
        let json = try JSON(parsing: await project.run("check --json \(url)").output)
        #expect(json[0]?["active"]?.string == versions[0] && json[0]?["version"]?.string == versions[0])
    }

    /// CI often has no database: the newest version is looked at then, and that is said.
    @Test func `A registry that cannot be asked is said by check`() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        var project = try await SampleProject(.postgresql)
        project.predictors.removeLast()
        #expect(await project.run("train churn").code == 0)
        let run = await project.run("check --url postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
        #expect(run.code == 0)
        #expect(run.errors.hasPrefix("the registry was not asked which versions are active: "), "\(run.errors)")
    }
}
