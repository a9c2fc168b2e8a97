import Foundation
import ONNX
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

/// A predictor that needs nothing but a customer's own columns.
func quick(_ folder: String) -> Predictor<User, Bool> {
    Predictor("quick", on: User.self, predicting: \.isChurned) { user in
        Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
        Feature("visits", user.visits)
        Feature("spent", user.totalSpent + 1, nulls: .mean)
        Feature("balance", user.balance.double)
        Feature("isActive", user.isActive)
        Feature("plan", user.plan)
        Feature("domain", user.email.part(after: "@"), .oneHot(top: 3))
        Feature("name", user.name, .hashed(buckets: 4))
        Feature("length", reading: user.email, user.name, user.balance, user.createdAt, version: 1) { email, name, balance, created in
            let texts = email.count + (name?.count ?? 0)
            let paid: Double = balance > 0 ? 1 : 0
            return Double(texts) + paid + created.timeIntervalSince1970 / 1e9
        }
    }
    .algorithm(.gradientBoostedTrees(rounds: 25, depth: 4))
    .stored(in: folder)
}

/// Which plan a customer has: three classes.
func planned(_ folder: String) -> Predictor<User, Plan> {
    Predictor("planned", on: User.self, predicting: \.plan) { user in
        Feature("visits", user.visits)
        Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
        Feature("domain", user.email.part(after: "@"), .ordinal)
        Feature("words", user.email, .tfidf(maxFeatures: 5))
    }
    .algorithm(.gradientBoostedTrees(rounds: 10, depth: 3))
    .stored(in: folder)
}

/// How often a customer comes: a number.
func visiting(_ folder: String) -> Predictor<User, Double> {
    Predictor("visiting", on: User.self, predicting: { $0.visits.double }) { user in
        Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
        Feature("plan", user.plan)
        Feature("credits", user.credits)
    }
    .algorithm(.linear())
    .stored(in: folder)
}

extension Shop {
    @discardableResult
    func train<Label>(_ predictor: Predictor<User, Label>) async throws -> TrainingRun.Outcome {
        try await TrainingRun(predictor.definition, engine: prisma.engine, store: predictor.store).run()
    }
}

@Suite struct PredictTests {
    /// In a query, in hand, one by one, in batches, by key and by the features' names: the same bits.
    @Test(arguments: Shop.dialects) func everyPathGivesTheSameBits(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(400)
        try await shop.prisma.user.update(where: { $0.id == 3 }) {
            $0.balance = Decimal(string: "12.30")!
            $0.name = "Ann"
            $0.totalSpent = 1e-3
        }
        try await check(shop, quick(shop.folder.file("models")))
        try await check(shop, planned(shop.folder.file("models")))
        try await check(shop, visiting(shop.folder.file("models")))
    }

