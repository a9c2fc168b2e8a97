import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

/// Each code of a `PredictorError`, and those of a `TrainingError` that rows and definitions cause, provoked as a user would.
@Suite struct ErrorCodeTests {
    /// A shop with rows, and a predictor that is trained unless said otherwise.
    private static func trained(_ dialect: SQLDialect = .sqlite, trains: Bool = true) async throws -> (Shop, Predictor<User, Bool>) {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let churn = churn(shop.folder.file("models"), gated: false)
        if trains { _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run() }
        return (shop, churn)
    }

    private static func asking(
        _ predictor: Predictor<User, Bool>, _ shop: Shop, expecting code: PredictorError.Code,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> PredictorError? {
        let error = await #expect(throws: PredictorError.self, sourceLocation: sourceLocation) {
            _ = try await shop.prisma.user.findMany(take: 1, include: predictor)
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.predictor == "churn" && error?.help?.isEmpty == false, sourceLocation: sourceLocation)
        return error
    }

    @Test(arguments: Shop.dialects) func notTrained(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect, trains: false)
        let error = await Self.asking(churn, shop, expecting: .notTrained)
        #expect(error?.help == "Run the training: `prisml train churn`.")
        // In a condition as well: a filter by nothing must not look like an answer.
        await #expect(throws: PredictorError.self) { try await shop.prisma.user.count(where: { churn($0).probability > 0.5 }) }
    }

    @Test func staleDefinition() async throws {
        let (shop, churn) = try await Self.trained()
        let changed = Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
            Feature("visits", user.visits + 1)
            Feature("credits", user.credits)
        }
        .algorithm(.gradientBoostedTrees(rounds: 30, depth: 3)).stored(in: churn.store.directory)
        let error = try #require(await Self.asking(changed, shop, expecting: .stale))
        for name in ["visits", "credits", "orders90d"] { #expect(error.message.contains(name), "\(error.message)") }
    }

    @Test(arguments: ["model.onnx", "metadata.json"]) func aChangedByteIsRefused(file: String) async throws {
        let (shop, churn) = try await Self.trained()
        let version = try #require(churn.store.versions(of: "churn").first)
        let path = "\(churn.store.directory)/churn/\(version)/\(file)"
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: path))
        let error = try #require(await Self.asking(churn, shop, expecting: .corrupt))
        #expect(error.message.contains(file), "\(error.message)")
    }

    @Test func aMissingFileIsSaid() async throws {
        let (shop, churn) = try await Self.trained()
        let version = try #require(churn.store.versions(of: "churn").first)
        try FileManager.default.removeItem(atPath: "\(churn.store.directory)/churn/\(version)/model.onnx")
        _ = await Self.asking(churn, shop, expecting: .file)
    }

    @Test func anotherFormatIsSaid() async throws {
        let (shop, churn) = try await Self.trained()
        let version = try #require(churn.store.versions(of: "churn").first)
        let path = "\(churn.store.directory)/churn/\(version)/manifest.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacing(/"formatVersion": ?\d+/, with: "\"formatVersion\": 999")
        try #require(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        _ = await Self.asking(churn, shop, expecting: .unsupportedFormat)
    }

    @Test func anEnumThatTheRowsDoNotKeep() async throws {
        let (shop, churn) = try await Self.trained(trains: false)
        try await shop.prisma.executeRaw(#"UPDATE "users" SET "plan" = \#("GOLD") WHERE "id" = 5"#)
        let error = await #expect(throws: PredictorError.self) {
            _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        }
        #expect(error?.code == .invalidData)
        #expect(error?.message.contains("plan") == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test func rowsThatTeachNothing() async throws {
        let (shop, churn) = try await Self.trained(trains: false)
        func code() async -> TrainingError.Code? {
            await #expect(throws: TrainingError.self) {
                _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
            }?.code
        }
        try await shop.prisma.user.updateMany(where: { $0.isChurned != nil }) { $0.isChurned = true }
        #expect(await code() == .invalidData)
        try await shop.prisma.user.updateMany(where: { $0.id > 0 }) { $0.isChurned = nil }
        #expect(await code() == .invalidData)
    }

    @Test func aSplitThatLeavesNothing() async throws {
        let (shop, churn) = try await Self.trained(trains: false)
        let greedy = churn.split(validation: 0.5, holdout: 0.5)
        let run = TrainingRun(greedy.definition, engine: shop.prisma.engine, store: churn.store)
        await #expect(throws: (any Error).self) { _ = try await run.run() }
        #expect(churn.store.versions(of: "churn").isEmpty)
    }

    /// A prediction in the condition of a write works, or says that it does not; it never changes other rows.
    @Test(arguments: Shop.dialects) func writesByPredictions(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        do {
            // Nothing was asked of the predictor before, so nothing is loaded yet.
            let changed = try await shop.prisma.user.updateMany(where: { churn($0).probability > 0.5 }) { $0.name = "risky" }
            #expect(changed > 0)
            #expect(try await shop.prisma.user.count(where: { churn($0).probability > 0.5 }) == changed)
            #expect(try await shop.prisma.user.count(where: { $0.name == "risky" && churn($0).probability > 0.5 }) == changed)
        } catch let error as PrismaError {
            #expect(error.code == .invalidExpression && error.help != nil, "\(error)")
            #expect(dialect == .postgresql)
            #expect(try await shop.prisma.user.count(where: { $0.name == "risky" }) == 0)
        }
    }
}
