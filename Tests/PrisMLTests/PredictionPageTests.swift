import Foundation
import ONNX
import Prisma
import ShopClient
import TestSupport
import Testing

@testable import PrisML

/// Pages of rows in the order of their predictions, at their limits.
@Suite struct PredictionPageTests {
    /// A model of which each row is known by its score: a customer's visits, and zeros for the other columns.
    private static func predictor(_ shop: Shop, columns: Int = 1) throws -> Predictor<User, Double> {
        let predictor = Predictor("visits", on: User.self, predicting: \.totalSpent) { user in
            Feature("visits", user.visits)
            for place in 1..<max(columns, 1) { Feature("f\(place)", user.visits * place) }
        }.stored(in: shop.folder.file("models"))
        let weights = [1] + [Float](repeating: 0, count: max(columns, 1) - 1)
        try predictor.write(
            try PipelineBuilder(columns: max(columns, 1)).linearRegressor(coefficients: [weights], intercepts: [0]),
            predictor.definition.features.map { FeatureEncoder(feature: $0.name, method: .number, null: 0) }, classes: [],
            schema: shop.prisma.engine.schema)
        return predictor
    }

    private static func shop(_ dialect: SQLDialect) async throws -> Shop {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany((1...12).map { (id: Int) in User.Create(email: "u\(id)@a.com", id: id, visits: id * 5 % 12) })
        return shop
    }

    @Test(arguments: Shop.dialects) func anyNumberMayBeTaken(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let visits = try Self.predictor(shop)
        for take in [Int.max, .max - 1, 1 << 62, 1 << 41, .min + 1] {
            for skip in [nil, 2, .max] as [Int?] {
                let rows = try await shop.prisma.user.findMany(
                    where: { visits($0).score >= 0 }, orderBy: { visits($0).score.ascending }, take: take, skip: skip)
                #expect(rows.count == (skip == nil ? 12 : skip == 2 ? 10 : 0), "take \(take), skip \(String(describing: skip))")
            }
        }
    }

    @Test(arguments: Shop.dialects) func aCursorThatIsGoneLeadsNowhere(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let visits = try Self.predictor(shop)
        let user = shop.prisma.user
        #expect(
            try await user.findMany(where: { visits($0).score >= 0 }, orderBy: { $0.id.ascending }, take: 5, cursor: { $0.id == 99 })
                .isEmpty)
        #expect(try await user.findMany(orderBy: { visits($0).score.descending }, take: 5, cursor: { $0.id == 99 }).isEmpty)
        #expect(try await user.findMany(orderBy: { visits($0).score.descending }, cursor: { $0.id == 99 }, include: visits).isEmpty)
        let all = try await user.findMany(orderBy: { visits($0).score.descending }).map(\.id)
        let page = try await user.findMany(orderBy: { visits($0).score.descending }, take: 3, skip: 1, cursor: { $0.id == all[4] })
        #expect(page.map(\.id) == Array(all[5..<8]))
    }

    /// SQLite passes 127 arguments to a function at most; more columns than that are computed beside it.
    @Test(arguments: [127, 128, 300], Shop.dialects) func aModelMayHaveAnyNumberOfColumns(columns: Int, dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let visits = try Self.predictor(shop, columns: columns)
        let user = shop.prisma.user
        #expect(try await user.count(where: { visits($0).score > 5 }) == 6)
        #expect(try await user.findMany(where: { visits($0).score > 5 && $0.id > 6 }).count == 3)
        #expect(Set(try await user.findMany(select: { visits($0).score })) == Set((0..<12).map(Double.init)))
        #expect(try await user.findMany(orderBy: { visits($0).score.descending }, take: 2, include: visits).map(\.1.score) == [11, 10])
        #expect(try await user.updateMany(where: { visits($0).score > 9 }) { $0.name = "often" } == 2)
    }
}