    private func check<Label: Equatable>(_ shop: Shop, _ predictor: Predictor<User, Label>) async throws {
        try await shop.train(predictor)
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: predictor)
        let expected = rows.map { Answer($0.1) }
        try await predictor.load(with: shop.prisma)
        #expect(try rows.map { Answer(try predictor.predict($0.0)) } == expected)
        #expect(try predictor.predict(rows.map(\.0)).map(Answer.init) == expected)
        #expect(try rows.prefix(50).map { Answer(try predictor.predict(RecordRow($0.0))) } == Array(expected.prefix(50)))
        let ids = rows.map(\.0.id).reversed() + [99_999]
        let byID = try await shop.prisma.predict(predictor, ids: ids)
        #expect(byID.missing == [99_999])
        #expect(byID.found.map(\.id) == rows.map(\.0.id).reversed())
        #expect(byID.found.map { Answer($0.prediction) } == expected.reversed())
        let selected = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, select: { ($0.id, predictor($0).score) })
        #expect(selected.map(\.1.bitPattern) == expected.map(\.score))
        let single = try await shop.prisma.user.findUnique(where: { $0.id == 7 }, include: predictor)
        #expect(single.map { Answer($0.1) } == expected[6])
    }

    private struct Answer<Label: Equatable>: Equatable {
        var label: Label
        var probability: UInt64
        var score: UInt64
        var probabilities: [UInt64]

        init(_ prediction: Prediction<Label>) where Label: Sendable {
            label = prediction.label
            probability = prediction.probability.bitPattern
            score = prediction.score.bitPattern
            probabilities = prediction.probabilities.map(\.probability.bitPattern)
        }
    }

    @Test(arguments: Shop.dialects) func featuresAreGivenByName(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let churn = churn(shop.folder.file("models"), gated: false)
        try await shop.train(churn)
        let ready = try await churn.load(with: shop.prisma)
        let given: [String: JSON] = [
            "daysSinceLogin": 30, "orders90d": 1, "averageOrder": 40.5, "visits": 3, "plan": "ENTERPRISE", "domain": .null,
        ]
        let answer = try churn.predict(features: given)
        #expect(answer.version == ready.version)
        #expect(try churn.predict(features: given.merging(["plan": "enterprise_plan"]) { $1 }).probability == answer.probability)
        for (change, message) in [
            (["visits": .null, "plan": "GOLD"], "\"plan\" cannot be \"GOLD\": it is one of FREE, PRO, ENTERPRISE"),
            (["visits": "many"], "\"visits\" cannot be \"many\": it is a number"), (["vists": 3], "not in the definition: vists"),
        ] as [([String: JSON], String)] {
            let error = #expect(throws: PredictorError.self) { try churn.predict(features: given.merging(change) { $1 }) }
            #expect(error?.code == .invalidFeatures)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
        let missing = #expect(throws: PredictorError.self) { try churn.predict(features: ["visits": 3]) }
        #expect(missing?.message.contains("missing: daysSinceLogin, orders90d, averageOrder, plan, domain") == true)
    }

    @Test(arguments: Shop.dialects) func relatedRowsAreAskedFor(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let churn = churn(shop.folder.file("models"), gated: false)
        try await shop.train(churn)
        let rows = try await shop.prisma.user.findMany(
            where: { $0.id <= 40 }, orderBy: { $0.id.ascending }, include: { ($0.orders, churn) })
        let early = #expect(throws: PredictorError.self) { try churn.predict(rows[0].0) }
        #expect(early?.code == .notLoaded)
        try await churn.load(with: shop.prisma)
        let error = #expect(throws: PredictorError.self) { try churn.predict(rows[0].0) }
        #expect(error?.code == .needsMore)
        #expect(error?.message.contains("\"orders90d\" reads User.orders, \"averageOrder\" reads User.orders") == true)
        for (user, orders, risk) in rows {
            // Databases add the orders' totals up in other ways; what they differ by is less than the 32 bits of a feature tell apart.
            let answer = try churn.predict(RecordRow(user).with(\.orders, orders))
            #expect(answer.probability == risk.probability)
        }
    }

    @Test(arguments: Shop.dialects) func rowsThatAreNotSavedYetArePredictedWithTheirDefaults(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let ready = try await predictor.load(with: shop.prisma)
        let new = User.Create(email: "new@b.org", id: 900, visits: 4, lastLoginAt: Shop.day(-20))
        let before = try ready.predict(new)
        let saved = try await shop.prisma.user.create(new)
        #expect(try ready.predict(saved).probability == before.probability)
        let byID = Predictor("byID", on: User.self, predicting: \.isChurned) { Feature("id", $0.id) }
            .algorithm(.gradientBoostedTrees(rounds: 2, depth: 1)).stored(in: shop.folder.file("models"))
        try await shop.train(byID)
        let unknown = try await byID.load(with: shop.prisma)
        let error = #expect(throws: PredictorError.self) { try unknown.predict(User.Create(email: "new@b.org")) }
        #expect(error?.message.contains("User.id is given by the database") == true)

        // A row that is connected brings its key with it, which is not null before.
        let byReferrer = Predictor("byReferrer", on: User.self, predicting: \.isChurned) { Feature("referrer", $0.referrerId) }
            .algorithm(.gradientBoostedTrees(rounds: 2, depth: 1)).stored(in: shop.folder.file("models"))
        try await shop.train(byReferrer)
        let referred = try await byReferrer.load(with: shop.prisma)
        _ = try referred.predict(User.Create(email: "alone@b.org"))
        let connected = #expect(throws: PredictorError.self) {
            try referred.predict(User.Create(email: "friend@b.org", referrer: .connect { $0.id == 3 }))
        }
        #expect(connected?.message.contains("User.referrerId") == true)
    }

    /// Of two classes the second one's probability is given and asked for, on every way and whichever the label is.
    @Test(arguments: Shop.dialects) func theProbabilityOfTwoClassesIsTheSeconds(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany((0..<20).map { (id: Int) in User.Create(email: "u\(id)@a.com", id: id + 1, visits: id) })
        let folder = shop.folder.file("models")
        let plans = Predictor("plans", on: User.self, predicting: \.plan) { Feature("visits", $0.visits) }.stored(in: folder)
        let names = Predictor("names", on: User.self, predicting: \.email) { Feature("visits", $0.visits) }.stored(in: folder)
        func model(_ classes: [String]) throws -> ONNXModel {
            try PipelineBuilder(columns: 1).linearClassifier(
                coefficients: [[0.5]], intercepts: [-4], labels: .strings(classes), transform: .logistic)
        }
        let (encoders, schema) = ([FeatureEncoder(feature: "visits", method: .number, null: .nan)], shop.prisma.engine.schema)
        try plans.write(try model(["FREE", "PRO"]), encoders, classes: ["FREE", "PRO"], schema: schema)
        try names.write(try model(["a", "b"]), encoders, classes: ["a", "b"], schema: schema)
        try await checkSecond(shop, plans, .free, .pro, unknown: .enterprise)
        try await checkSecond(shop, names, "a", "b", unknown: "c")
    }

    private func checkSecond<Label: Equatable>(
        _ shop: Shop, _ predictor: Predictor<User, Label>, _ first: Label, _ second: Label, unknown: Label
    ) async throws {
        let log = PredictionLog(shop.prisma)
        try await log.createTable()
        let rows = try await shop.prisma.user.findMany(
            orderBy: { predictor($0).probability.ascending }, include: { _ in (predictor, predictor.perRow, predictor.explained) })
        #expect(rows.map(\.0.visits) == Array(0..<20))
        let expected = rows.map(\.1.probability)
        #expect(expected == expected.sorted() && (expected.first ?? 1) < 0.1 && (expected.last ?? 0) > 0.9)
        let ready = try await predictor.load(with: shop.prisma)
        for (row, prediction, each, explained) in rows {
            let ways = [prediction, try each.get(), explained.prediction, try predictor.predict(row), try ready.explain(row).prediction]
            for way in ways {
                #expect(way.probability == prediction.probability && way.score == prediction.probability)
                #expect(way.label == (way.probability >= 0.5 ? second : first))
                #expect(way.probability(of: second) == way.probability)
                #expect(((way.probability(of: first) ?? 0) + way.probability - 1).magnitude < 1e-6)
                #expect(way.probability(of: way.label) == way.probabilities.first?.probability && way.probability(of: unknown) == nil)
            }
        }
        let logged = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: predictor.logged(to: log))
        #expect(logged.map(\.1.probability) == expected)
        try await log.close()
        let selected = try await shop.prisma.user.findMany(
            where: { 1 - predictor($0).probability > 0.5 }, orderBy: { $0.id.ascending }, select: { predictor($0).probability })
        #expect(selected == expected.filter { 1 - $0 > 0.5 })
    }

    /// Keys of several fields are given as tuples; a key of another shape is told which it is.
    @Test(arguments: Shop.dialects) func rowsAreFoundByKeysOfSeveralFields(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let dear = Predictor("dear", on: Item.self, predicting: \.price) { Feature("position", $0.position) }
            .stored(in: shop.folder.file("models"))
        try dear.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[10]], intercepts: [0]),
            [FeatureEncoder(feature: "position", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
        let ids = [(2, 1), (1, 2), (7, 7), (1, 1), (1, 2)]
        let answers = try await shop.prisma.predict(dear, ids: ids)
        #expect(answers.found.map(\.prediction.score) == [10, 20, 10, 20])
        #expect(answers.found.map { "\($0.id)" } == [ids[0], ids[1], ids[3], ids[4]].map { "\($0)" } && answers.missing.map(\.0) == [7])
        let each = try await shop.prisma.predictEach(dear, ids: ids)
        #expect(try each.found.map { try $0.result.get().score } == [10, 20, 10, 20] && each.missing.count == 1)
        let log = PredictionLog(shop.prisma)
        try await log.createTable()
        #expect(try await shop.prisma.predict(dear.logged(to: log), ids: ids).found.count == 4)
        #expect(try await shop.prisma.predictEach(dear.logged(to: log), ids: ids).found.count == 4)
        try await log.close()
        let test = try Experiment("e", split: ["control": 1, "candidate": 1], on: dear)
        let assigned = try await shop.prisma.predict(test, ids: ids)
        #expect(assigned.found.map(\.answer.key) == ["2,1", "1,2", "1,1", "1,2"] && assigned.missing.count == 1)
        let beside = try await shop.prisma.item.findMany(include: test)
        let arms = Dictionary(uniqueKeysWithValues: beside.map { ($0.1.key, $0.1.arm) })
        #expect(assigned.found.allSatisfy { arms[$0.answer.key] == $0.answer.arm })

        let shape = await #expect(throws: PredictorError.self) { try await shop.prisma.predict(dear, ids: [1]) }
        #expect(shape?.code == .invalidFeatures && shape?.message == "The key of Item is (orderId: int, position: int), not (int).")
        let types = await #expect(throws: PredictorError.self) { try await shop.prisma.predict(dear, ids: [("a", 1)]) }
        #expect(types?.message.hasSuffix("not (string, int).") == true, "\(types?.message ?? "")")
    }

    /// Batches of rows with their relations and of rows that are not saved, and the predictor itself for one of them.
    @Test(arguments: Shop.dialects) func batchesOfEveryFormAreAnswered(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(120)
        let (churn, quick) = (churn(shop.folder.file("models"), gated: false), quick(shop.folder.file("models")))
        for predictor in [churn, quick] {
            try await shop.train(predictor)
            try await predictor.load(with: shop.prisma)
        }
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, take: 30, include: { $0.orders })
        let related = rows.map { RecordRow($0.0).with(\.orders, $0.1) }
        #expect(try churn.predict(related).map(\.probability) == related.map { try churn.predict($0).probability })
        let log = PredictionLog(shop.prisma)
        #expect(try churn.logged(to: log).predict(related).map(\.probability) == churn.predict(related).map(\.probability))
        #expect(log.waiting == 30)
        let test = try await Experiment("e", split: ["control": 1, "candidate": 1], on: churn).load(with: shop.prisma)
        #expect(try test.predict(related).map(\.prediction.probability) == related.map { try test.predict($0).prediction.probability })

        let new = (1...30).map { User.Create(email: "new\($0)@b.org", id: 1000 + $0, visits: $0, lastLoginAt: Shop.day(-Double($0))) }
        let answers = try quick.predict(new)
        #expect(try answers.map(\.probability) == new.map { try quick.predict($0).probability })
        _ = try quick.logged(to: log).predict(new[0])
        #expect(log.waiting == 31)
        try await shop.prisma.user.createMany(new)
        let saved = try await shop.prisma.user.findMany(
            where: { $0.email.hasPrefix("new") }, orderBy: { $0.id.ascending }, include: quick)
        #expect(saved.map(\.1.probability) == answers.map(\.probability))
        // Orders are not at hand.
        #expect(throws: PredictorError.self) { try churn.predict(new) }
        try await log.createTable()
        try await log.close()
    }

    /// A row that cannot be read has its own error, or fails the query, as the caller says; it is never a null or a zero.
    @Test(arguments: Shop.dialects) func aRowThatFailsLeavesTheOthersAlone(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let sound = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: predictor)
        // PostgreSQL has types, but an enum may be given values that the schema does not know.
        let (script, feature) =
            dialect == .sqlite
            ? (["UPDATE users SET visits = 'many' WHERE id = 5"], "visits")
            : (["ALTER TYPE \"Plan\" ADD VALUE 'GOLD'", "UPDATE users SET plan = 'GOLD' WHERE id = 5"], "plan")
        try await shop.prisma.engine.database.withConnection(for: .write) { connection in
            for statement in script { try await connection.executeScript(statement) }
        }
        let ids = [4, 5, 6]
        await #expect(throws: PredictorError.self) { try await shop.prisma.predict(predictor, ids: ids) }
        let failed = await #expect(throws: PrismaError.self) {
            try await shop.prisma.user.findMany(select: { ($0.id, predictor($0).probability) })
        }
        #expect(failed?.code.rawValue == PredictorError.Code.invalidData.rawValue)
        let each = try await shop.prisma.predictEach(predictor, ids: ids)
        #expect(each.found.map(\.id) == ids && each.missing.isEmpty)
        #expect(try each.found[0].result.get().probability == sound[3].1.probability)
        #expect(try each.found[2].result.get().probability == sound[5].1.probability)
        guard case .failure(let error) = each.found[1].result else { throw CancellationError() }
        #expect(error.code == .invalidData && error.message.contains("\"\(feature)\""), "\(error)")
    }
}

