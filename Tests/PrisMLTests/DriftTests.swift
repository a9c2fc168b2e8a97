import Foundation
import ONNX
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML

@Suite struct DriftTests {
    @Test(arguments: Shop.dialects) func theRowsOfTheTrainingHaveNotMovedAndOthersHave(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(500)
        let predictor = quick(shop.folder.file("models"))
        let metadata = try #require(try await shop.train(predictor).artifact?.metadata)
        let before = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        #expect(before.rows == 500)
        #expect(before.skipped.isEmpty)
        #expect(
            before.lines.map(\.name) == [
                "daysSinceLogin", "visits", "spent", "balance", "isActive", "plan", "domain", "name", "length", "score",
            ])
        for line in before.lines { #expect(line.stabilityIndex < 0.3 && (line.distance ?? 0) < 0.12, "\(line)") }

        try await shop.prisma.user.updateMany(where: { $0.id <= 350 }) {
            $0.visits = 400
            $0.plan = .enterprise
            $0.lastLoginAt = nil
        }
        let after = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        let moved = Set(after.lines.filter { $0.stabilityIndex >= 0.25 }.map(\.name))
        #expect(
            moved.isSuperset(of: ["daysSinceLogin", "visits", "plan"]) && moved.isDisjoint(with: ["balance", "isActive", "domain", "name"]))
        #expect(after.lines.first { $0.name == "visits" }?.columns == ["User.visits"])

        // The database's counts are those of the rows themselves.
        let known = try #require(KnownDistribution(metadata["distributions"]?["visits"]))
        var counts = [Int](repeating: 0, count: known.counts.count)
        for user in try await shop.prisma.user.findMany() { counts[known.bin(of: Float(user.visits))] += 1 }
        let visits = try #require(after.lines.first { $0.name == "visits" })
        #expect(visits.stabilityIndex == known.stabilityIndex(counts))
        #expect(visits.distance == known.distance(counts))
        let recent = ExpressionNode.binary(.greater, User.columns.id.node, .literal(.int(350), .int))
        let rest = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine, where: recent)
        #expect(rest.rows == 150)
        // The rows that were left alone.
        #expect((rest.lines.first { $0.name == "visits" }?.stabilityIndex ?? 1) < visits.stabilityIndex / 4)
    }

    /// What Swift code computes is computed for the rows of today, too, and a feature that cannot be compared is named with the reason.
    @Test(arguments: Shop.dialects) func whatCodeComputesIsCompared(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let predictor = Predictor("coded", on: User.self, predicting: \.isChurned) { user in
            Feature("letters", reading: user.email, user.name, version: 1) { email, name in
                name.map { Double(email.utf8.count + $0.utf8.count) }
            }
            Feature("visits", user.visits)
        }
        .algorithm(.gradientBoostedTrees(rounds: 5, depth: 2)).stored(in: shop.folder.file("models"))
        try await shop.prisma.user.updateMany(where: { $0.id % 3 > 0 }) { $0.name = "Ann" }
        let artifact = try #require(try await shop.train(predictor).artifact)
        let before = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        let letters = try #require(before.lines.first { $0.name == "letters" })
        #expect(letters.stabilityIndex < 0.1 && (letters.missing - 1.0 / 3).magnitude < 0.01)
        #expect(letters.columns == ["User.email", "User.name"])
        try await shop.prisma.user.updateMany(where: { $0.id > 0 }) { $0.name = "A name that is much longer than before" }
        let after = try await DriftReport(predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        let moved = try #require(after.lines.first { $0.name == "letters" })
        #expect(moved.stabilityIndex > 1 && moved.missing == 0)
        // The counts are those of the rows themselves.
        let known = try #require(KnownDistribution(artifact.metadata["distributions"]?["letters"]))
        var counts = [Int](repeating: 0, count: known.counts.count)
        for user in try await shop.prisma.user.findMany() {
            counts[known.bin(of: Float(user.email.utf8.count + (user.name ?? "").utf8.count))] += 1
        }
        #expect(moved.stabilityIndex == known.stabilityIndex(counts) && moved.distance == known.distance(counts))

        // An artifact of a model that nobody trained says nothing about its rows.
        let untrained = Predictor("untrained", on: User.self, predicting: \.totalSpent) { Feature("visits", $0.visits) }
            .stored(in: shop.folder.file("models"))
        try untrained.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0]),
            [FeatureEncoder(feature: "visits", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
        let nothing = try await DriftReport(untrained.definition, in: untrained.store, engine: shop.prisma.engine)
        #expect(nothing.lines.isEmpty && nothing.skipped.map(\.name) == ["visits"])
        #expect(nothing.skipped.first?.reason.contains("prisml train untrained") == true)
    }

    /// Rows in hand are counted in passing; what was asked about is what is compared.
    @Test func servingSeesWhatItIsAsked() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(397)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let ready = try await predictor.load(with: shop.prisma)
        let rows = try await shop.prisma.user.findMany()
        for _ in 0..<32 { for row in rows { _ = try ready.predict(row) } }
        let calm = ready.drift()
        #expect(Set(calm.map(\.name)) == ["daysSinceLogin", "visits", "spent", "balance", "isActive", "length", "plan", "domain", "score"])
        for line in calm { #expect((100...300).contains(line.rows) && line.stabilityIndex < 0.45, "\(line)") }
        for _ in 0..<160 {
            for var row in rows {
                row.visits = 500
                row.plan = .pro
                _ = try ready.predict(row)
            }
        }
        let moved = Set(ready.drift().filter { $0.stabilityIndex > 0.25 }.map(\.name))
        #expect(moved.isSuperset(of: ["visits", "plan"]) && moved.isDisjoint(with: ["daysSinceLogin", "spent", "domain"]))
    }

    /// Rows of queries, by key and in batches are counted too, however small the batches are.
    @Test(arguments: Shop.dialects) func everyWayIsCounted(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(320)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let ready = try await predictor.load(with: shop.prisma)
        func counted() -> Int { ready.drift().first { $0.name == "score" }?.rows ?? 0 }
        let rows = try await shop.prisma.user.findMany(include: predictor).map(\.0)
        let first = counted()
        #expect((3...8).contains(first))
        for row in rows.prefix(160) { _ = try await shop.prisma.user.findUnique(where: { $0.id == row.id }, include: predictor.perRow) }
        let second = counted()
        #expect((1...5).contains(second - first))
        _ = try await shop.prisma.predict(predictor, ids: rows.map(\.id))
        let third = counted()
        #expect((3...8).contains(third - second))
        _ = try ready.predict(rows)
        #expect((3...8).contains(counted() - third))
        // What a condition asks about is not answered to anybody.
        let fourth = counted()
        _ = try await shop.prisma.user.count(where: { predictor($0).probability > 0.5 })
        #expect(counted() == fourth)
    }
}
