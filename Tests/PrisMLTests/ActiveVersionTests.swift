import Foundation
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisML
@testable import PrisMLTraining

/// What a new version is compared with: the one that answers, on the same rows.
@Suite struct ActiveVersionTests {
    private static func predictor(_ shop: Shop) -> Predictor<User, Bool> {
        Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
            Feature("visits", user.visits)
        }
        .algorithm(.gradientBoostedTrees(rounds: 10, depth: 2))
        .threshold(.largestF1)
        .gate(.improvesOnActive)
        .stored(in: shop.folder.file("prisml/models"))
    }

    private static func run(
        _ predictor: Predictor<User, Bool>, _ shop: Shop, limit: Int? = nil, warnings: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> TrainingRun.Outcome {
        var run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
        run.limit = limit
        run.progress = { if case .warning(let text) = $0 { warnings(text) } }
        return try await run.run()
    }

    @Test(arguments: Shop.dialects) func itIsMeasuredOnTheSameRowsByItsOwnThreshold(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let predictor = Self.predictor(shop)
        let first = try await Self.run(predictor, shop, limit: 80)
        guard case .none = first.active else { return #expect(Bool(false), "nothing was trained before") }
        #expect(first.passed)
        let version = try #require(first.artifact?.version)
        let active = try LoadedPredictor(predictor.store.read("churn", version: version), of: predictor.definition)

        let second = try await Self.run(predictor, shop)
        guard case .measured(let evaluation, version) = second.active else {
            return #expect(Bool(false), "\(second.active)")
        }
        // The rows held out, asked one by one.
        let engine = shop.prisma.engine
        let rows = try await ExtractedRows.read(predictor.definition, from: engine, limit: nil) { _, _ in }
        let prepared = try PreparedRows(rows, predictor.definition, schema: engine.schema)
        var right = 0
        for row in prepared.split.holdout {
            let scores = try active.scores(FeatureMatrix(rows.columns, active.encoders, rows: [row]).values)
            if Float(active.predictedClass(scores) ?? -1) == prepared.labels[row] { right += 1 }
        }
        #expect(evaluation.rows == prepared.split.holdout.count)
        #expect(evaluation[.accuracy]?.value == Double(right) / Double(evaluation.rows))
        let gate = try #require(second.gates.first)
        #expect(gate.wanted == evaluation[.logLoss]?.value && gate.passes == (second.evaluation[.logLoss]?.value ?? 9 < gate.wanted ?? 0))
    }

    @Test(arguments: Shop.dialects) func itIsTheOneThatAnswersAndNotTheNewest(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let predictor = Self.predictor(shop)
        let first = try #require(try await Self.run(predictor, shop, limit: 80).artifact?.version)
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        try await registry.adopt([first], answering: first, of: "churn", by: "ann")
        let second = try #require(try await Self.run(predictor, shop, limit: 200).artifact?.version)
        #expect(try await registry.versions(of: "churn").map(\.state) == [.active, .pending] && second != first)
        guard case .measured(_, first) = try await Self.run(predictor, shop).active else {
            return #expect(Bool(false), "the newest was taken for the active one")
        }
    }

    /// A gate that has nothing to compare with is not passed in silence.
    @Test func whatCannotBeComparedFailsTheGate() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(300)
        let predictor = Self.predictor(shop)
        let version = try #require(try await Self.run(predictor, shop).artifact?.version)
        let other = Predictor("churn", on: User.self, predicting: \.isChurned) { Feature("visits", $0.visits) }
            .gate(.improvesOnActive).stored(in: predictor.store.directory)
        // Another definition is held to what the old one reached.
        let changed = try await Self.run(other, shop)
        let reached = try predictor.store.read("churn", version: version).metadata["metrics"]?["logLoss"]?["value"]?.double
        let gate = try #require(changed.gates.first)
        #expect(gate.relation == "below what \(version) reached on its own rows," && gate.wanted == reached && gate.obstacle == nil)
        #expect(gate.passes == (try #require(changed.evaluation[.logLoss]?.value) < reached ?? 0))

        let model = "\(predictor.store.directory)/churn/\(version)/model.onnx"
        try Data("damaged".utf8).write(to: URL(filePath: model))
        let damaged = try await Self.run(predictor, shop)
        #expect(!damaged.passed && damaged.gates.first?.obstacle?.contains("model.onnx is not the file that was trained") == true)
    }

    @Test func anotherSeedIsWarnedOfAndLeavesNoTrace() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(300)
        let predictor = Predictor("churn", on: User.self, predicting: \.isChurned) { Feature("visits", $0.visits) }
            .stored(in: shop.folder.file("models"))
        let alone = try await Self.run(predictor.seed(2).stored(in: shop.folder.file("alone")), shop)
        _ = try await Self.run(predictor, shop)
        let warnings = Mutex<[String]>([])
        let second = try await Self.run(predictor.seed(2), shop) { text in warnings.withLock { $0.append(text) } }
        #expect(warnings.withLock { $0 }.contains { $0.contains("was trained with another seed") })
        #expect(second.artifact?.metadata == alone.artifact?.metadata)
    }
}