extension PredictTests {
    /// What the features need is read from the row's own columns; only what is not there is asked for, once.
    @Test(arguments: Shop.dialects) func noColumnIsAskedForTwice(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(60)
        let statements = Mutex<[String]>([])
        var options = shop.prisma.engine.options
        options.onQuery = { event in statements.withLock { $0.append(event.sql) } }
        let prisma = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        func sql(_ body: () async throws -> Void) async throws -> [String] {
            statements.withLock { $0 = [] }
            try await body()
            return statements.withLock { $0 }
        }
        let own = Predictor("own", on: User.self, predicting: \.isChurned) { user in
            Feature("visits", user.visits)
            Feature("rest", user.visits % 7)
            Feature("days", user.lastLoginAt.days(until: .now))
            Feature("hasName", user.name.isNotNull)
            Feature("length", user.email.length)
            Feature("spent", user.totalSpent / 2 - 1)
            Feature("plan", user.plan)
            Feature("name", user.name, .hashed(buckets: 4))
            Feature("letters", reading: user.email, user.name, version: 1) { email, name in Double(email.count + (name?.count ?? 0)) }
        }
        .algorithm(.gradientBoostedTrees(rounds: 5, depth: 3)).stored(in: shop.folder.file("models"))
        try await shop.train(own)
        let bare = try await sql { _ = try await prisma.user.findMany(orderBy: { $0.id.ascending }) }
        let log = PredictionLog(prisma, interval: .seconds(600))
        let test = try Experiment("e", split: ["control": 1, "candidate": 1], on: own)
        func expectBare(_ item: some Includable, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let beside = try await sql { _ = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: { _ in (item) }) }
            #expect(beside == bare, sourceLocation: sourceLocation)
        }
        try await expectBare(own)
        try await expectBare(own.perRow)
        try await expectBare(own.explained)
        try await expectBare(own.explained.perRow)
        try await expectBare(own(User.columns).explanation)
        try await expectBare(own.logged(to: log))
        try await expectBare(own.logged(to: log).perRow)
        try await expectBare(test)
        try await expectBare(test.perRow)
        let all = try await sql {
            _ = try await prisma.user.findMany(
                orderBy: { $0.id.ascending }, include: { (own, own.explained, own($0).explanation, own.logged(to: log), test) })
        }
        #expect(all == bare)

