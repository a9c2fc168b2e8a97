import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// A value of an enum that no row has is no class: what is measured of the others is measured.
@Suite struct UnusedClassTests {
    /// Customers whose plan follows their visits, of all plans but those that are left out.
    private static func shop(_ dialect: SQLDialect, without left: Set<Plan>) async throws -> Shop {
        let shop = try await Shop.make(dialect)
        var random = RandomSequence(seed: 3)
        let plans = Plan.allCases.filter { !left.contains($0) }
        try await shop.prisma.user.createMany(
            (0..<200).map { index in
                let place = random.next(below: UInt32(plans.count))
                return .init(email: "\(index)", visits: place * 10 + random.next(below: 14), plan: plans[place])
            })
        return shop
    }

    private static func plan(_ shop: Shop) -> Predictor<User, Plan> {
        Predictor("plan", on: User.self, predicting: \.plan) { Feature("visits", $0.visits) }
            .algorithm(.gradientBoostedTrees(rounds: 10, depth: 2)).stored(in: shop.folder.file("models"))
            .gate(.rocAUC, atLeast: 0.6).gate(.f1, atLeast: 0.6)
    }

    @Test(arguments: Shop.dialects) func `Two values of three are two classes`(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect, without: [.pro])
        let plan = Self.plan(shop)
        let outcome = try await TrainingRun(plan.definition, engine: shop.prisma.engine, store: plan.store).run()
        #expect(outcome.passed, "\(outcome.gates)")
        #expect(outcome.artifact?.metadata["classes"] == ["FREE", "enterprise_plan"])
        #expect(outcome.artifact?.metadata["task"] == "binary")
        let rows = try await shop.prisma.user.findMany(include: plan)
        #expect(Set(rows.map(\.1.label)) == [.free, .enterprise])
        #expect(rows.filter { $0.0.plan == $0.1.label }.count > 140)
        // The probability is that of the second class, in the schema's order.
        #expect(rows.allSatisfy { ($0.1.label == .enterprise) == ($0.1.probability >= 0.5) })
    }

    @Test func `All values are classes where all are used`() async throws {
        let shop = try await Self.shop(.sqlite, without: [])
        let plan = Self.plan(shop)
        let outcome = try await TrainingRun(plan.definition, engine: shop.prisma.engine, store: plan.store).run()
        #expect(outcome.passed, "\(outcome.gates)")
        #expect(outcome.artifact?.metadata["classes"] == ["FREE", "PRO", "enterprise_plan"])
    }
}
