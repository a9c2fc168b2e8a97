import Foundation
import PrisML
import Prisma
import PrismaSchema
import ShopClient
import TestSupport
import Testing

@testable import PrisMLTraining

/// What is held out teaches nothing: no model, no moment to stop, no threshold, no encoding.
@Suite struct UnseenRowsTests {
    /// With everything that a training chooses by itself.
    private static func choosing(_ shop: Shop) -> Predictor<User, Bool> {
        Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            Feature("daysSinceLogin", user.lastLoginAt.days(until: .now), nulls: .median)
            Feature("visits", user.visits)
            Feature("mailbox", user.email.part(after: "@"), .targetMean(smoothing: 5))
            Feature("name", user.name, .tfidf(maxFeatures: 5), nulls: .mostFrequent)
            Feature("plan", user.plan)
        }
        .algorithm(.gradientBoostedTrees(rounds: 60, depth: 3, earlyStopping: 5)).threshold(.largestF1).classWeights(.balanced)
        // By key, so that other labels change no share.
        .splitChronologically { $0.id }
        .stored(in: shop.folder.file("models"))
    }

    private static func prepared(_ definition: PredictorDefinition, _ shop: Shop) async throws -> (ExtractedRows, PreparedRows) {
        let rows = try await ExtractedRows.read(definition, from: shop.prisma.engine, limit: nil, progress: { _, _ in })
        return (rows, try PreparedRows(rows, definition, schema: shop.prisma.engine.schema))
    }

    @Test(arguments: Shop.dialects) func `Other rows held out give the same model`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(400)
        let churn = Self.choosing(shop)
        let run = TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store)
        let first = try await run.run()
        let firstHeldOut = try await Self.firstHeldOut(churn.definition, shop)

        // Everything about the rows held out is another.
        for (leaves, isLow) in [(true, true), (false, false)] {
            try await shop.prisma.user.updateMany(
                where: { $0.id >= firstHeldOut && $0.isChurned != nil && ($0.visits <= 20) == isLow }
            ) { $0.isChurned = leaves }
        }
        try await shop.prisma.user.updateMany(where: { $0.id >= firstHeldOut }) {
            $0.plan = .free
            $0.lastLoginAt = Shop.day(-1000)
            $0.name = "held out out out"
        }
        let second = try await run.run()
        #expect(second.rows == first.rows && second.evaluation != first.evaluation)
        #expect(second.threshold == first.threshold && second.rounds == first.rounds)
        #expect(try #require(second.artifact).modelBytes == first.artifact?.modelBytes)
        #expect(second.artifact?.metadata["encoders"] == first.artifact?.metadata["encoders"])
    }

    /// Another label of a row that is trained on gives another model, so that the comparison above says something.
    @Test func `Other rows trained on give another model`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(400)
        let churn = Self.choosing(shop)
        let run = TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store)
        let first = try #require(try await run.run().artifact)
        try await shop.prisma.user.updateMany(where: { $0.id < 60 && $0.isChurned != nil }) { $0.isChurned = false }
        #expect(try #require(try await run.run().artifact).modelBytes != first.modelBytes)
    }

    /// The key of the first row that is held out by `splitChronologically { $0.id }`.
    private static func firstHeldOut(_ definition: PredictorDefinition, _ shop: Shop) async throws -> Int {
        let (rows, prepared) = try await prepared(definition, shop)
        return Int(try #require(prepared.split.holdout.map { rows.places[$0] }.min()))
    }

    /// What an encoding says of a row that is trained on comes from other rows.
    @Test func `Target means are fitted out of fold`() async throws {
        let shop = try await Shop.make(.sqlite)
        // Each mailbox is one of two rows with the same label: a mean with the row's own label would tell it.
        try await shop.prisma.user.createMany(
            (0..<400).map { .init(email: "\($0)@\($0 / 2).com", visits: $0 % 5, isChurned: $0 / 2 % 2 == 0) })
        let definition = Predictor("p", on: User.self, predicting: \.isChurned) { user in
            Feature("mailbox", user.email.part(after: "@"), .targetMean(smoothing: 0))
            Feature("visits", user.visits)
        }.definition
        let (_, prepared) = try await Self.prepared(definition, shop)
        let training = try prepared.trainingRows()
        let served = try prepared.rows(prepared.split.training)
        #expect(training.labels == served.labels && training.features.column(1) == served.features.column(1))
        // In the full fit the mean of one's own mailbox is the label.
        #expect(served.features.column(0) == served.labels)
        // Out of fold a row whose twin is elsewhere has the mean of all others.
        let own = training.features.column(0)
        let unknown = zip(own, training.labels).count { $0 != $1 }
        #expect(unknown > own.count / 4)
        #expect(own.allSatisfy { (0...1).contains($0) })
        // The same rows give the same numbers.
        #expect(try prepared.trainingRows() == training)
    }

    @Test func `A class weighs what its name says`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(300)
        let predictor = churn(shop.folder.file("models"), gated: false).classWeights(.named(["true": 3]))
        let (_, prepared) = try await Self.prepared(predictor.definition, shop)
        let run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
        let request = try run.request(prepared, try prepared.rows(prepared.split.holdout))
        #expect(request.training.weights == request.training.labels.map { $0 == 1 ? 3 : 1 })
        let heavy = try #require(try await run.run().artifact)
        let equal = try #require(
            try await TrainingRun(
                predictor.classWeights(.equal).definition, engine: shop.prisma.engine, store: predictor.store
            ).run().artifact)
        #expect(heavy.modelBytes != equal.modelBytes)
        // The rarer class is answered more often when it weighs more.
        let answered = try await shop.prisma.user.findMany(include: predictor).count { $0.1.label }
        #expect(answered > (try await shop.prisma.user.count(where: { $0.isChurned == true })))
    }

    @Test(arguments: Shop.dialects) func `A condition leaves rows out of the training and of nothing else`(dialect: SQLDialect) async throws
    {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        try await shop.prisma.user.updateMany(where: { $0.id > 200 }) { $0.isActive = false }
        let some = churn(shop.folder.file("models"), gated: false).trained { $0.isActive }
        let outcome = try await TrainingRun(some.definition, engine: shop.prisma.engine, store: some.store).run()
        #expect(outcome.rows.total == 180)
        // What the others hold is of no matter.
        try await shop.prisma.user.updateMany(where: { $0.id > 200 }) {
            $0.visits = 7
            $0.isChurned = true
        }
        let again = try await TrainingRun(some.definition, engine: shop.prisma.engine, store: some.store).run()
        #expect(again.artifact?.version == outcome.artifact?.version)
        #expect(try await shop.prisma.user.findMany(include: some).count == 300)
    }

    /// Rows without a group have nothing in common, and are not all on one side.
    @Test(arguments: Shop.dialects) func `Rows without a group are groups of their own`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany(
            (1...200).map {
                .init(email: "\($0)", id: $0, visits: $0 % 9, isChurned: $0 % 2 == 0, referrerId: $0 > 150 ? $0 % 10 + 1 : nil)
            })
        let definition = Predictor("p", on: User.self, predicting: \.isChurned) { Feature("visits", $0.visits) }
            .splitGrouped { $0.referrerId }.definition
        let (rows, prepared) = try await Self.prepared(definition, shop)
        #expect(Set(rows.groups).count == 150 + 10)
        for part in [prepared.split.training, prepared.split.validation, prepared.split.holdout] {
            #expect(part.count { $0 < 150 } > 10)
        }
    }

    @Test func `Numbers that are not finite are counted with their column`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.prisma.user.createMany(
            (1...100).map {
                .init(email: "\($0)", id: $0, visits: $0, totalSpent: $0 % 10 == 0 ? 1e300 : Double($0), isChurned: $0 % 2 == 0)
            })
        func message<Label>(_ predictor: Predictor<User, Label>) async -> String {
            let error = await #expect(throws: TrainingError.self) {
                _ = try await TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store).run()
            }
            return error.map(String.init(describing:)) ?? ""
        }
        let feature = await message(
            Predictor("p", on: User.self, predicting: \.isChurned) { Feature("spent", $0.totalSpent) }
                .stored(in: shop.folder.file("models")))
        #expect(feature.contains("feature 'spent': ") && feature.contains(" rows hold an infinite number"), "\(feature)")
        let label = await message(
            Predictor("p", on: User.self, predicting: \.totalSpent) { Feature("visits", $0.visits) }
                .stored(in: shop.folder.file("models")))
        #expect(label.contains("the label: ") && label.contains(" rows have a label that is not finite"), "\(label)")
    }
}
