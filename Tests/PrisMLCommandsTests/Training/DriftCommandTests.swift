import PrisML
import Prisma
import ShopClient
import Testing

@testable import PrisMLCommands

/// `drift` and `experiments show`, as CI calls them.
@Suite struct DriftCommandTests {
    @Test(arguments: Shop.dialects) func `Drift is shown, and fails the run when it is large`(dialect: SQLDialect) async throws {
        let project = try await SampleProject(dialect, rows: 600)
        #expect(await project.run("train churn").code == 0)
        let url = "--url \(project.shop.url)"
        let calm = await project.run("drift churn \(url)")
        #expect(calm.code == 0)
        #expect(calm.output.contains("daysSinceLogin") && calm.output.contains("User.lastLoginAt"))
        let json = try JSON(parsing: await project.run("drift churn --json \(url)").output)
        #expect(json["rows"]?.int == 600)
        let lines = json["lines"]?.array ?? []
        let visits = lines.first { $0["name"]?.string == "visits" }
        #expect(visits?["drifted"] == .bool(false) && visits?["psi"]?.double ?? 1 < 0.1, "\(String(describing: visits))")
        // A score is held against the rows that were held out, which are too few here.
        let score = lines.first { $0["name"]?.string == "score" }
        #expect(score?["psi"] == .null && calm.output.contains("trained on too few rows"))
        let nothing = await project.run("drift churn --since 2999-01-01 \(url)")
        #expect(nothing.code != 0 && nothing.errors.contains("there are no rows to compare"))
        try await project.shop.prisma.user.updateMany(where: { $0.id <= 400 }) { $0.visits = 900 }
        let moved = await project.run("drift churn \(url)")
        #expect(moved.code == 1)
        #expect(moved.output.contains("drifted") && moved.errors.contains("prisml train churn"))
        #expect(await project.run("drift churn --psi 1000 \(url)").code == 0)
        for (line, message) in [
            ("drift churn --since soon", "--since takes a date"), ("drift churn --psi 0", "--psi takes a number above 0"),
            ("drift churn --since 2026-01-01 --by email", "has no date field 'email'"), ("drift chrun", "did you mean 'churn'?"),
        ] {
            let run = await project.run("\(line) \(url)")
            #expect(run.code != 0 && run.errors.contains(message), "\(line): \(run.errors)")
        }
    }

    @Test(arguments: Shop.dialects) func `An experiment's arms are compared`(dialect: SQLDialect) async throws {
        let project = try await SampleProject(dialect, rows: 10)
        let test = try Experiment("churn-v2", split: ["control": 50, "candidate": 50], on: SampleProject.churn(in: project.shop))
        try await test.createTable(with: project.shop.prisma)
        for id in 1...60 {
            let isGood = try test.arm(for: id, with: project.shop.prisma) == "control" ? id % 2 == 0 : id % 10 != 0
            try await test.record(isGood, forKey: id, with: project.shop.prisma)
        }
        let shown = await project.run("experiments show churn-v2 --url \(project.shop.url)")
        #expect(shown.code == 0)
        #expect(shown.output.split(separator: "\n").count == 3)
        let json = try JSON(parsing: await project.run("experiments show churn-v2 --json --url \(project.shop.url)").output)
        #expect((json["arms"]?[0]?["p"]?.double ?? 1) < 0.05)
        #expect((json["arms"]?[0]?["difference"]?.double ?? 0) > 0.2)
        let unknown = await project.run("experiments show nothing --url \(project.shop.url)")
        #expect(unknown.code != 0 && unknown.errors.contains("there are churn-v2"))
        let arm = await project.run("experiments show churn-v2 --against b --url \(project.shop.url)")
        #expect(arm.errors.contains("it has candidate, control"))
    }

    /// Outcomes that say nothing about chance: each arm is shown, and why it is not compared.
    @Test(arguments: [
        (name: "steady", candidate: [1.0, 1], control: [0.0, 0], obstacle: "not measurable"),
        (name: "few", candidate: [1], control: [0, 1, 0], obstacle: "too few outcomes"),
        (name: "one-degree", candidate: [0, 2], control: [0, 0, 0], obstacle: nil),
    ])
    func `Arms that cannot be compared are shown as such`(name: String, candidate: [Double], control: [Double], obstacle: String?)
        async throws
    {
        let project = try await SampleProject(.sqlite, rows: 10)
        let test = try Experiment(name, split: ["control": 50, "candidate": 50], on: SampleProject.churn(in: project.shop))
        try await test.createTable(with: project.shop.prisma)
        for (arm, outcomes) in [("candidate", candidate), ("control", control)] {
            let ids = try (1...200).filter { try test.arm(for: $0, with: project.shop.prisma) == arm }
            for (id, outcome) in zip(ids, outcomes) { try await test.record(outcome, forKey: id, with: project.shop.prisma) }
        }
        let shown = await project.run("experiments show \(name) --url \(project.shop.url)")
        #expect(shown.code == 0 && shown.output.contains("not measurable") == (obstacle == "not measurable"))
        #expect(shown.output.contains("too few outcomes") == (obstacle == "too few outcomes"))
        let json = try JSON(parsing: await project.run("experiments show \(name) --json --url \(project.shop.url)").output)
        let arm = try #require(json["arms"]?[0])
        #expect(arm["obstacle"]?.string == obstacle)
        #expect((arm["p"] == .null) == (obstacle != nil) && (arm["lower"] == .null) == (obstacle != nil), "\(arm)")
    }
}
