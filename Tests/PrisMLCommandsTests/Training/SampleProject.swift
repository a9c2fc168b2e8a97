import Foundation
import PrisML
import Prisma
import ShopClient
import TestSupport

@testable import PrisMLCommands

/// A project with a database of customers who leave when they stay away, and two predictors.
struct SampleProject {
    let shop: Shop
    var predictors: [any AnyPredictor]

    init(_ dialect: SQLDialect = .sqlite, rows: Int = 300) async throws {
        shop = try await Shop.make(dialect)
        predictors = [Self.churn(in: shop), Self.value(in: shop)]
        try shop.folder.write(try Shop.schemaText(dialect), to: "prisma/schema.prisma")
        var random = SystemlessRandom(state: 11)
        try await shop.prisma.user.createMany(
            (0..<rows).map { id in
                let (days, visits, chance) = (random.unit() * 60, random.unit() * 50, random.unit())
                return .init(
                    email: "u\(id)@example.com", visits: Int(visits), plan: [.free, .pro, .enterprise][id % 3],
                    totalSpent: visits * 3 + chance * 10, lastLoginAt: Shop.day(-days),
                    isChurned: id % 10 == 0 ? nil : days + chance * 20 > 45)
            })
    }

    static func churn(in shop: Shop) -> Predictor<User, Bool> {
        Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
            Feature("visits", user.visits)
            Feature("plan", user.plan)
        }
        .algorithm(.gradientBoostedTrees(rounds: 20, depth: 2))
        .gate(.rocAUC, atLeast: 0.8)
        .stored(in: shop.folder.file("models"))
    }

    static func value(in shop: Shop) -> Predictor<User, Double> {
        Predictor("value", on: User.self, predicting: \.totalSpent) { user in
            Feature("visits", user.visits)
        }
        .algorithm(.linear())
        .stored(in: shop.folder.file("models"))
    }

    /// Runs the project's own tool.
    func run(_ line: String, variables: [String: String] = [:]) async -> ToolRun {
        var words = line.split(separator: " ").map(String.init)
        let opensDatabase = ["train", "status"].contains(words.first)
        if opensDatabase { words += ["--url", shop.url] }
        return await ToolRun(words, variables: variables, in: shop.folder.path, tool: PrisMLTool(predictors: predictors))
    }

    var versions: [String] {
        let folders = (try? FileManager.default.subpathsOfDirectory(atPath: shop.folder.file("models"))) ?? []
        return folders.filter { $0.split(separator: "/").count == 2 }.sorted()
    }
}

/// The same numbers on every machine.
struct SystemlessRandom {
    var state: UInt64

    mutating func unit() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / 9_007_199_254_740_992
    }
}
