import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// What many tasks share: the cache of models, loaded predictors, the log. Run under the thread sanitizer too.
@Suite struct ConcurrencyTests {
    @Test(arguments: Shop.dialects) func manyTasksShareWhatIsLoaded(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(80)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let log = PredictionLog(shop.prisma, batch: 20, interval: .milliseconds(5))
        try await log.createTable()
        let ready = try await predictor.load(with: shop.prisma)
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending })
        let expected = try ready.predict(rows).map(\.probability)
        let logged = predictor.logged(to: log)
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for task in 0..<16 {
                group.addTask {
                    switch task % 4 {
                    case 0: return try rows.map { try ready.predict($0).probability }
                    case 1: return try rows.map { try logged.predict($0).probability }
                    case 2:
                        return try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: logged).map(\.1.probability)
                    default:
                        _ = ready.drift()
                        return try await shop.prisma.user.findMany(
                            orderBy: { $0.id.ascending }, select: { ($0.id, predictor($0).probability) }
                        )
                        .map(\.1)
                    }
                }
            }
            // A new version meanwhile: each answer is one version's as a whole.
            group.addTask {
                _ = try await TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store).run()
                return expected
            }
            for try await answers in group { #expect(answers == expected) }
        }
        try await log.close()
        #expect(log.dropped == 0 && log.waiting == 0)
    }

    /// While versions change, no query sees two of them.
    @Test(arguments: Shop.dialects) func noQuerySeesTwoVersions(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let predictor = quick(shop.folder.file("models"))
        let versions = [
            try #require(try await shop.train(predictor).artifact?.version),
            try #require(try await shop.train(predictor.seed(9)).artifact?.version),
        ]
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        for version in versions { try await registry.add(version, of: "quick", by: "test", activates: true) }
        let ready = try await predictor.load(with: shop.prisma)
        try await registry.activate(versions[0], of: "quick", by: "test")
        let rows = try await shop.prisma.user.findMany()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<30 {
                        let asked = try await shop.prisma.user.findMany(include: predictor).map(\.1.version)
                        #expect(Set(asked).count == 1)
                        // Condition, bounds, order, reasons and answers are one version's.
                        let explained = try await shop.prisma.user.findMany(
                            where: { predictor($0).probability > 0.5 }, orderBy: { predictor($0).probability.descending },
                            include: { (predictor, predictor.explained, predictor($0).probability) })
                        #expect(Set(explained.flatMap { [$0.1.version, $0.2.prediction.version] }).count <= 1)
                        let scores = explained.map(\.1.probability)
                        #expect(scores == explained.map(\.3) && scores == scores.sorted(by: >) && scores.allSatisfy { $0 > 0.5 })
                        let inHand = try ready.predict(rows).map(\.version)
                        #expect(Set(inHand).count == 1)
                    }
                }
            }
            group.addTask { for round in 0..<6 { try await registry.activate(versions[(round + 1) % 2], of: "quick", by: "test") } }
            try await group.waitForAll()
        }
        // Whoever asks a second later gets the version that was activated last.
        try await registry.activate(versions[1], of: "quick", by: "test")
        try await Task.sleep(for: .milliseconds(1100))
        #expect(try await shop.prisma.user.findMany(take: 1, include: predictor).map(\.1.version) == [versions[1]])
        var waited = 0
        // The loaded predictor looks every half second; a busy machine may be late.
        while ready.version != versions[1], waited < 100 {
            try await Task.sleep(for: .milliseconds(100))
            waited += 1
        }
        #expect(ready.version == versions[1])
    }
}
