import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// What an artifact says of the rows that it was trained on, and of each class.
@Suite struct MetadataTests {
    private static func metadata<Label>(
        _ predictor: Predictor<User, Label>, _ shop: Shop, limit: Int? = nil
    ) async throws -> JSON {
        var run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
        run.limit = limit
        return try #require(try await run.run().artifact).metadata
    }

    @Test(arguments: Shop.dialects) func `The window goes from row to row and from day to day`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        // Keys 3 to 102; the first two and the last have no label.
        try await shop.prisma.user.createMany(
            (1...103).map { id in
                .init(
                    email: "\(id)", id: id, visits: id * 7 % 20, lastLoginAt: Shop.day(Double(-(id * 37 % 101))),
                    isChurned: (3...102).contains(id) ? id % 3 == 0 : nil)
            })
        let churn = Predictor("churn", on: User.self, predicting: \.isChurned) { Feature("visits", $0.visits) }
            .algorithm(.gradientBoostedTrees(rounds: 3, depth: 2)).stored(in: shop.folder.file("models"))
        let plain = try await Self.metadata(churn, shop)
        #expect(plain["window"] == ["firstKey": "3", "lastKey": "102", "earliest": .null, "latest": .null])
        #expect(plain["limit"] == nil)
        let days = (3...102).map { -($0 * 37 % 101) }
        func text(_ day: Int?) -> JSON { .string(Timestamp.format(Shop.day(Double(day ?? 0)).microsecondsSince1970)) }
        let timely = try await Self.metadata(churn.asOf(\.lastLoginAt), shop)
        #expect(
            timely["window"] == ["firstKey": "3", "lastKey": "102", "earliest": text(days.min()), "latest": text(days.max())],
            "\(timely["window"]?.text ?? "")")
        let limited = try await Self.metadata(churn, shop, limit: 50)
        #expect(limited["window"]?["lastKey"] == "52" && limited["limit"] == 50)
    }

    @Test func `Each class has its own metrics`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(300)
        let plan = Predictor("plan", on: User.self, predicting: \.plan) { Feature("visits", $0.visits) }
            .algorithm(.randomForest(trees: 5, depth: 3)).stored(in: shop.folder.file("models"))
        let metadata = try await Self.metadata(plan, shop)
        let own = try #require(metadata["classMetrics"]?.object)
        #expect(Set(own.keys) == ["FREE", "PRO", "enterprise_plan"])
        let confusion = try #require(metadata["confusion"]?.array).map { $0.array?.compactMap(\.int) ?? [] }
        #expect(confusion.map(\.count) == [3, 3, 3])
        for (index, name) in ["FREE", "PRO", "enterprise_plan"].enumerated() {
            let rows = confusion[index].reduce(0, +)
            #expect(own[name]?["rows"]?.int == rows)
            #expect(own[name]?["recall"]?.double == Double(confusion[index][index]) / Double(rows))
        }
        #expect(confusion.joined().reduce(0, +) == metadata["rows"]?["holdout"]?.int)
        #expect(metadata["rounds"] == 5)
        let value = try await Self.metadata(
            Predictor("value", on: User.self, predicting: \.visits) { Feature("id", $0.id) }
                .algorithm(.linear()).stored(in: shop.folder.file("models")), shop)
        #expect(value["classMetrics"] == nil && value["confusion"] == nil && value["rounds"] == .null)
        #expect(value["trainedWith"]?.object?.keys.sorted() == ["prisml"])
        #expect(metadata["trainedWith"]?.object?.keys.sorted() == ["prisml", "xgboost"])
    }
}
