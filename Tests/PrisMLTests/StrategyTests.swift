import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// How dear an order is, from its own columns and its customer's.
private func dear(_ folder: String, depth: Int = 3) -> Predictor<Order, Bool> {
    Predictor("dear", on: Order.self, predicting: { $0.total > 60 }) { order in
        Feature("quantity", order.quantity)
        Feature("age", order.createdAt.days(until: .now))
        Feature("visits", order.user.visits)
        Feature("discount", order.discount)
    }
    .algorithm(.gradientBoostedTrees(rounds: 20, depth: depth))
    .stored(in: folder)
}

extension Shop {
    /// The same database without one of the shortcuts.
    fileprivate func without(_ change: (inout PrismaEngine.Options) -> Void) -> PrismaClient {
        var options = prisma.engine.options
        change(&options)
        return PrismaClient(engine: PrismaEngine(database: prisma.engine.database, schema: prisma.engine.schema, options: options))
    }

    fileprivate func fillOrders() async throws {
        try await fill(150)
        var random = RandomSequence(seed: 3)
        for order in try await prisma.order.findMany() {
            let (quantity, discount) = (random.next(below: 9), random.nextUnit() * 10)
            try await prisma.order.update(where: { $0.id == order.id }) {
                $0.quantity = quantity
                $0.total = Double(quantity) * 8 + discount * 3
                $0.discount = quantity == 4 ? nil : discount
            }
        }
    }
}

