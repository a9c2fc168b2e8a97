import Prisma
import ShopClient
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

        // One that waits for approval is nothing to go back to.
        let alone = try await SampleProject(.sqlite)
        #expect(await alone.run("train churn").code == 0)
        let refused = await alone.run("models rollback churn --url \(alone.shop.url)")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("No version was active before"))
        #expect(await alone.run("train churn --seed 2").code == 0)
        #expect(await alone.run("models activate churn 2 --url \(alone.shop.url)").code == 0)
        #expect(await alone.run("models rollback churn --url \(alone.shop.url)").code == 1)
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
    }
}
