import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// What stands for a null: in the columns that are trained on, and in every way of asking for predictions.
@Suite struct NullPolicyTests {
    static let numbers: [(policy: NullPolicy, imputes: Bool, value: Float)] = [
        (.missing, false, .nan), (.missing, true, 4), (.constant(-1), false, -1), (.mean, false, 4), (.median, false, 2.5),
        (.mostFrequent, false, 2),
    ]

    /// The rows that are not trained on, here the last, teach nothing.
    @Test(arguments: numbers) func `Of a number`(policy: NullPolicy, imputes: Bool, value: Float) {
        let encoder = FeatureEncoder.fitted(
            Feature("n", User.columns.visits, nulls: policy), on: .numbers([2, .nan, 2, 3, 9, 1000]), rows: [0, 1, 2, 3, 4],
            labels: [0, 1, 0, 1, 0, 1], categories: nil, imputesMissing: imputes)
        #expect(encoder.null == value || encoder.null.isNaN && value.isNaN)
    }

    static let texts: [(encoding: FeatureEncoding, policy: NullPolicy, columns: [Float])] = [
        (.oneHot(top: 2), .missing, [.nan, .nan]),
        (.oneHot(top: 2), .mostFrequent, [1, 0]),
        (.oneHot(top: 1), .mostFrequent, [1]),
        (.ordinal, .mostFrequent, [0]), (.ordinal, .constant(-1), [-1]),
        (.targetMean(smoothing: 0), .mostFrequent, [0.5]), (.targetMean(smoothing: 0), .constant(0.25), [0.25]),
        (.tfidf(maxFeatures: 2), .mostFrequent, [1, 0]),
    ]

    /// "aa" is twice among the rows, "bb" once; what is frequent among the others does not count.
    @Test(arguments: texts) func `Of a text`(encoding: FeatureEncoding, policy: NullPolicy, columns: [Float]) throws {
        var vocabulary = Vocabulary()
        let codes = ["aa", nil, "bb", "aa", "bb", "bb", "bb"].map { text in text.map { vocabulary.code($0) } ?? -1 }
        let fitted = FeatureEncoder.fitted(
            Feature("t", User.columns.name, encoding, nulls: policy), on: .categories(codes, vocabulary), rows: [0, 1, 2, 3],
            labels: [0, 1, 0, 1, 1, 1, 1], categories: nil, imputesMissing: false)
        // As the artifact has it, too.
        for encoder in [fitted, try #require(FeatureEncoder(json: try JSON(parsing: fitted.json.text)))] {
            var values = [Float](repeating: -7, count: encoder.width)
            values.withUnsafeMutableBufferPointer { encoder.encode(nil as String?, into: $0.baseAddress!) }
            #expect(values.map(\.bitPattern) == columns.map(\.bitPattern), "\(values)")
            var table = [Float](repeating: -7, count: encoder.width * codes.count)
            table.withUnsafeMutableBufferPointer {
                encoder.encode(.categories(codes, vocabulary), rows: Array(codes.indices), into: $0.baseAddress!, stride: encoder.width)
            }
            #expect(Array(table[encoder.width..<2 * encoder.width]).map(\.bitPattern) == columns.map(\.bitPattern))
        }
    }

    /// A customer without a name is answered as one with the most frequent name is, however it is asked.
    @Test(arguments: Shop.dialects) func `The most frequent text answers for a null`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        var random = RandomSequence(seed: 9)
        let names = ["ann", "ann", "bob", "eve"]
        try await shop.prisma.user.createMany(
            (1...300).map { id in
                let name = names[random.next(below: 4)]
                let leaves = random.nextUnit() < ["ann": 0.9, "bob": 0.5, "eve": 0.1][name, default: 0]
                return .init(email: "\(id)", id: id, name: id % 17 == 0 ? nil : name, isChurned: leaves)
            })
        let predictor = Predictor("named", on: User.self, predicting: \.isChurned) { user in
            Feature("name", user.name, .oneHot(top: 3), nulls: .mostFrequent)
        }
        .algorithm(.gradientBoostedTrees(rounds: 10, depth: 2)).stored(in: shop.folder.file("models"))
        _ = try await TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store).run()
        let rows = try await shop.prisma.user.findMany(include: predictor)
        let ann = try #require(rows.first { $0.0.name == "ann" }).1.probability
        let bob = try #require(rows.first { $0.0.name == "bob" }).1.probability
        #expect(ann != bob)
        #expect(rows.filter { $0.0.name == nil }.allSatisfy { $0.1.probability == ann })
        let limit = (ann + bob) / 2
        let counted = try await shop.prisma.user.count(where: { predictor($0).probability > limit })
        #expect(counted == rows.count { $0.1.probability > limit } && counted > 0)
        let ready = try await predictor.load(with: shop.prisma)
        #expect(try ready.predict(try #require(rows.first { $0.0.name == nil }).0).probability == ann)
        #expect(try ready.predict(features: ["name": .null]).probability == ann)
    }
}