/// Whatever way a database goes, the answer is the naïve one: read all rows with their predictions, and look at them in Swift.
@Suite struct StrategyTests {
    @Test(arguments: Shop.dialects) func predictionsInSelectAggregatesAndGroups(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let churn = churn(shop.folder.file("models"), gated: false)
        let value = visiting(shop.folder.file("models"))
        try await shop.train(churn)
        try await shop.train(value)
        let all = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: { _ in (churn, value) })
        for prisma in [
            shop.prisma, shop.without { $0.callsFunctionsInDatabase = false }, shop.without { $0.narrowsByScores = false },
            shop.without { $0.scoresInBatches = false },
        ] {
            let selected = try await prisma.user.findMany(
                where: { $0.visits > 10 && churn($0).probability > 0.4 }, orderBy: { churn($0).probability.descending }, take: 30,
                select: { ($0.id, churn($0).probability, churn($0).probability * 2 + value($0).score) })
            let matching = all.filter { $0.0.visits > 10 && $0.1.probability > 0.4 }
            let expected = matching.sorted { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }.prefix(30)
            #expect(selected.map(\.0) == expected.map(\.0.id))
            #expect(selected.map(\.1) == expected.map(\.1.probability))
            let sums = expected.map { row in row.1.probability * 2 + row.2.score }
            #expect(selected.map(\.2) == sums)

            let (count, mean, most) = try await prisma.user.aggregate(where: { churn($0).probability > 0.4 }) {
                ($0.id.count, churn($0).probability.average, value($0).score.maximum)
            }
            let chosen = all.filter { $0.1.probability > 0.4 }
            #expect(count == chosen.count)
            let expectedMean = chosen.map(\.1.probability).reduce(0, +) / Double(chosen.count)
            #expect((try #require(mean) - expectedMean).magnitude < 1e-12)
            #expect(most == chosen.map(\.2.score).max())

            let groups = try await prisma.user.groupBy(
                { ($0.plan, churn($0).probability > 0.5) }, having: { churn($0).probability.maximum > 0.1 }
            ) { ($0.id.count, churn($0).probability.maximum) }
            let everyGroup = Dictionary(grouping: all) { row in "\(row.0.plan) \(row.1.probability > 0.5)" }
            let sizes = everyGroup.filter { group in group.value.contains { $0.1.probability > 0.1 } }
            #expect(groups.count == sizes.count)
            for group in groups {
                let rows = try #require(sizes["\(group.key.0) \(group.key.1)"])
                #expect(group.values.0 == rows.count)
                #expect(group.values.1 == rows.map(\.1.probability).max())
            }
            let distinct = try await prisma.user.findMany(
                where: { churn($0).probability > 0.5 }, orderBy: { $0.id.ascending }, distinct: { [$0.plan.column] })
            let firsts = [Plan.free, .pro, .enterprise].compactMap { plan in all.first { $0.0.plan == plan && $0.1.probability > 0.5 }?.0.id
            }
            #expect(distinct.map(\.id) == firsts.sorted())
        }
    }

    @Test(arguments: Shop.dialects) func predictionsInsideConditionsOnRelations(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fillOrders()
        let dear = dear(shop.folder.file("models"))
        let churn = churn(shop.folder.file("models"), gated: false)
        _ = try await TrainingRun(dear.definition, engine: shop.prisma.engine, store: dear.store).run()
        try await shop.train(churn)
        let all = try await shop.prisma.user.findMany(
            orderBy: { $0.id.ascending }, include: { ($0.orders.include { _ in dear }, churn) })
        for prisma in [shop.prisma, shop.without { $0.narrowsByScores = false }] {
            let some = try await prisma.user.findMany(
                where: { $0.visits > 5 && $0.orders.some { $0.quantity > 2 && dear($0).probability > 0.5 } }, orderBy: { $0.id.ascending })
            let expectedSome = all.filter { user, orders, _ in
                user.visits > 5 && orders.contains { order, answer in order.quantity > 2 && answer.probability > 0.5 }
            }
            #expect(some.map(\.id) == expectedSome.map(\.0.id))
            #expect(!some.isEmpty && some.count < all.count)
            let none = try await prisma.user.count(where: { $0.orders.none { dear($0).probability > 0.5 } && churn($0).probability > 0.3 })
            let expectedNone = all.filter { _, orders, risk in
                risk.probability > 0.3 && orders.allSatisfy { $0.1.probability <= 0.5 }
            }
            #expect(none == expectedNone.count)
            let every = try await prisma.user.count(where: { $0.orders.every { dear($0).probability <= 0.5 } })
            let expectedEvery = all.filter { _, orders, _ in orders.allSatisfy { $0.1.probability <= 0.5 } }
            #expect(every == expectedEvery.count)
            let counted = try await prisma.user.findMany(
                orderBy: { $0.id.ascending },
                select: { ($0.id, $0.orders.where { dear($0).probability > 0.5 }.count, $0.orders.max { dear($0).probability }) })
            for (found, row) in zip(counted, all) {
                let scores = row.1.map(\.1.probability)
                #expect(found.1 == scores.filter { $0 > 0.5 }.count)
                #expect(found.2 == scores.max())
            }
            let nested = try await prisma.user.findMany(
                orderBy: { $0.id.ascending },
                include: { $0.orders.where { dear($0).probability > 0.5 }.orderBy { dear($0).probability.descending } })
            for (found, row) in zip(nested, all) {
                let dearest = row.1.sorted { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }
                let risky = dearest.filter { $0.1.probability > 0.5 }
                let scores = Dictionary(uniqueKeysWithValues: risky.map { ($0.0.id, $0.1.probability) })
                #expect(found.1.map { scores[$0.id] } == risky.map(\.1.probability))
            }
            let inTransaction = try await prisma.transaction { tx in
                let first = try await tx.user.count(where: { $0.orders.some { dear($0).probability > 0.5 } })
                let second = try await tx.user.count(where: { $0.orders.some { dear($0).probability > 0.5 } })
                return [first, second]
            }
            let expected = all.count - expectedEvery.count
            #expect(inTransaction == [expected, expected])
        }
    }

    /// Many rows with the same score: the key decides, whichever way the rows came, and whatever the page.
    @Test(arguments: Shop.dialects) func equalScoresAreInTheOrderOfTheKey(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fillOrders()
        let dear = Predictor("coarse", on: Order.self, predicting: { $0.total > 60 }) { order in
            Feature("quantity", order.quantity)
            Feature("visits", order.user.visits)
        }
        .algorithm(.gradientBoostedTrees(rounds: 2, depth: 1)).stored(in: shop.folder.file("models"))
        _ = try await TrainingRun(dear.definition, engine: shop.prisma.engine, store: dear.store).run()
        let all = try await shop.prisma.order.findMany(orderBy: { $0.id.ascending }, include: dear)
        #expect(Set(all.map(\.1.probability)).count < 10)
        let falling = all.sorted { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }.map(\.0.id)
        let mixed = all.filter { $0.0.quantity > 1 }.sorted {
            ($0.0.quantity, $1.1.probability, $0.0.id) < ($1.0.quantity, $0.1.probability, $1.0.id)
        }.map(\.0.id)
        for prisma in [
            shop.prisma, shop.without { $0.callsFunctionsInDatabase = false }, shop.without { $0.scoresInBatches = false },
            shop.without {
                $0.callsFunctionsInDatabase = false
                $0.scoresInBatches = false
            },
        ] {
            for (take, skip) in [(7, 0), (40, 3), (1, 0), (0, 0), (10_000, 1)] {
                let found = try await prisma.order.findMany(
                    orderBy: { dear($0).probability.descending }, take: take, skip: skip)
                #expect(found.map(\.id) == Array(falling.dropFirst(skip).prefix(take)))
                let both = try await prisma.order.findMany(
                    where: { $0.quantity > 1 },
                    orderBy: {
                        $0.quantity.ascending; dear($0).probability.descending
                    }, take: take, skip: skip)
                #expect(both.map(\.id) == Array(mixed.dropFirst(skip).prefix(take)))
            }
            let last = try await prisma.order.findMany(orderBy: { dear($0).probability.descending }, take: -9, skip: 2)
            #expect(last.map(\.id) == Array(falling.dropLast(2).suffix(9)))
        }
    }
}
