import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import Synchronization
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

    /// Gives one customer a plan that the schema does not know.
    private static func storeUnknownPlan(_ shop: Shop, _ dialect: SQLDialect) async throws {
        try await shop.prisma.engine.database.withConnection(for: .write) { connection in
            if dialect == .postgresql { try await connection.executeScript("ALTER TYPE \"Plan\" ADD VALUE 'GOLD'") }
            try await connection.executeScript("UPDATE users SET plan = 'GOLD' WHERE id = 5")
        }
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

    @Test(arguments: Shop.dialects) func staleDefinition(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        let changed = Predictor("churn", on: User.self, predicting: \.isChurned) { user in
            Feature("daysSinceLogin", user.lastLoginAt.days(until: .now))
            Feature("visits", user.visits + 1)
            Feature("credits", user.credits)
        }
        .algorithm(.gradientBoostedTrees(rounds: 30, depth: 3)).stored(in: churn.store.directory)
        let error = try #require(await Self.asking(changed, shop, expecting: .stale))
        for name in ["visits", "credits", "orders90d"] { #expect(error.message.contains(name), "\(error.message)") }
    }

    @Test(arguments: ["model.onnx", "metadata.json"], Shop.dialects) func aChangedByteIsRefused(
        file: String, dialect: SQLDialect
    ) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        let version = try #require(churn.store.versions(of: "churn").first)
        let path = "\(churn.store.directory)/churn/\(version)/\(file)"
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: path))
        let error = try #require(await Self.asking(churn, shop, expecting: .corrupt))
        #expect(error.message.contains(file), "\(error.message)")
    }

    @Test(arguments: Shop.dialects) func aMissingFileIsSaid(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        let version = try #require(churn.store.versions(of: "churn").first)
        try FileManager.default.removeItem(atPath: "\(churn.store.directory)/churn/\(version)/model.onnx")
        _ = await Self.asking(churn, shop, expecting: .file)
    }

    @Test(arguments: Shop.dialects) func anotherFormatIsSaid(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        let version = try #require(churn.store.versions(of: "churn").first)
        let path = "\(churn.store.directory)/churn/\(version)/manifest.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacing(/"formatVersion": ?\d+/, with: "\"formatVersion\": 999")
        try #require(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        _ = await Self.asking(churn, shop, expecting: .unsupportedFormat)
    }

    @Test(arguments: Shop.dialects) func anEnumThatTheRowsDoNotKeep(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect, trains: false)
        try await Self.storeUnknownPlan(shop, dialect)
        let error = await #expect(throws: PredictorError.self) {
            _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        }
        #expect(error?.code == .invalidData)
        #expect(error?.message.contains("plan") == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    /// A value that came into the enum's column later is no other value of the enum, wherever it is met.
    @Test(arguments: Shop.dialects) func aStoredValueThatTheEnumLacksIsNeverScored(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        try await Self.storeUnknownPlan(shop, dialect)
        await #expect(throws: (any Error).self) { try await shop.prisma.user.count(where: { churn($0).probability > 0.5 }) }
        let answers = try await shop.prisma.predictEach(churn, ids: [4, 5, 6])
        for (id, result) in answers.found {
            switch result {
            case .success: #expect(id != 5)
            case .failure(let error): #expect(id == 5 && error.code == .invalidData && error.message.contains("plan"))
            }
        }
        #expect(answers.found.count == 3)
        await #expect { try await shop.prisma.predict(churn, ids: [5]) } throws: { ($0 as? PredictorError)?.code == .invalidData }
    }

    /// Whatever the limit: what bounds say of the enum's own values they do not say of one that it lacks.
    @Test(arguments: Shop.dialects) func boundsDoNotHideAStoredValueThatTheEnumLacks(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect, trains: false)
        let plans = Predictor("plans", on: User.self, predicting: \.isChurned) { Feature("plan", $0.plan) }.stored(
            in: churn.store.directory)
        try await shop.train(plans)
        try await Self.storeUnknownPlan(shop, dialect)
        for limit in stride(from: 0.01, through: 0.99, by: 0.07) {
            await #expect(throws: (any Error).self) { try await shop.prisma.user.count(where: { plans($0).probability > limit }) }
            await #expect(throws: (any Error).self) { try await shop.prisma.user.findMany(where: { plans($0).probability < limit }) }
        }
    }

    /// A text where a date should be is no missing value, whichever way it is met.
    @Test func aStoredTextThatIsNoDateIsNeverScored() async throws {
        let (shop, churn) = try await Self.trained()
        try await shop.prisma.executeRaw(#"UPDATE "users" SET "lastLoginAt" = \#("yesterday") WHERE "id" = 5"#)
        let user = shop.prisma.user
        let ways: [@Sendable () async throws -> Void] = [
            { _ = try await user.findMany(include: churn) }, { _ = try await user.count(where: { churn($0).probability >= 0 }) },
            { _ = try await user.findMany(select: { churn($0).probability }) },
            { _ = try await user.findMany(orderBy: { churn($0).probability.descending }, select: { $0.id }) },
            { _ = try await user.aggregate { churn($0).probability.average } },
            { _ = try await user.groupBy({ churn($0).probability > 0.5 }) { $0.id.count } },
            { _ = try await user.updateMany(where: { $0.id == 5 && churn($0).probability >= 0 }) { $0.name = "changed" } },
            { _ = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run() },
        ]
        for (index, way) in ways.enumerated() { await #expect(throws: (any Error).self, "way \(index)") { try await way() } }
        #expect(try await user.count(where: { $0.name == "changed" }) == 0)
    }

    @Test(arguments: Shop.dialects) func aFeatureWithoutAnyValueIsSaid(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect, trains: false)
        try await shop.prisma.user.updateMany { $0.lastLoginAt = nil }
        let outcome = try await TrainingRun(churn.definition, engine: shop.prisma.engine, store: churn.store).run()
        #expect(outcome.warnings.contains { $0.hasPrefix("the feature \"daysSinceLogin\" is null in all ") })
        let kept = outcome.artifact?.metadata["warnings"]?.array?.compactMap(\.string)
        #expect(kept == outcome.warnings)
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

    /// A prediction in the condition of a write changes the rows that a query with it gives, and no others.
    @Test(arguments: Shop.dialects) func writesByPredictions(dialect: SQLDialect) async throws {
        let (shop, churn) = try await Self.trained(dialect)
        // Nothing was asked of the predictor before, so nothing is loaded yet.
        let changed = try await shop.prisma.user.updateMany(where: { churn($0).probability > 0.5 }) { $0.name = "risky" }
        #expect(changed > 0)
        let risky = try await shop.prisma.user.findMany(where: { churn($0).probability > 0.5 }, orderBy: { $0.id.ascending }).map(\.id)
        #expect(try await shop.prisma.user.findMany(where: { $0.name == "risky" }, orderBy: { $0.id.ascending }).map(\.id) == risky)
        #expect(risky.count == changed)
        let returned = try await shop.prisma.user.updateManyAndReturn(where: { churn($0).probability > 0.5 && $0.id < 50 }, limit: 3) {
            $0.name = "first"
        }
        #expect(returned.map(\.id).sorted() == Array(risky.prefix(3)) && returned.allSatisfy { $0.name == "first" })
        let id = try #require(risky.last)
        let safe = try #require(try await shop.prisma.user.findFirst(where: { churn($0).probability <= 0.5 })).id
        #expect(try await shop.prisma.user.update(where: { $0.id == id && churn($0).probability > 0.5 }) { $0.name = "one" }.name == "one")
        await #expect(throws: PrismaError.self) {
            try await shop.prisma.user.update(where: { $0.id == safe && churn($0).probability > 0.5 }) { $0.name = "one" }
        }
        // With rows of a relation written beside.
        let nested = try await shop.prisma.user.update(where: { $0.id == id && churn($0).probability > 0.5 }) {
            $0.orders.updateMany { $0.note = "seen" }
        }
        #expect(nested.id == id)
        let inTransaction = try await shop.prisma.transaction { tx in
            try await tx.user.deleteMany(where: { churn($0).probability > 0.5 && $0.id != id }, limit: 2)
        }
        #expect(inTransaction == 2)
        #expect(try await shop.prisma.user.count(where: { $0.id.isIn(Array(risky.prefix(2))) }) == 0)
    }

    /// Another transaction changes a row after it was scored: it is looked at as it is then, as a condition of the database's own would be.
    @Test func aRowThatChangesMeanwhileIsLookedAtAgain() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        let (shop, churn) = try await Self.trained(.postgresql)
        let high = try await shop.prisma.user.findMany(where: { churn($0).probability > 0.5 }, orderBy: { $0.id.ascending }).map(\.id)
        let moved = try #require(high.first)
        // The other transaction holds the row while the first one scores, and lets go of it when the first one waits for it.
        let write = Mutex<Task<Int, any Error>?>(nil)
        try await shop.prisma.transaction { tx in
            try await tx.user.update(where: { $0.id == moved }) { $0.lastLoginAt = Shop.clock }
            try await tx.order.createMany((0..<6).map { _ in .init(total: 90, userId: moved, createdAt: Shop.day(-1)) })
            write.withLock {
                $0 = Task { try await shop.prisma.user.updateMany(where: { churn($0).probability > 0.5 }) { $0.name = "risky" } }
            }
            for _ in 0..<2000 where try await !Self.isWaiting(shop) { try await Task.sleep(for: .milliseconds(5)) }
        }
        let changed = try await write.withLock { $0 }?.value
        try #require(try await shop.prisma.user.count(where: { $0.id == moved && churn($0).probability > 0.5 }) == 0)
        #expect(changed == high.count - 1)
        #expect(try await shop.prisma.user.findUnique(where: { $0.id == moved })?.name == nil)
    }

    /// A change of at most so many rows is one of so many rows, also where another transaction changed one that was chosen.
    @Test func aLimitIsFilledAgain() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        let (shop, churn) = try await Self.trained(.postgresql)
        let high = try await shop.prisma.user.findMany(where: { churn($0).probability > 0.5 }, orderBy: { $0.id.ascending }).map(\.id)
        try #require(high.count > 5)
        let write = Mutex<Task<Int, any Error>?>(nil)
        try await shop.prisma.transaction { tx in
            try await tx.user.update(where: { $0.id == high[1] }) { $0.lastLoginAt = Shop.clock }
            try await tx.order.createMany((0..<6).map { _ in .init(total: 90, userId: high[1], createdAt: Shop.day(-1)) })
            write.withLock {
                $0 = Task { try await shop.prisma.user.updateMany(where: { churn($0).probability > 0.5 }, limit: 3) { $0.name = "risky" } }
            }
            for _ in 0..<2000 where try await !Self.isWaiting(shop) { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(try await write.withLock { $0 }?.value == 3)
        let named = try await shop.prisma.user.findMany(where: { $0.name == "risky" }, orderBy: { $0.id.ascending }).map(\.id)
        #expect(named == [high[0], high[2], high[3]])
    }

    /// Two writers who change more rows than one statement names wait for each other, and not for good.
    @Test func writersOfManyRowsWaitForEachOther() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        let shop = try await Shop.make(.postgresql)
        let visits = visiting(shop.folder.file("models"))
        try await shop.fill(100)
        try await shop.train(visits)
        try await shop.prisma.user.createMany(
            (1000..<10_000).map { (id: Int) in User.Create(email: "u\(id)@a.com", id: id, visits: id % 7) })
        try await withThrowingTaskGroup(of: Int.self) { group in
            for name in ["a", "b", "c"] {
                group.addTask {
                    try await shop.prisma.user.updateMany(where: { visits($0).score > -1e9 && $0.id >= 1000 }) { $0.name = name }
                }
            }
            for try await count in group { #expect(count == 9000) }
        }
    }

    /// Whether a statement waits for a lock.
    private static func isWaiting(_ shop: Shop) async throws -> Bool {
        try await shop.prisma.engine.database.withConnection(for: .read) { connection in
            try await connection.query(
                SQLStatement("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
            ) { rows in
                guard var row = try rows.next() else { return false }
                return try row.int() > 0
            }
        }
    }
}
