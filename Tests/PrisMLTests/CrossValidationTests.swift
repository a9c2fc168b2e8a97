import Foundation
import PrisML
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisMLTraining

@Suite struct CrossValidationTests {
    @Test func meanAndDeviationAreThoseOfTheFolds() throws {
        let evaluations = try [[0.9, 0.2, 0.8, 0.1], [0.6, 0.7, 0.2, 0.1], [0.4, 0.6, 0.9, 0.1]].map { scores in
            try Evaluation(ScoredRows(.binary, labels: [1, 0, 1, 0], scores: scores.map(Float.init)), samples: 0)
        }
        let folds = CrossValidation(evaluations)
        let values = evaluations.compactMap { $0[.accuracy]?.value }
        #expect(values == [1, 0.5, 0.5])
        #expect((try #require(folds[.accuracy]).mean - 2.0 / 3).magnitude < 1e-12)
        #expect((try #require(folds[.accuracy]).deviation - (1.0 / 12).squareRoot()).magnitude < 1e-12)
    }

    /// Every row that is not held out is measured once, by a model that has not seen it, and the model itself stays the same.
    @Test(arguments: Shop.dialects) func foldsCoverWhatIsNotHeldOut(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let plain = churn(shop.folder.file("plain"), gated: false)
        let folded = churn(shop.folder.file("folded"), gated: false).crossValidated(folds: 4)
        #expect(plain.definition.hash == folded.definition.hash)
        let engine = shop.prisma.engine
        let without = try await TrainingRun(plain.definition, engine: engine, store: plain.store).run()
        let with = try await TrainingRun(folded.definition, engine: engine, store: folded.store).run()
        #expect(without.crossValidation == nil)
        let folds = try #require(with.crossValidation)
        #expect(folds.folds == 4)
        #expect(without.artifact?.modelBytes == with.artifact?.modelBytes)
        #expect(without.evaluation == with.evaluation)
        let area = try #require(folds[.rocAUC])
        #expect(area.mean > 0.7 && area.mean < 1 && area.deviation > 0 && area.deviation < 0.2)
        #expect(with.artifact?.metadata["crossValidation"]?["metrics"]?["rocAUC"]?["mean"]?.double == area.mean)
        let report = "\(folded.store.folder("churn", try #require(with.artifact).version))/report.html"
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("4 folds"))

        // The same again gives the same again.
        #expect(
            try await TrainingRun(folded.definition, engine: engine, store: folded.store).run().artifact?.version == with.artifact?.version)
    }

    static let splits: [(name: String, predictor: Predictor<User, Bool>)] = [
        ("grouped", churn("", gated: false).splitGrouped { $0.visits }),
        ("by time", churn("", gated: false).splitChronologically { $0.id }),
        ("without validation", churn("", gated: false).split(validation: 0, holdout: 0.3)),
        ("linear", churn("", gated: false).algorithm(.logistic()).threshold(.largestF1)),
    ]

    @Test(arguments: splits) func everySplitHasFolds(name: String, predictor: Predictor<User, Bool>) async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(300)
        var run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
        run.writes = false
        run.folds = 3
        let folds = try #require(try await run.run().crossValidation)
        // By time the first part has nothing before it to be trained on.
        #expect(folds.folds == (name == "by time" ? 2 : 3))
        #expect(try #require(folds[.rocAUC]).mean > 0.6)
    }

    @Test func tooManyFoldsAreRefused() async throws {
        let shop = try await Shop.make(.sqlite)
        let problems = churn("").crossValidated(folds: 1).definition.problems(in: shop.prisma.engine.schema)
        #expect(problems == ["there are 1 folds; use 2 to 100"])
        try await shop.fill(40)
        var run = TrainingRun(churn("", gated: false).definition, engine: shop.prisma.engine, store: ArtifactStore(directory: ""))
        run.writes = false
        run.folds = 50
        let error = await #expect(throws: TrainingError.self) { try await run.run() }
        #expect(error?.code == .invalidSplit)
    }
}
