import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Labels of each type, from rows to predictions of the same type.
@Suite struct LabelTypeTests {
    /// Customers of whom everything follows from their visits.
    private static func shop(_ dialect: SQLDialect) async throws -> Shop {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany(
            (0..<120).map { index in
                let visits = index * 7 % 40
                return .init(
                    email: "\(index)", name: index % 12 == 0 ? nil : ["few", "some", "many"][min(visits / 14, 2)], visits: visits,
                    credits: Int64(visits) * 3_000, balance: Decimal(visits * 25) / 100)
            })
        return shop
    }

    private static func train<Label>(_ predictor: Predictor<User, Label>, _ shop: Shop) async throws -> [(User, Prediction<Label>)] {
        let run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
        #expect(try await run.run().artifact != nil)
        return try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: predictor)
    }

    @Test(arguments: Shop.dialects) func `Text`(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let rows = try await Self.train(
            Predictor("name", on: User.self, predicting: \.name) { Feature("visits", $0.visits) }
                .algorithm(.gradientBoostedTrees(rounds: 20, depth: 3)).stored(in: shop.folder.file("models")), shop)
        #expect(rows.count == 120 && Set(rows.map(\.1.label)) == ["few", "some", "many"])
        #expect(rows.filter { $0.0.name == $0.1.label }.count > 100)
        #expect(rows.allSatisfy { $0.1.probabilities.map(\.label).sorted() == ["few", "many", "some"] })
    }

    @Test(arguments: Shop.dialects) func `Whole numbers`(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let visits: [(User, Prediction<Int>)] = try await Self.train(
            Predictor("visits", on: User.self, predicting: \.visits) { Feature("credits", $0.credits) }
                .algorithm(.linear(l2: 0)).stored(in: shop.folder.file("models")), shop)
        #expect(visits.allSatisfy { $0.0.visits == $0.1.label && ($0.1.score - Double($0.1.label)).magnitude < 0.01 })
        let credits: [(User, Prediction<Int64>)] = try await Self.train(
            Predictor("credits", on: User.self, predicting: \.credits) { Feature("visits", $0.visits) }
                .algorithm(.linear(l2: 0)).stored(in: shop.folder.file("models")), shop)
        #expect(credits.allSatisfy { ($0.0.credits - $0.1.label).magnitude <= 1 })
    }

    @Test(arguments: Shop.dialects) func `Decimals`(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let rows: [(User, Prediction<Decimal>)] = try await Self.train(
            Predictor("balance", on: User.self, predicting: \.balance) { Feature("visits", $0.visits) }
                .algorithm(.linear(l2: 0)).stored(in: shop.folder.file("models")), shop)
        #expect(rows.allSatisfy { ($0.0.balance - $0.1.label).magnitude < 0.01 })
        #expect(Set(rows.map(\.0.balance)).count > 30)
    }

    /// A text that names a row is no class.
    @Test func `Too many texts are told`() async throws {
        let shop = try await Self.shop(.sqlite)
        let predictor = Predictor("mail", on: User.self, predicting: \.email) { Feature("visits", $0.visits) }
            .stored(in: shop.folder.file("models"))
        let error = await #expect(throws: TrainingError.self) {
            _ = try await TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store).run()
        }
        #expect(error?.code == .invalidData)
        #expect(
            error?.message
                == "the label has 120 different texts in 120 rows, which is too many to tell apart: 1000 at most, and 10 rows for each")
    }
}
