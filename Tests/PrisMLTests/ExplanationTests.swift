import Foundation
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML

@Suite struct ExplanationTests {
    @Test(
        arguments: [Algorithm.gradientBoostedTrees(rounds: 30, depth: 3), .logistic(), .randomForest(trees: 20, depth: 5)], Shop.dialects)
    func contributionsAddUpToTheScore(algorithm: Algorithm, dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(400)
        let churn = churn(shop.folder.file("models")).algorithm(algorithm)
        let outcome = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        try #require(outcome.passed)
        let rows = try await shop.prisma.user.findMany(include: churn.explained)
        let isForest = if case .randomForest = algorithm { true } else { false }
        for (_, answer) in rows {
            let total = answer.explanation.total
            let score = isForest ? total : 1 / (1 + exp(-total))
            #expect((score - answer.probability).magnitude < 1e-5)
            #expect(Set(answer.explanation.contributions.map(\.feature)) == Set(churn.definition.features.map(\.name)))
        }
        // What the rows were made from matters most.
        let strongest = rows.map { $0.1.explanation.contributions[0].feature }
        #expect(strongest.filter { $0 == "orders90d" || $0 == "daysSinceLogin" || $0 == "averageOrder" }.count > rows.count / 2)
    }

    /// Numbers and several classes too, on both databases; the columns of an encoding add up to their feature.
    @Test(arguments: Shop.dialects) func numbersAndClassesAreExplained(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let folder = shop.folder.file("models")
        for algorithm in [Algorithm.linear(), .gradientBoostedTrees(rounds: 10, depth: 3)] {
            let value = visiting(folder).algorithm(algorithm)
            try await shop.train(value)
            for (_, answer) in try await shop.prisma.user.findMany(include: value.explained) {
                #expect((answer.explanation.total - answer.score).magnitude < 1e-4 * max(1, answer.score.magnitude))
                check(answer.explanation)
            }
        }
        let plans = planned(folder).algorithm(.randomForest(trees: 15, depth: 4))
        try await shop.train(plans)
        for (_, answer) in try await shop.prisma.user.findMany(include: plans.explained) {
            #expect((answer.explanation.total - answer.probability).magnitude < 1e-5)
            check(answer.explanation)
        }
    }

    /// Of several boosted classes, each has its own sum, and the sums make the probabilities; what is shown is that of the label.
    @Test(arguments: Shop.dialects) func boostedClassesAreExplained(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let plans = planned(shop.folder.file("models"))
        try await shop.train(plans)
        let loaded = try await PredictorCache.predictor(for: plans.definition, in: plans.store, engine: shop.prisma.engine)
        let explainer = try loaded.explainer()
        let ready = try await plans.load(with: shop.prisma)
        let space = try RowSpace(
            plans.definition, loaded, plans.labels, schema: shop.prisma.engine.schema, generation: 0, watchesDrift: false, of: User.self)
        let rows = try await shop.prisma.user.findMany(include: plans.explained)
        #expect(Set(rows.map(\.1.label)).count > 1)
        for (row, answer) in rows {
            check(answer.explanation)
            let features = try space.encoded([row], now: shop.prisma.engine.instant, isStrict: true).row(0)
            let sums = try loaded.classes.indices.map { try loaded.explanation(features, predicted: $0, explainer).total }
            let shown = try #require(loaded.classes.firstIndex(of: answer.label.databaseValue))
            #expect(answer.explanation.total == sums[shown])
            let powers = sums.map { exp($0) }
            for (place, name) in loaded.classes.enumerated() {
                let probability = try #require(Plan(databaseValue: name).flatMap(answer.prediction.probability(of:)))
                #expect((powers[place] / powers.reduce(0, +) - probability).magnitude < 1e-5)
            }
            #expect(answer.probability == answer.prediction.probability(of: answer.label))
            #expect(try ready.explain(row).explanation == answer.explanation)
        }
    }

    /// In an include with its prediction or alone, and for rows in hand: the same reasons.
    @Test(arguments: Shop.dialects) func everyWayGivesTheSameReasons(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let churn = churn(shop.folder.file("models"), gated: false)
        try await shop.train(churn)
        let ready = try await churn.load(with: shop.prisma)
        let rows = try await shop.prisma.user.findMany(take: 20, include: { ($0.orders, churn.explained, churn($0).explanation) })
        for (user, orders, answer, explanation) in rows {
            let inHand = try ready.explain(RecordRow(user).with(\.orders, orders))
            #expect(inHand.prediction.probability == answer.prediction.probability)
            for other in [explanation, inHand.explanation] {
                #expect(other.total == answer.explanation.total)
                #expect(other.contributions.map(\.value) == answer.explanation.contributions.map(\.value))
            }
        }
        let quick = quick(shop.folder.file("models"))
        try await shop.train(quick)
        try await quick.load(with: shop.prisma)
        #expect(try quick.explain(rows[0].0).explanation.contributions.count == quick.definition.features.count)
        // Orders are not at hand.
        #expect(throws: PredictorError.self) { try churn.explain(rows[0].0) }
    }

    private func check(_ explanation: Explanation) {
        for contribution in explanation.contributions {
            let names = [contribution.feature + "=", contribution.feature + "~"]
            let own = explanation.columns.filter { column in
                column.feature == contribution.feature || names.contains { column.feature.hasPrefix($0) }
            }
            #expect(!own.isEmpty)
            #expect((own.reduce(0) { $0 + $1.value } - contribution.value).magnitude < 1e-9)
        }
    }

    @Test(arguments: Shop.dialects) func rowsWithPredictionsShowTheirOwnFields(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let churn = churn(shop.folder.file("models"))
        _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        let one = try #require(try await shop.prisma.user.withML(churn).findUnique(where: { $0.id == 7 }))
        #expect(one.email.hasPrefix("u7@"))
        let many = try await shop.prisma.user.withMLMany(churn, churn.explained, where: { $0.id <= 9 }, orderBy: { $0.id.ascending })
        #expect(many[6].ml.0.probability == one.ml.probability)
        #expect(many[6].ml.1.prediction.probability == one.ml.probability)
        #expect(many.map(\.id) == Array(1...9))
        let later = try await shop.prisma.user.withMLMany(churn, orderBy: { $0.id.ascending }, take: 3, skip: 1, cursor: { $0.id == 7 })
        #expect(later.map(\.id) == [8, 9, 10] && later[0].ml.probability == many[7].ml.0.probability)
    }
}
