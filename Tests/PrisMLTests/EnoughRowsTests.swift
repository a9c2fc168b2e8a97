import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Rows that are too few to mean anything are an error before anything is trained.
@Suite struct EnoughRowsTests {
    /// How many rows have each plan, and what is said; nil where they are enough.
    static let plans: [(counts: [Plan: Int], error: String?)] = [
        ([:], "no row of User has a label"),
        ([.free: 1], "1 row of User with a label is too few: a training needs 20"),
        ([.free: 3, .pro: 2], "5 rows of User with a label are too few: a training needs 20"),
        ([.free: 10, .pro: 9], "19 rows of User with a label are too few: a training needs 20"),
        ([.free: 10, .pro: 10], nil),
        ([.free: 40], "all 26 rows to train on are of one class, 'FREE'"),
        ([.free: 40, .pro: 1], "each class needs 2 rows to train on: 'PRO' has 1"),
        ([.free: 40, .pro: 2, .enterprise: 3], "each class needs 2 rows to train on: 'PRO' has 1, 'enterprise_plan' has 1"),
        ([.free: 40, .pro: 4], nil),
    ]

    @Test(arguments: plans) func `Classes need rows`(counts: [Plan: Int], error: String?) async throws {
        let shop = try await Shop.make(.sqlite)
        let plans = Plan.allCases.flatMap { Array(repeating: $0, count: counts[$0] ?? 0) }
        try await shop.prisma.user.createMany(
            plans.enumerated().map { index, plan in .init(email: "\(index)", visits: index % 7, plan: plan) })
        let predictor = Predictor("plan", on: User.self, predicting: \.plan) { Feature("visits", $0.visits) }
            .algorithm(.gradientBoostedTrees(rounds: 2, depth: 2)).stored(in: shop.folder.file("models"))
        try await Self.expect(error, of: predictor, shop)
    }

    @Test(arguments: [(19, "19 rows"), (20, nil)] as [(Int, String?)]) func `Numbers need rows`(count: Int, error: String?) async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.prisma.user.createMany(
            (0..<count).map { (index: Int) in .init(email: "\(index)", visits: index, totalSpent: Double(index)) })
        try await Self.expect(error, of: Self.spent(shop), shop)
    }

    @Test func `One number only is nothing to learn`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.prisma.user.createMany((0..<40).map { (index: Int) in .init(email: "\(index)", visits: index, totalSpent: 7) })
        try await Self.expect("all 26 rows to train on have the same label", of: Self.spent(shop), shop)
    }

    @Test func `A limit that is too low is named`() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.prisma.user.createMany(
            (0..<40).map { (index: Int) in .init(email: "\(index)", visits: index, totalSpent: Double(index)) })
        var run = TrainingRun(Self.spent(shop).definition, engine: shop.prisma.engine, store: Self.spent(shop).store)
        run.limit = 5
        let error = await #expect(throws: TrainingError.self) { _ = try await run.run() }
        #expect(error?.suggestion == "read more rows: the limit is 5")
    }

    private static func spent(_ shop: Shop) -> Predictor<User, Double> {
        Predictor("spent", on: User.self, predicting: \.totalSpent) { Feature("visits", $0.visits) }
            .algorithm(.linear()).stored(in: shop.folder.file("models"))
    }

    private static func expect<Label>(
        _ message: String?, of predictor: Predictor<User, Label>, _ shop: Shop, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let run = TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store)
        guard let message else {
            #expect(try await run.run().passed, sourceLocation: sourceLocation)
            return
        }
        let error = await #expect(throws: TrainingError.self, sourceLocation: sourceLocation) { _ = try await run.run() }
        #expect(error?.code == .invalidData && error?.suggestion?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(error?.message.contains(message) == true, "\(error.map(String.init(describing:)) ?? "")", sourceLocation: sourceLocation)
        #expect(predictor.store.versions(of: predictor.name).isEmpty, sourceLocation: sourceLocation)
    }
}