        // Of churn's features two are aggregates, and one is a part of a text.
        let churn = churn(shop.folder.file("models"), gated: false)
        try await shop.train(churn)
        let both = try await sql { _ = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: { _ in (churn, own) }) }
        let text = try #require(both.first)
        #expect(both.count == 1)
        for column in ["visits", "lastLoginAt", "plan"] {
            #expect(text.components(separatedBy: "t0.\"\(column)\"").count == 2, "\(column) in \(text)")
        }
        #expect(text.components(separatedBy: "(SELECT ").count == 3, "\(text)")
        // What several predictors and others read is asked for once.
        let shared = Predictor("shared", on: User.self, predicting: \.isChurned) { user in
            Feature("average", user.orders.average { $0.total } ?? 0)
            Feature("orders", user.orders.count)
        }
        .algorithm(.gradientBoostedTrees(rounds: 5, depth: 3)).stored(in: shop.folder.file("models"))
        try await shop.train(shared)
        let several = try await sql {
            _ = try await prisma.user.findMany(
                orderBy: { $0.id.ascending },
                include: { ($0.orders.count, churn, shared, churn.explained, shared.logged(to: log), $0.orders.count) })
        }
        #expect(several.count == 1 && several.first?.components(separatedBy: "(SELECT ").count == 4, "\(several)")
        let byKey = try await sql { _ = try await prisma.predict(own, ids: [1, 2]) }
        let selected = try #require(byKey.first?.components(separatedBy: " FROM ").first?.components(separatedBy: ", "))
        #expect(byKey.count == 1 && Set(selected).count == selected.count && selected.count == 9, "\(byKey)")
        let answers = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: { _ in (churn, shared, churn.explained) })
        let alone = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: shared)
        #expect(answers.map(\.2.probability) == alone.map(\.1.probability))
        #expect(answers.map(\.1.probability) == answers.map(\.3.prediction.probability))
        try await log.createTable()
        try await log.close()
    }
}
