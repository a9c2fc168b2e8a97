import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Features that Swift code computes: the same wherever they are asked for.
@Suite struct ComputedFeatureTests {
    static func coded(_ folder: String, version: Int = 1) -> Predictor<User, Bool> {
        predictor(folder) { user in
            Feature("weight", reading: user.visits, user.lastLoginAt, user.orders.count, version: version) { visits, login, orders in
                login.map { Double(visits) * 2 + Double(orders) - $0.timeIntervalSince1970 / 86_400 }
            }
        }
    }

    static func written(_ folder: String) -> Predictor<User, Bool> {
        predictor(folder) { user in
            Feature(
                "weight",
                user.visits.double * 2 + user.orders.count.double
                    - RowExpression<Date>(Date(timeIntervalSince1970: 0)).days(until: user.lastLoginAt))
        }
    }

    private static func predictor(_ folder: String, _ weight: (User.Columns) -> Feature) -> Predictor<User, Bool> {
        Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            weight(user)
            Feature("plan", user.plan)
        }
        .algorithm(.gradientBoostedTrees(rounds: 20, depth: 3)).stored(in: folder)
    }

    @Test(arguments: Shop.dialects) func codeAndExpressionGiveTheSameModelAndTheSameAnswers(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let engine = shop.prisma.engine
        let (coded, written) = (Self.coded(shop.folder.file("coded")), Self.written(shop.folder.file("written")))
        let models = try await [coded, written].asyncMap { predictor in
            try #require(try await TrainingRun(predictor.definition, engine: engine, store: predictor.store).run().artifact)
        }
        #expect(models[0].modelBytes == models[1].modelBytes)
        #expect(models[0].manifest.definitionHash != models[1].manifest.definitionHash)

        var options = engine.options
        options.callsFunctionsInDatabase = false
        let streaming = PrismaClient(engine: PrismaEngine(database: engine.database, schema: engine.schema, options: options))
        for prisma in [shop.prisma, streaming] {
            let expected = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: written).map(\.1.probability)
            let rows = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: coded)
            #expect(rows.map(\.1.probability) == expected)
            let middle = expected.sorted()[expected.count / 2]
            let found = try await prisma.user.findMany(
                where: { coded($0).probability > middle && $0.visits > 5 }, orderBy: { coded($0).probability.descending }, take: 12)
            let wanted = rows.filter { $0.1.probability > middle && $0.0.visits > 5 }
                .sorted { ($0.1.probability, $1.0.id) > ($1.1.probability, $0.0.id) }.prefix(12).map(\.0.id)
            #expect(found.map(\.id) == wanted && !wanted.isEmpty)
            let explained = try await prisma.user.findMany(where: { $0.id <= 5 }, include: coded.explained)
            #expect(explained.allSatisfy { Set($0.1.explanation.contributions.map(\.feature)) == ["weight", "plan"] })
        }
    }

    @Test func theVersionStandsForTheCode() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(200)
        let schema = shop.prisma.engine.schema
        let folder = shop.folder.file("models")
        let first = Self.coded(folder)
        let artifact = try #require(
            try await TrainingRun(first.definition, engine: shop.prisma.engine, store: first.store).run().artifact)
        #expect(artifact.differences(from: Self.coded(folder).definition, schema: schema) == [])
        #expect(artifact.differences(from: Self.coded(folder, version: 2).definition, schema: schema) == ["changed: weight"])
        #expect(artifact.manifest.json["schema"]?["User.lastLoginAt"]?.string == "DateTime optional")
        #expect(first.definition.readers(of: "User.visits") == "weight")
    }

    @Test func codeThatReadsNothingIsRefused() async throws {
        let shop = try await Shop.make(.sqlite)
        let lost = Predictor("lost", on: User.self, predicting: \.isChurned) { _ in Feature("one", version: 1) { 1 } }
        #expect(lost.definition.problems(in: shop.prisma.engine.schema) == ["the feature \"one\" reads nothing of the row"])
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
