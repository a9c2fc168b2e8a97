import Foundation
import PrisML
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisMLCommands

/// `status` and `check`: what fits and what does not, and why.
@Suite struct StateCommandTests {
    @Test func `A predictor is not trained, then fits, then is stale with its features named`() async throws {
        var project = try await SampleProject()
        project.predictors.removeLast()
        let before = await project.run("check")
        #expect(before.errors == "✗ churn is not trained\n help: 'prisml train churn' trains again, or go back to what was trained\n")
        #expect(before.code == 1)
        #expect(await project.run("status").output.split(separator: "\n").last == "churn      –        User  –         not trained")

        #expect(await project.run("train").code == 0)
        let version = String(try #require(project.versions.first).dropFirst(6))
        let after = await project.run("check")
        #expect(after.output == "✓ churn fits the code and the schema (version \(version))\n")
        #expect(after.errors == "")
        #expect(after.code == 0)
        let status = await project.run("status")
        #expect(status.output.split(separator: "\n").last?.hasPrefix("churn      \(version)  User  accuracy 0.") == true)
        #expect(status.output.hasSuffix("  fits the code and the schema\n"))
        #expect(status.errors == "")

        project.predictors = [
            Predictor("churn", on: User.self, predicting: \.isChurned) { user in
                Feature("daysSinceLogin", user.lastLoginAt.days(until: .now) ?? 1000)
                Feature("plan", user.plan)
                Feature("credits", user.credits)
            }
            .algorithm(.gradientBoostedTrees(rounds: 20, depth: 2)).stored(in: project.shop.folder.file("models"))
        ]
        let stale = await project.run("check")
        #expect(
            stale.errors.hasPrefix("✗ churn is stale, trained as \(version): added: credits; removed: visits; changed: daysSinceLogin"),
            "\(stale.errors)")
        #expect(stale.code == 1)
        let status2 = await project.run("status")
        #expect(status2.code == 0)
        #expect(status2.errors == " help: 'prisml train churn' trains what does not fit\n")
    }

    static let changes: [(name: String, from: String, to: String, fits: Bool, reason: String)] = [
        ("a field that it does not read", "  credits     BigInt    @default(0)\n", "", true, ""),
        ("a new field", "  visits ", "  nickname String?\n  visits ", true, ""),
        (
            "a new value of an enum that it reads", "  PRO\n", "  PRO\n  TEAM\n", false,
            ": the schema changed User.plan, which is read by plan\n"
        ),
        (
            "another type of a field that it reads", "visits      Int ", "visits      BigInt ", false,
            ": the schema changed User.visits, which is read by visits\n"
        ),
        (
            "a field that it reads is gone", "  visits      Int       @default(0)\n", "", false,
            "it reads User.visits, which the schema does not have"
        ),
    ]

    @Test(arguments: changes)
    func `A change of the schema matters where the predictor looks`(
        name: String, from: String, to: String, fits: Bool, reason: String
    ) async throws {
        var project = try await SampleProject()
        project.predictors.removeLast()
        #expect(await project.run("train").code == 0)
        let text = try project.shop.folder.read("prisma/schema.prisma")
        #expect(text.contains(from))
        try project.shop.folder.write(text.replacing(from, with: to), to: "prisma/schema.prisma")
        let run = await project.run("check")
        #expect(run.code == (fits ? 0 : 1))
        #expect(fits ? run.errors.isEmpty : run.errors.contains(reason), "\(run.errors)")
        let json = await project.run("check --json")
        #expect(json.code == run.code)
        #expect((try JSON(parsing: json.output)[0]?["state"] == "fits") == fits)
    }

    @Test func `A changed byte is told`() async throws {
        var project = try await SampleProject()
        project.predictors.removeLast()
        #expect(await project.run("train").code == 0)
        let file = "models/\(try #require(project.versions.first))/metadata.json"
        try project.shop.folder.write(try project.shop.folder.read(file) + " ", to: file)
        let run = await project.run("check")
        #expect(run.code == 1)
        #expect(run.errors.contains("was changed: metadata.json is not the file that was written"))
    }

    @Test func `Models are listed and shown`() async throws {
        let project = try await SampleProject()
        let none = await project.run("models list")
        #expect(none.output == "")
        #expect(none.errors.hasPrefix("there are no trained models here\n help: "))
        #expect(await project.run("train --all").code == 0)
        let list = await project.run("models list").output.split(separator: "\n")
        #expect(list.count == 3)
        #expect(list[1].hasPrefix("churn      0001-") && list[1].contains("   270  accuracy 0."))
        #expect(list[2].hasPrefix("value      0001-") && list[2].contains("   300  RMSE "))

        let show = await project.run("models show churn 1")
        #expect(show.code == 0)
        for text in [
            "churn 0001-", "predicts    isChurned", "false or true", "gradientBoostedTrees (", "lastLoginAt.days(until: now)", "ROC AUC",
            "trained     20", "window      keys 2 to 300", "class  rows  precision", "\ntrue ",
        ] {
            #expect(show.output.contains(text), "\(text)")
        }
        // Without the project, from the files alone.
        let alone = await ToolRun(["models", "show", "value", "--json", "--models", "models"], in: project.shop.folder.path)
        #expect(try JSON(parsing: alone.output)["task"]?.string == "regression")
        let json = try JSON(parsing: await project.run("models show churn --json").output)
        #expect(json["window"]?["firstKey"] == "2" && json["classMetrics"]?["true"]?["recall"]?.double != nil)
        #expect(json["confusion"]?.array?.count == 2)
    }

    static let wrong: [(line: String, errors: String)] = [
        (
            "models show churm",
            "error: there is no trained model 'churm'; did you mean 'churn'?\n help: 'prisml models list' lists what is there\n"
        ),
        ("models show churn 7", "error: 'churn' has no version '7'\n help: it has 0001-"),
    ]

    @Test(arguments: wrong)
    func `A model that is not there is told`(line: String, errors: String) async throws {
        var project = try await SampleProject()
        project.predictors.removeLast()
        #expect(await project.run("train").code == 0)
        let run = await project.run(line)
        #expect(run.errors.hasPrefix(errors))
        #expect(run.code == 1)
    }
}
