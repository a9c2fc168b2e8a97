import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// A Python with scikit-learn and skl2onnx, if there is one here: `PRISML_PYTHON` names it.
private let python = PythonEnvironment(named: ProcessInfo.processInfo.environment["PRISML_PYTHON"])

@Sendable private func hasPython() async -> Bool { (try? await python.find()) != nil }

/// Predictors that one's own Python script trains.
@Suite struct PythonScriptTests {
    static let vote = """
        from sklearn.ensemble import VotingClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.naive_bayes import GaussianNB
        from sklearn.neural_network import MLPClassifier

        def train(x, y, request):
            seed = request["seed"]
            parts = [("a", LogisticRegression()), ("b", GaussianNB()), ("c", MLPClassifier([6], max_iter=50, random_state=seed))]
            return VotingClassifier(parts, voting="soft").fit(x, y.astype(int))
        """

    static func predictor(_ shop: Shop) -> Predictor<User, Bool> {
        Predictor("voted", on: User.self, predicting: \.isChurned) { user in
            Feature("daysSinceLogin", user.lastLoginAt.days(until: .now) ?? 0)
            Feature("orders", user.orders.count)
        }
        .algorithm(.python(script: "vote.py")).stored(in: shop.folder.file("models"))
    }

    static func run(_ shop: Shop) -> TrainingRun {
        var run = TrainingRun(predictor(shop).definition, engine: shop.prisma.engine, store: predictor(shop).store)
        run.folder = shop.folder.path
        run.trainer = TrainerChoice(environment: python)
        return run
    }

    @Test func aScriptThatIsNotThereIsToldBeforeARowIsRead() async throws {
        let shop = try await Shop.make(.sqlite)
        let error = await #expect(throws: PredictorError.self) { try await Self.run(shop).run() }
        #expect(error?.code == .invalidDefinition)
        #expect(error?.message == "the script vote.py cannot be read")
    }

    @Test func aChangedScriptMakesTheArtifactStale() async throws {
        let shop = try await Shop.make(.sqlite)
        let (definition, schema) = (Self.predictor(shop).definition, shop.prisma.engine.schema)
        try Data((Self.vote).utf8).write(to: URL(filePath: shop.folder.file("vote.py")))
        let script = try #require(definition.algorithm.script(in: shop.folder.path))
        let artifact = try Self.predictor(shop).store.write(
            name: "voted", model: [], metadata: ["script": .string(script.hash)], definition: definition, schema: schema, run: [:],
            report: "")
        #expect(artifact.differences(from: definition, schema: schema, folder: shop.folder.path) == [])
        try Data((Self.vote + "# changed\n").utf8).write(to: URL(filePath: shop.folder.file("vote.py")))
        #expect(artifact.differences(from: definition, schema: schema, folder: shop.folder.path) == ["the script vote.py changed"])
        // Where only predictions are made, nobody needs the script.
        #expect(artifact.differences(from: definition, schema: schema, folder: "/nowhere") == [])
        let renamed = Self.predictor(shop).algorithm(.python(script: "other.py")).definition
        #expect(artifact.differences(from: renamed, schema: schema, folder: "/nowhere").count == 1)
    }

    @Test(.enabled("no Python has scikit-learn and skl2onnx", hasPython)) func estimatorsThatVoteAreServed() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(300)
        try Data((Self.vote).utf8).write(to: URL(filePath: shop.folder.file("vote.py")))
        let outcome = try await Self.run(shop).run()
        #expect(try #require(outcome.parity.largest) < 1e-5)
        #expect(try #require(outcome.evaluation[.rocAUC]).value > 0.7)
        let voted = Self.predictor(shop)
        let rows = try await shop.prisma.user.findMany(include: voted)
        #expect(rows.filter { $0.0.isChurned == $0.1.label }.count > 180)
        #expect(
            try await shop.prisma.user.count(where: { voted($0).probability > 0.5 }) == rows.filter { $0.1.probability > 0.5 }.count)
    }

    static let file = """
        from sklearn.linear_model import LogisticRegression
        from skl2onnx import to_onnx
        from skl2onnx.common.data_types import FloatTensorType

        def train(x, y, request):
            model = LogisticRegression().fit(x, y.astype(int))
            inputs = [("X", FloatTensorType([None, x.shape[1]]))]
            return to_onnx(model, initial_types=inputs, options={id(model): {"zipmap": False}}).SerializeToString()
        """

    /// A file has no answers beside its own, unless the script's Python has ONNX Runtime.
    @Test(.enabled("no Python has scikit-learn and skl2onnx", hasPython)) func aFileThatWasNotComparedSaysSo() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(100)
        try Data(Self.file.utf8).write(to: URL(filePath: shop.folder.file("vote.py")))
        let artifact = try #require(try await Self.run(shop).run().artifact)
        let difference = try #require(artifact.metadata["parity"]?["largestDifference"])
        let report = try String(
            contentsOfFile: "\(Self.predictor(shop).store.folder("voted", artifact.version))/report.html", encoding: .utf8)
        #expect(report.contains("not compared") == (difference == .null))
    }
}
