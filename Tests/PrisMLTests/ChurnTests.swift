import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Customers who stay away and order little leave; the rest is noise.
func churn(_ folder: String, gated: Bool = true) -> Predictor<User, Bool> {
    let churn = Predictor("churn", on: User.self, predicting: \.isChurned) { user in
        Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
        Feature("orders90d", user.orders.where { $0.createdAt > .now - .days(90) }.count)
        Feature("averageOrder", user.orders.average { $0.total } ?? 0)
        Feature("visits", user.visits)
        Feature("plan", user.plan)
        Feature("domain", user.email.part(after: "@"), .oneHot(top: 3))
    }
    .algorithm(.gradientBoostedTrees(rounds: 30, depth: 3))
    .stored(in: folder)
    return gated ? churn.gate(.accuracy, atLeast: 0.7) : churn
}

extension Shop {
    /// Customers with a signal, from a seed.
    func fill(_ count: Int) async throws {
        var random = RandomSequence(seed: 7)
        var users: [User.Create] = []
        var orders: [Order.Create] = []
        for id in 1...count {
            let days = random.nextUnit() * 60
            let orderCount = random.next(below: 5)
            let risk = days / 60 - Double(orderCount) * 0.2 + (random.nextUnit() - 0.5) * 0.3
            users.append(
                .init(
                    email: "u\(id)@\(["a.com", "b.org", "c.net", "d.io"][random.next(below: 4)])", id: id, visits: random.next(below: 50),
                    plan: [.free, .pro, .enterprise][random.next(below: 3)], lastLoginAt: id % 11 == 0 ? nil : Shop.day(-days),
                    isChurned: id % 10 == 0 ? nil : risk > 0.2))
            for _ in 0..<orderCount {
                orders.append(.init(total: 10 + random.nextUnit() * 90, userId: id, createdAt: Shop.day(-random.nextUnit() * 90)))
            }
        }
        try await prisma.user.createMany(users)
        try await prisma.order.createMany(orders)
    }
}

@Suite struct ChurnTests {
    @Test(arguments: Shop.dialects) func trainsAndPredicts(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(600)
        let churn = churn(shop.folder.file("models"))
        let outcome = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        #expect(outcome.passed)
        #expect(outcome.rows.total == 540)
        #expect(try #require(outcome.parity.largest) < 1e-6)
        #expect(try #require(outcome.evaluation[.rocAUC]).value > 0.75)

        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: churn)
        #expect(rows.count == 600)
        let right = rows.filter { $0.0.isChurned == $0.1.label }.count
        #expect(Double(right) / 540 > 0.75)
        #expect(rows.allSatisfy { $0.1.version == outcome.artifact?.version })

        let together = try await shop.prisma.user.findMany(where: { $0.id <= 3 }, include: { ($0.orders, churn) })
        #expect(together.map(\.2.probability) == Array(rows.prefix(3).map(\.1.probability)))

        let expected = rows.filter { $0.1.probability > 0.5 && $0.0.visits > 10 }
            .sorted { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }.prefix(20).map(\.0.id)
        let worst = try await shop.prisma.user.findMany(
            where: { churn($0).probability > 0.5 && $0.visits > 10 }, orderBy: { churn($0).probability.descending }, take: 20)
        #expect(worst.map(\.id) == expected)
        #expect(try await shop.prisma.user.count(where: { churn($0).probability > 0.5 }) == rows.filter { $0.1.probability > 0.5 }.count)
    }

    @Test func theSameRowsGiveTheSameBytes() async throws {
        var versions: [String] = []
        for dialect in Shop.dialects {
            for threads in [1, 2] {
                let shop = try await Shop.make(dialect)
                try await shop.fill(300)
                let churn = churn(shop.folder.file("models"))
                var run = TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store)
                run.threads = threads
                let artifact = try #require(try await run.run().artifact)
                versions.append(artifact.version)
            }
        }
        #expect(Set(versions).count == 1)
    }
}

