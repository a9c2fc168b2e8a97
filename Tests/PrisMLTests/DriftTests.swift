import Foundation
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
        #expect(before.skipped == ["length"])
        #expect(
            before.lines.map(\.name) == ["daysSinceLogin", "visits", "spent", "balance", "isActive", "plan", "domain", "name", "score"])
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

    /// Rows in hand are counted in passing; what was asked about is what is compared.
    @Test func servingSeesWhatItIsAsked() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(397)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let ready = try await predictor.load(with: shop.prisma)
        let rows = try await shop.prisma.user.findMany()
        for _ in 0..<8 { for row in rows { _ = try ready.predict(row) } }
        let calm = ready.drift()
        #expect(Set(calm.map(\.name)) == ["daysSinceLogin", "visits", "spent", "balance", "isActive", "length", "plan", "domain", "score"])
        for line in calm { #expect((100...300).contains(line.rows) && line.stabilityIndex < 0.45, "\(line)") }
        for _ in 0..<40 {
            for var row in rows {
                row.visits = 500
                row.plan = .pro
                _ = try ready.predict(row)
            }
        }
        let moved = Set(ready.drift().filter { $0.stabilityIndex > 0.25 }.map(\.name))
        #expect(moved.isSuperset(of: ["visits", "plan"]) && moved.isDisjoint(with: ["daysSinceLogin", "spent", "domain"]))
    }
}
