import Foundation
import PrisMLTraining
import Prisma
import PrismaPostgres
import ShopClient
import TestSupport
import Testing

@testable import PrisML

/// A pool of one connection is enough for everything: what a prediction needs is looked up before a connection is leased, or on the
/// transaction's own.
@Suite struct SmallPoolTests {
    /// A database with a registry, a trained predictor, and a client of one connection that waits a second for it.
    private static func make() async throws -> (shop: Shop, predictor: Predictor<User, Bool>, prisma: PrismaClient) {
        let shop = try await Shop.make(.postgresql)
        try await shop.fill(120)
        let predictor = quick(shop.folder.file("models"))
        let version = try #require(try await shop.train(predictor).artifact?.version)
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        try await registry.add(version, of: "quick", by: "test", activates: true)
        let url = shop.url.replacing("pool_timeout=300", with: "pool_timeout=1&connection_limit=1")
        let engine = PrismaEngine(
            database: try PostgresDatabase(url: url), schema: shop.prisma.engine.schema, options: shop.prisma.engine.options)
        return (shop, predictor, PrismaClient(engine: engine))
    }

    @Test func everyQueryIsAnsweredFromColdAndAfterAPause() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        let (shop, predictor, prisma) = try await Self.make()
        let expected = try await shop.prisma.user.findMany(include: predictor).filter { $0.1.probability > 0.5 }.count
        let orders = try await shop.prisma.order.count()
        let queries: [@Sendable () async throws -> Int] = [
            { try await prisma.user.findMany(where: { predictor($0).probability > 0.5 }).count },
            { try await prisma.user.count(where: { predictor($0).probability > 0.5 }) },
            {
                let scores: [Double] = try await prisma.user.findMany(select: { predictor($0).probability })
                return scores.count { $0 > 0.5 }
            },
            {
                let rows: [(User, Prediction<Bool>, [Order])] = try await prisma.user.findMany(
                    include: { (predictor, $0.orders.where { $0.total > 0 }) })
                return rows.count { $0.1.probability > 0.5 }
            },
            { try await prisma.order.findMany(include: { $0.user.include { _ in predictor } }).count - orders + expected },
            { try await prisma.user.aggregate(where: { predictor($0).probability > 0.5 }) { $0.id.count } },
            {
                var count = 0
                for try await _ in try prisma.user.stream(where: { predictor($0).probability > 0.5 }) { count += 1 }
                return count
            },
            { try await prisma.user.updateMany(where: { predictor($0).probability > 0.5 }) { $0.isActive = true } },
        ]
        for query in queries {
            predictor.unload(with: prisma)
            #expect(try await query() == expected)
            // Older than what an answer may be: all wait for one look, which needs the connection.
            try await Task.sleep(for: PredictorCache.validity + .milliseconds(20))
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await query() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts == [Int](repeating: expected, count: 6))
        }
        await prisma.close()
    }

    @Test func aTransactionLooksOnItsOwnConnection() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        let (shop, predictor, prisma) = try await Self.make()
        let expected = try await shop.prisma.user.findMany(include: predictor).filter { $0.1.probability > 0.5 }.count
        for isCold in [true, false] {
            if isCold { predictor.unload(with: prisma) }
            try await prisma.transaction { tx in
                #expect(try await tx.user.count(where: { predictor($0).probability > 0.5 }) == expected)
                try await Task.sleep(for: PredictorCache.validity + .milliseconds(20))
                #expect(try await tx.user.findMany(include: predictor).filter { $0.1.probability > 0.5 }.count == expected)
            }
        }
        await prisma.close()
    }
}
