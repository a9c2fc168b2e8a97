import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Texts as weighed words: the numbers that scikit-learn's TfidfVectorizer gives.
@Suite struct TextFeatureTests {
    struct Fixture: Decodable {
        struct Case: Decodable {
            var maxFeatures: Int
            var terms: [String]
            var rarities: [Double]
            var training: [[Double]]
            var others: [[Double]]
        }
        var training: [String]
        var others: [String]
        var cases: [Case]

        /// Written by scripts/make-text-fixtures.
        static func read() throws -> Fixture {
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/tfidf.json")
            return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
        }
    }

    @Test func numbersAreScikitLearns() throws {
        let fixture = try Fixture.read()
        // Rows that are held out teach nothing: here every second one, with words of its own.
        var vocabulary = Vocabulary()
        let codes = fixture.training.flatMap { [vocabulary.code($0), vocabulary.code("held out out")] }
        let rows = stride(from: 0, to: codes.count, by: 2).map { $0 }
        for expected in fixture.cases {
            let feature = Feature("text", User.columns.email, .tfidf(maxFeatures: expected.maxFeatures))
            let encoder = FeatureEncoder.fitted(
                feature, on: .categories(codes, vocabulary), rows: rows, labels: [], categories: nil, imputesMissing: false)
            guard case .tfidf(let weights) = encoder.method else {
                Issue.record("it is no TF-IDF")
                return
            }
            #expect(weights.terms == expected.terms)
            #expect(zip(weights.rarities, expected.rarities).allSatisfy { ($0 - $1).magnitude < 1e-12 })
            #expect(encoder.columns == expected.terms.map { "text~\($0)" })
            // As the artifact has it, the encoder gives the same numbers, too.
            for encoder in [encoder, try #require(FeatureEncoder(json: try JSON(parsing: encoder.json.text)))] {
                for (texts, vectors) in [(fixture.training, expected.training), (fixture.others, expected.others)] {
                    for (text, vector) in zip(texts, vectors) {
                        var numbers = [Float](repeating: .nan, count: encoder.width)
                        numbers.withUnsafeMutableBufferPointer { encoder.encode(text, into: $0.baseAddress!) }
                        #expect(numbers.count == vector.count)
                        #expect(zip(numbers, vector).allSatisfy { ($0 - Float($1)).magnitude < 1e-6 }, "\(text)")
                    }
                }
            }
        }
    }

    static let words: [(text: String, words: [String])] = [
        ("Hello, World!", ["hello", "world"]), ("a bc d", ["bc"]), ("", []), ("snake_case kebab-case", ["snake_case", "kebab", "case"]),
        ("İZMİR ÇAY", ["zmi", "çay"]),
        ("¹² ½x", ["¹²", "½x"]), ("٣٤", ["٣٤"]), ("e\u{301}t\u{301}e", []),
    ]

    @Test(arguments: words) func wordsAreRunsOfLettersAndDigits(text: String, words: [String]) {
        #expect(TermWeights.terms(of: text) == words)
    }

    @Test(arguments: Shop.dialects) func textTrainsAndPredicts(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        var random = RandomSequence(seed: 5)
        let words = ["refund", "late", "thanks", "great", "the", "order", "again"]
        try await shop.prisma.user.createMany(
            (0..<300).map { index in
                let said = (0..<4).map { _ in words[random.next(below: 7)] }
                return .init(
                    email: "\(index)", name: index % 13 == 0 ? nil : said.joined(separator: " "),
                    isChurned: said.contains("refund") || said.contains("late"))
            })
        let churn = Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            Feature("said", user.name, .tfidf(maxFeatures: 7))
        }
        .algorithm(.gradientBoostedTrees(rounds: 30, depth: 3)).stored(in: shop.folder.file("models"))
        let outcome = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        #expect(try #require(outcome.evaluation[.rocAUC]).value > 0.85)
        let artifact = try #require(outcome.artifact)
        #expect(artifact.metadata["columns"]?.array?.count == 7)
        #expect(artifact.metadata["encoders"]?[0]?["encoding"]?["method"] == "tfidf")
        let rows = try await shop.prisma.user.findMany(include: churn)
        #expect(Double(rows.filter { $0.0.isChurned == $0.1.label }.count) / 300 > 0.85)
        let found = try await shop.prisma.user.count(where: { churn($0).probability > 0.5 })
        #expect(found == rows.filter { $0.1.probability > 0.5 }.count)
    }

    @Test func wordsAreForText() async throws {
        let shop = try await Shop.make(.sqlite)
        let wrong = Predictor("wrong", on: User.self, predicting: \.isChurned) { user in
            Feature("none", user.email, .tfidf(maxFeatures: 0))
            Feature("plan", user.plan, .tfidf(maxFeatures: 5))
            Feature("visits", user.visits, .tfidf(maxFeatures: 5))
        }
        #expect(
            wrong.definition.problems(in: shop.prisma.engine.schema) == [
                "the feature \"none\" keeps 0 words; use 1 to 4096", "the feature \"plan\" is an enum; words are for text",
                "the feature \"visits\" is a number; encodings are for text and enums",
            ])
    }
}
