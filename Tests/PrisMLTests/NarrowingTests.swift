import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

/// Comparing a prediction with a number says something about plain columns; what is said must never cost a row.
@Suite struct NarrowingTests {
    /// Random ensembles, rows and limits: with and without narrowing the same rows, and now and then fewer of them are looked at.
    @Test(arguments: Shop.dialects) func randomEnsemblesGiveTheSameRows(dialect: SQLDialect) async throws {
        let statements = Mutex<[String]>([])
        let shop = try await Shop.make(dialect)
        try await shop.fill(400)
        // What is missing, not a number, or of no class that was seen.
        var random = RandomSequence(seed: 99)
        for id in stride(from: 2, to: 400, by: 17) {
            let spent = random.nextUnit() * 100
            try await shop.prisma.user.update(where: { $0.id == id }) {
                $0.totalSpent = spent
                $0.name = id % 3 == 0 ? nil : "N\(id % 5)"
                $0.email = "v\(id)@\(["x.io", "a.com", "b.org"][id % 3])"
            }
        }
        if dialect == .postgresql {
            try await shop.prisma.engine.database.withConnection(for: .write) {
                try await $0.executeScript("UPDATE users SET total_spent = 'NaN' WHERE id % 31 = 0")
            }
        }
        var options = shop.prisma.engine.options
        options.onQuery = { event in statements.withLock { $0.append(event.sql) } }
        let narrowing = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        options.narrowsByScores = false
        let plain = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        var narrowedCount = 0
        for seed in 0..<6 {
            let (rounds, depth) = (1 + random.next(below: 30), 1 + random.next(below: 5))
            let algorithms: [Algorithm] = [
                .gradientBoostedTrees(rounds: rounds, depth: depth, learningRate: 0.3), .randomForest(trees: rounds, depth: depth),
            ]
            let predictor = Predictor("random", on: User.self, predicting: \.isChurned) { user in
                Feature("days", user.lastLoginAt.days(until: .now), nulls: seed % 2 == 0 ? .missing : .mean)
                Feature("visits", user.visits)
                Feature("spent", user.totalSpent)
                Feature("plan", user.plan)
                Feature("name", user.name, .oneHot(top: 3))
                Feature("orders", user.orders.count)
            }
            .algorithm(algorithms[seed % 2]).seed(UInt64(seed)).stored(in: shop.folder.file("models\(seed)"))
            try await shop.train(predictor)
            let scores = try await plain.user.findMany(orderBy: { $0.id.ascending }, select: { ($0.id, predictor($0).probability) })
            for quantile in [0.02, 0.2, 0.5, 0.8, 0.95, 0.99, 1.1] {
                let sorted = scores.map(\.1).sorted()
                // A limit that is a score itself tells > from >=.
                let limit = quantile > 1 ? sorted[sorted.count - 1] + 1e-9 : sorted[Int(Double(sorted.count) * quantile)]
                let above = try await narrowing.user.findMany(where: { predictor($0).probability > limit }, orderBy: { $0.id.ascending })
                #expect(above.map(\.id) == scores.filter { $0.1 > limit }.map(\.0), "seed \(seed), > \(limit)")
                let atLeast = try await narrowing.user.count(where: { predictor($0).probability >= limit })
                #expect(atLeast == scores.filter { $0.1 >= limit }.count, "seed \(seed), >= \(limit)")
                let below = try await narrowing.user.count(where: { predictor($0).probability < limit && $0.visits > 3 })
                let narrowed = statements.withLock { $0.last ?? "" }
                let expectedBelow = try await plain.user.count(where: { predictor($0).probability < limit && $0.visits > 3 })
                if narrowed.utf8.count > statements.withLock({ $0.last ?? "" }).utf8.count { narrowedCount += 1 }
                #expect(below == expectedBelow, "seed \(seed), < \(limit)")
            }
        }
        // The conditions are really there. What PostgreSQL streams is not reported as a statement.
        if dialect == .sqlite { #expect(narrowedCount > 10) }
    }
}