extension ChurnTests {
    /// A database that calls the predictor itself and one that cannot give the same rows.
    @Test(arguments: Shop.dialects) func bothStrategiesGiveTheSameRows(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let churn = churn(shop.folder.file("models"))
        _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        var options = shop.prisma.engine.options
        options.callsFunctionsInDatabase = false
        let naive = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        options.callsFunctionsInDatabase = true
        options.scoresInBatches = false
        let oneByOne = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        for prisma in [shop.prisma, naive, oneByOne] {
            let all = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: churn)
            // Text is ordered as the database does.
            let byEmail = try await prisma.user.findMany(orderBy: { $0.email.descending }).map(\.id)
            let places = Dictionary(uniqueKeysWithValues: zip(byEmail, byEmail.indices))
            func expect(
                _ found: [User], _ matches: ((User, Prediction<Bool>)) -> Bool,
                by precedes: ((User, Prediction<Bool>), (User, Prediction<Bool>)) -> Bool,
                _ cut: ([User]) -> [User] = { $0 }, sourceLocation: SourceLocation = #_sourceLocation
            ) {
                #expect(found.map(\.id) == cut(all.filter(matches).sorted(by: precedes).map(\.0)).map(\.id), sourceLocation: sourceLocation)
            }
            expect(
                try await prisma.user.findMany(
                    where: { (churn($0).probability > 0.6 || $0.visits > 40) && $0.plan == .pro },
                    orderBy: {
                        $0.plan.ascending; churn($0).probability.ascending
                    }, take: 10, skip: 2),
                { ($0.1.probability > 0.6 || $0.0.visits > 40) && $0.0.plan == .pro },
                by: { ($0.1.probability, $0.0.id) < ($1.1.probability, $1.0.id) }, { Array($0.dropFirst(2).prefix(10)) })
            expect(
                try await prisma.user.findMany(orderBy: { churn($0).probability.descending }, take: -5), { _ in true },
                by: { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }, { Array($0.suffix(5)) })
            expect(
                try await prisma.user.findMany(
                    where: { churn($0).probability * 2 > $0.visits.double / 10 }, orderBy: { $0.email.descending }),
                { $0.1.probability * 2 > Double($0.0.visits) / 10 },
                by: { (places[$0.0.id] ?? 0) < (places[$1.0.id] ?? 0) })
            let cursor = try #require(all.sorted { ($0.1.probability, $0.0.id) < ($1.1.probability, $1.0.id) }.dropFirst(100).first).0.id
            expect(
                try await prisma.user.findMany(orderBy: { churn($0).probability.ascending }, take: 5, cursor: { $0.id == cursor }),
                { _ in true },
                by: { ($0.1.probability, $0.0.id) < ($1.1.probability, $1.0.id) }, { Array($0.dropFirst(100).prefix(5)) })
            #expect(
                try await prisma.user.count(where: { churn($0).probability > 0.5 && $0.visits < 20 })
                    == all.filter { $0.1.probability > 0.5 && $0.0.visits < 20 }.count)
            let inTransaction = try await prisma.transaction { tx in try await tx.user.count(where: { churn($0).probability > 0.5 }) }
            #expect(inTransaction == all.filter { $0.1.probability > 0.5 }.count)
        }
    }
}

extension ChurnTests {
    @Test func thresholdWeightsAndTrendsAreHeldTo() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(500)
        let plain = churn(shop.folder.file("models"), gated: false)
        let tuned = plain.threshold(.largestF1).classWeights(.balanced)
        #expect(plain.definition.hash != tuned.definition.hash)
        let outcome = try await TrainingRun(tuned.definition, engine: shop.prisma.engine, store: plain.store).run()
        #expect(outcome.threshold != 0.5 && outcome.threshold > 0 && outcome.threshold < 1)
        let rows = try await shop.prisma.user.findMany(include: tuned)
        #expect(rows.allSatisfy { $0.1.label == ($0.1.probability >= outcome.threshold) })

        let version = try #require(outcome.artifact?.version)
        let folder = plain.store.folder("churn", version)
        let report = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
        #expect(report.contains("</html>") && report.contains("daysSinceLogin"))
        let metadata = try #require(outcome.artifact?.metadata)
        #expect(metadata["importances"]?.array?.count == 6)
        #expect(metadata["distributions"]?["plan"]?["values"]?.object?.count == 3)

        let rising = Predictor("rising", on: User.self, predicting: \.isChurned) { user in
            Feature("days", user.lastLoginAt.days(until: .now) ?? 0, trend: .rising)
        }
        .algorithm(.gradientBoostedTrees(rounds: 20, depth: 3)).stored(in: plain.store.directory)
        _ = try await TrainingRun(rising.definition, engine: shop.prisma.engine, store: rising.store).run()
        let ordered = try await shop.prisma.user.findMany(
            where: { $0.lastLoginAt != nil }, orderBy: { $0.lastLoginAt.descending }, include: rising
        ).map(\.1.probability)
        #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func problemsAreReportedTogetherBeforeAnyRowIsRead() async throws {
        let shop = try await Shop.make(.sqlite)
        let broken = Predictor("bad name", on: User.self, predicting: \.isChurned) { user in
            Feature("a", user.visits)
            Feature("a", user.createdAt)
            Feature("label", user.isChurned)
            Feature("text", user.email, .hashed(buckets: 0), trend: .rising)
        }
        .algorithm(.gradientBoostedTrees(rounds: 0)).threshold(.fixed(2))
        do {
            _ = try await TrainingRun(broken.definition, engine: shop.prisma.engine, store: broken.store).run()
            Issue.record("it was trained")
        } catch let error as PredictorError {
            #expect(error.code == .invalidDefinition)
            for part in [
                "bad name", "two features are named \"a\"", "is a date", "reads the label", "0 buckets", "rounds is 0", "threshold",
                "trend",
            ] {
                #expect(error.message.contains(part), "\(part) is missing in: \(error.message)")
            }
        }
    }
}
