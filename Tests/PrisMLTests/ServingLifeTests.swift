import Foundation
import ONNX
import Prisma
import PrismaMigrate
import PrismaPostgres
import PrismaSchema
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisML

/// What is loaded, when, for whom, and for how long.
@Suite struct ServingLifeTests {
    /// The score is a customer's visits times a factor, so that each version is known by its answers.
    private static func predictor(_ shop: Shop, _ folder: String = "models") -> Predictor<User, Double> {
        Predictor("visits", on: User.self, predicting: \.totalSpent) { Feature("visits", $0.visits) }.stored(in: shop.folder.file(folder))
    }

    @discardableResult
    private static func write(_ predictor: Predictor<User, Double>, factor: Float, _ shop: Shop) throws -> String {
        try predictor.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[factor]], intercepts: [0]),
            [FeatureEncoder(feature: "visits", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
    }

    private static func shop(_ dialect: SQLDialect) async throws -> Shop {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany((1...20).map { (id: Int) in User.Create(email: "u\(id)@a.com", id: id, visits: id) })
        return shop
    }

    @Test(arguments: Shop.dialects) func aVersionIsLoadedOnceHoweverManyAsk(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let predictor = Self.predictor(shop)
        try Self.write(predictor, factor: 1, shop)
        let loaded = try await withThrowingTaskGroup(of: LoadedPredictor.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: shop.prisma.engine)
                }
            }
            return try await group.reduce(into: [LoadedPredictor]()) { $0.append($1) }
        }
        #expect(loaded.count == 64 && Set(loaded.map { ObjectIdentifier($0) }).count == 1)
        // Predictors of the same definition share it, and so do queries and rows in hand.
        let same = try await Self.predictor(shop).load(with: shop.prisma)
        #expect(same.version == loaded[0].version)
        let again = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        #expect(again === loaded[0])
    }

    @Test(arguments: Shop.dialects) func memoryIsGivenBack(dialect: SQLDialect) async throws {
        weak var first: LoadedPredictor?
        weak var second: LoadedPredictor?
        do {
            let shop = try await Self.shop(dialect)
            let predictor = Self.predictor(shop)
            try Self.write(predictor, factor: 1, shop)
            let ready = try await predictor.load(with: shop.prisma)
            first = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: shop.prisma.engine)
            #expect(first != nil)
            let row = try #require(try await shop.prisma.user.findFirst())
            #expect(try ready.predict(row).score == Double(row.visits))
            #expect(try await shop.prisma.user.count(where: { predictor($0).score > 5 }) == 15)
            #expect(try await shop.prisma.user.findMany(select: { predictor($0).score }).count == 20)
            // A newer version takes its place; nothing holds the old one, neither a connection nor what predicts for rows in hand.
            let newest = try Self.write(predictor, factor: 2, shop)
            try await Self.wait {
                _ = try await shop.prisma.user.findMany(select: { predictor($0).score })
                return ready.version == newest && first == nil
            }
            #expect(first == nil)
            second = try await PredictorCache.predictor(for: predictor.definition, in: predictor.store, engine: shop.prisma.engine)
            #expect(second != nil)
            await shop.prisma.close()
        }
        // The database is gone, and with the next look at another one so is what was loaded for it.
        let other = try await Self.shop(.sqlite)
        let predictor = Self.predictor(other)
        try Self.write(predictor, factor: 3, other)
        var looks = 0
        try await Self.wait {
            looks += 1
            _ = try? await other.prisma.user.findMany(take: 1, include: Self.predictor(other, "models\(looks)"))
            return second == nil
        }
        #expect(second == nil)
    }

    @Test(arguments: Shop.dialects) func unloadingGivesMemoryBack(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let predictor = Self.predictor(shop)
        try Self.write(predictor, factor: 1, shop)
        try await predictor.load(with: shop.prisma)
        #expect(try predictor.predict(features: ["visits": 1]).score == 1)
        weak let loaded = try await PredictorCache.predictor(
            for: predictor.definition, in: predictor.store, engine: shop.prisma.engine)
        #expect(loaded != nil)
        // SQLite's connections know it now.
        #expect(try await shop.prisma.user.count(where: { predictor($0).score > 5 }) == 15)
        #expect(try await shop.prisma.user.findMany(select: { predictor($0).score }).count == 20)
        predictor.unload(with: shop.prisma)
        #expect(throws: PredictorError.self) { try predictor.predict(features: ["visits": 1]) }
        try await Self.wait {
            _ = try await shop.prisma.user.count()
            return loaded == nil
        }
        #expect(loaded == nil)
        #expect(try await shop.prisma.user.findFirst(include: predictor)?.1.score == 1)
    }

    /// Looks for at most five seconds; what fails to come is for the caller to say.
    private static func wait(until isDone: () async throws -> Bool) async throws {
        for _ in 0..<100 {
            if (try? await isDone()) == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// A new version that cannot be loaded leaves the old one answering, on every way, and that is said once.
    @Test(arguments: Shop.dialects) func aBrokenVersionLeavesTheOldOneAndIsSaid(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let notices = Mutex<[String]>([])
        var options = shop.prisma.engine.options
        options.onNotice = { notice in notices.withLock { $0.append(notice) } }
        let prisma = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        let predictor = Self.predictor(shop)
        let old = try Self.write(predictor, factor: 1, shop)
        let ready = try await predictor.load(with: prisma)
        #expect(try await prisma.user.findMany(include: predictor).allSatisfy { $0.1.version == old })
        let broken = try Self.write(predictor, factor: 2, shop)
        try Data([1, 2, 3]).write(to: URL(filePath: "\(predictor.store.folder("visits", broken))/model.onnx"))
        try await Self.wait { notices.withLock { !$0.isEmpty } }
        for _ in 0..<8 {
            #expect(try await prisma.user.findMany(include: predictor).allSatisfy { $0.1.version == old })
            #expect(try await prisma.user.count(where: { predictor($0).score > 10.5 }) == 10)
            #expect(ready.version == old)
            try await Task.sleep(for: .milliseconds(100))
        }
        let said = notices.withLock { $0 }
        #expect(said.count == 1)
        #expect(said.first?.contains("version \(old) goes on answering") == true && said.first?.contains(broken) == true, "\(said)")
        // Mended, it answers.
        let mended = try Self.write(predictor, factor: 4, shop)
        try await Self.wait { ready.version == mended }
        try await Task.sleep(for: .milliseconds(1000))
        #expect(try await prisma.user.count(where: { predictor($0).score > 10.5 }) == 18)
    }

    /// The change of the active version is served within a second, on every way, by whoever asks then.
    @Test(arguments: Shop.dialects) func aChangeIsServedWithinASecond(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let predictor = Self.predictor(shop)
        let versions = [try Self.write(predictor, factor: 1, shop), try Self.write(predictor, factor: 10, shop)]
        let registry = try #require(try await ModelRegistry.standard(for: shop.prisma.engine, store: predictor.store, creates: true))
        for version in versions { try await registry.add(version, of: "visits", by: "test", activates: true) }
        let ready = try await predictor.load(with: shop.prisma)
        let user = try await shop.prisma.user.findFirstOrThrow(where: { $0.id == 7 })
        for (version, score) in [(1, 70.0), (0, 7)] {
            try await registry.activate(versions[version], of: "visits", by: "test")
            try await Task.sleep(for: .milliseconds(1000))
            #expect(try await shop.prisma.user.findUnique(where: { $0.id == 7 }, include: predictor)?.1.score == score)
            #expect(try await shop.prisma.user.findMany(where: { predictor($0).score == score }).map(\.id) == [7])
            #expect(try await shop.prisma.predict(predictor, ids: [7]).found.map(\.prediction.score) == [score])
            // A row in hand follows in passing: it never waits.
            try await Self.wait { try ready.predict(user).score == score }
            #expect(try ready.predict(user).score == score)
        }
    }

    /// Two databases in one process have their own active versions. What `load` gave back knows whose; the predictor alone does not.
    @Test(arguments: Shop.dialects) func twoDatabasesAreToldApart(dialect: SQLDialect) async throws {
        let (first, second) = (try await Self.shop(.sqlite), try await Self.shop(dialect))
        let predictor = Self.predictor(first, "prisml/models")
        let versions = [try Self.write(predictor, factor: 1, first), try Self.write(predictor, factor: 10, first)]
        if dialect == .postgresql {
            // The registry of one lets the older version answer; the other has none.
            let registry = try #require(try await ModelRegistry.standard(for: second.prisma.engine, store: predictor.store, creates: true))
            try await registry.add(versions[0], of: "visits", by: "test", activates: true)
        }
        let ready = (try await predictor.load(with: first.prisma), try await predictor.load(with: second.prisma))
        let user = try await first.prisma.user.findFirstOrThrow(where: { $0.id == 3 })
        #expect(try ready.0.predict(user).score == 30)
        #expect(try ready.1.predict(user).score == (dialect == .postgresql ? 3 : 30))
        let error = #expect(throws: PredictorError.self) { try predictor.predict(user) }
        #expect(error?.code == .notLoaded && error?.message.contains("loaded for 2 databases") == true)
        #expect(error?.help?.contains("load(with: prisma)") == true)
        // The same database twice, or one let go of, leaves no doubt.
        predictor.unload(with: second.prisma)
        #expect(try predictor.predict(user).score == 30)
        try await predictor.load(with: first.prisma)
        #expect(try predictor.predict([user]).map(\.score) == [30])
        predictor.unload()
        #expect(throws: PredictorError.self) { try predictor.predict(user) }
    }
}

/// Errors of predictions, as one who writes an application comes by them.
@Suite struct PredictionFailureTests {
    /// A score that is no number for the customers whose visits are these.
    private static func failing(_ shop: Shop, at visits: Set<Int> = [5]) throws -> Predictor<User, Double> {
        let predictor = Predictor("failing", on: User.self, predicting: \.totalSpent) { user in
            Feature("visits", reading: user.visits, version: 1) { visits.contains($0) ? .infinity : Double($0) }
        }.stored(in: shop.folder.file("models"))
        try predictor.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0]),
            [FeatureEncoder(feature: "visits", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
        return predictor
    }

    private static func shop(_ dialect: SQLDialect) async throws -> Shop {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany((1...9).map { (id: Int) in User.Create(email: "u\(id)@a.com", id: id, visits: id) })
        return shop
    }

    /// Where several rows fail, the error is that of the first key, logged or not, and nothing is logged.
    @Test(arguments: Shop.dialects) func theFirstKeyThatFailsIsTheOneThatIsTold(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let failing = Predictor("failing", on: User.self, predicting: \.totalSpent) { user in
            Feature("visits", reading: user.visits, version: 1) { $0 == 7 ? -.infinity : .infinity }
        }.stored(in: shop.folder.file("models"))
        try failing.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0]),
            [FeatureEncoder(feature: "visits", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
        let log = PredictionLog(shop.prisma)
        let logged = failing.logged(to: log)
        let ids = [7, 1, 2, 3, 4, 5, 6, 8, 9]
        for _ in 0..<5 {
            let plain = await #expect(throws: PredictorError.self) { try await shop.prisma.predict(failing, ids: ids) }
            let told = await #expect(throws: PredictorError.self) { try await shop.prisma.predict(logged, ids: ids) }
            #expect(plain?.message.contains("-inf") == true && told?.message == plain?.message, "\(told?.message ?? "")")
        }
        #expect(log.waiting == 0 && log.dropped == 0)
    }

    /// One row of many fails: where each row stands for itself its error is beside the others' answers, elsewhere the whole fails.
    @Test(arguments: Shop.dialects) func oneRowOfManyFailsOnEveryWay(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let prisma = shop.prisma
        let failing = try Self.failing(shop)
        let ready = try await failing.load(with: prisma)
        let rows = try await prisma.user.findMany(orderBy: { $0.id.ascending })
        func check(_ results: [Result<Prediction<Double>, PredictorError>], sourceLocation: SourceLocation = #_sourceLocation) {
            let answers = results.map { try? $0.get().score }
            #expect(answers == [1, 2, 3, 4, nil, 6, 7, 8, 9], sourceLocation: sourceLocation)
            guard case .failure(let error) = results[4] else { return }
            #expect(error.code == .evaluationFailed && error.predictor == "failing" && error.help != nil, sourceLocation: sourceLocation)
        }
        check(try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: failing.perRow).map(\.1))
        check(try await prisma.user.withML(failing.perRow).findMany(orderBy: { $0.id.ascending }).map(\.ml))
        check(try await prisma.predictEach(failing, ids: rows.map(\.id)).found.map(\.result))
        check(try ready.predictEach(rows))
        check(try ready.predictEach(rows.map { RecordRow($0) }))
        check(try ready.predictEach(rows.map { User.Create(email: $0.email, visits: $0.visits) }))
        let explained = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: failing.explained.perRow)
        check(explained.map { $0.1.map(\.prediction) })
        #expect(try explained.map(\.1)[3].get().explanation.total == 4)
        let log = PredictionLog(prisma)
        try await log.createTable()
        let logged = failing.logged(to: log)
        check(try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: logged.perRow).map(\.1))
        check(try await prisma.predictEach(logged, ids: rows.map(\.id)).found.map(\.result))
        check(try logged.predictEach(rows))
        try await log.flush()
        #expect(log.dropped == 0)
        let test = try Experiment("e", split: ["control": 1, "candidate": 1], on: failing)
        let assigned = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: test.perRow)
        check(assigned.map { $0.1.map(\.prediction) })
        check(try await prisma.predictEach(test, ids: rows.map(\.id)).found.map { $0.result.map(\.prediction) })
        check(try await test.load(with: prisma).predictEach(rows).map { $0.map(\.prediction) })
        var streamed: [Result<Prediction<Double>, PredictorError>] = []
        for try await (_, result) in try prisma.user.stream(orderBy: { $0.id.ascending }, batch: 2, include: failing.perRow) {
            streamed.append(result)
        }
        check(streamed)

        let whole: [@Sendable () async throws -> Void] = [
            { _ = try await prisma.user.findMany(include: failing) },
            { _ = try await prisma.user.findMany(include: { ($0.orders, failing) }) },
            { _ = try await prisma.user.withML(failing).findMany() }, { _ = try await prisma.predict(failing, ids: [4, 5, 6]) },
            { _ = try ready.predict(rows) }, { _ = try ready.predict(rows[4]) }, { _ = try ready.explain(rows[4]) },
            { _ = try ready.predict(rows.map { RecordRow($0) }) }, { _ = try await prisma.user.findMany(include: failing.explained) },
            { _ = try await prisma.user.findMany(include: { failing($0).explanation }) },
            { _ = try await prisma.user.findMany(include: logged) }, { _ = try await prisma.predict(logged, ids: [4, 5, 6]) },
            { _ = try await prisma.user.findMany(include: test) }, { _ = try await prisma.predict(test, ids: [4, 5, 6]) },
            { for try await _ in try prisma.user.stream(include: failing) {} },
        ]
        for (index, attempt) in whole.enumerated() {
            let error = await #expect(throws: PredictorError.self, "\(index)") { try await attempt() }
            #expect(error?.code == .evaluationFailed, "\(index)")
        }
        // All or nothing: an answer that nobody was given is in no log.
        try await log.flush()
        #expect(try await prisma.predict(logged, ids: [4]).found.count == 1)
        try await log.close()
        let entries = try await prisma.engine.database.withConnection(for: .read) { connection in
            try await connection.query(SQLStatement("SELECT COUNT(*) FROM prisml_predictions")) { rows in
                guard var row = try rows.next() else { return 0 }
                return try row.int()
            }
        }
        #expect(entries == 3 * 8 + 1)
        let inQueries: [@Sendable (PrismaClient) async throws -> Void] = [
            { _ = try await $0.user.findMany(where: { failing($0).score > 2 }) },
            { _ = try await $0.user.findMany(orderBy: { failing($0).score.descending }, take: 2) },
            { _ = try await $0.user.findMany(select: { ($0.id, failing($0).score) }) },
            { _ = try await $0.user.count(where: { failing($0).score > 2 }) },
            { _ = try await $0.user.aggregate { (failing($0).score.average) } },
            { _ = try await $0.user.groupBy({ ($0.plan) }) { failing($0).score.maximum } },
            { _ = try await $0.user.count(where: { $0.referrals.some { failing($0).score > 100 } }) },
            { _ = try await $0.user.updateMany(where: { failing($0).score > 2 }) { $0.name = "x" } },
            { _ = try await $0.user.deleteMany(where: { failing($0).score > 2 }) },
            { for try await _ in try $0.user.stream(where: { failing($0).score > 2 }) {} },
        ]
        try await prisma.user.updateMany(where: { $0.id > 1 }) { $0.referrerId = 1 }
        for (index, query) in inQueries.enumerated() {
            let error = await #expect(throws: PrismaError.self, "\(index)") { try await query(prisma) }
            #expect(error?.code.rawValue == PredictorError.Code.evaluationFailed.rawValue, "\(index): \(String(describing: error))")
        }
        #expect(try await prisma.user.findMany(where: { $0.name == "x" }).isEmpty)
        #expect(try await prisma.user.count() == 9)
        // The row alone is at fault: conditions that leave it out before work.
        #expect(try await prisma.user.count(where: { $0.id != 5 && failing($0).score > 2 }) == 6)
    }

    /// A row whose answer is a number, but whose reasons are none, has none: an infinite feature is certain of its class and adds infinity.
    @Test(arguments: Shop.dialects) func aRowThatFailsHasNoReasons(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let prisma = shop.prisma
        let sure = Predictor("sure", on: User.self, predicting: \.isChurned) { user in
            Feature("spent", user.totalSpent)
            Feature("visits", user.visits)
        }.stored(in: shop.folder.file("models"))
        try sure.write(
            try PipelineBuilder(columns: 2).linearClassifier(
                coefficients: [[1, 0.5]], intercepts: [0], labels: .strings(["false", "true"]), transform: .logistic),
            ["spent", "visits"].map { FeatureEncoder(feature: $0, method: .number, null: .nan) }, classes: ["false", "true"],
            schema: prisma.engine.schema)
        let ready = try await sure.load(with: prisma)
        #expect(try await prisma.user.findMany(include: { sure($0).explanation }).count == 9)
        let infinite = dialect == .sqlite ? "9e999" : "'Infinity'"
        try await prisma.engine.database.withConnection(for: .write) {
            try await $0.executeScript("UPDATE users SET total_spent = \(infinite) WHERE id = 5")
        }
        let rows = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: sure)
        #expect(rows[4].1.probability == 1)
        let attempts: [@Sendable () async throws -> Void] = [
            { _ = try await prisma.user.findMany(include: { sure($0).explanation }) },
            { _ = try await prisma.user.findMany(include: sure.explained) }, { _ = try ready.explain(rows[4].0) },
        ]
        for (index, attempt) in attempts.enumerated() {
            let error = await #expect(throws: PredictorError.self, "\(index)") { try await attempt() }
            #expect(error?.code == .evaluationFailed && error?.message.contains("\"spent\" is no number") == true, "\(index): \(error)")
        }
        let each = try await prisma.user.findMany(orderBy: { $0.id.ascending }, include: sure.explained.perRow)
        #expect(each.map { (try? $0.1.get()) == nil } == (1...9).map { $0 == 5 })
    }

    /// A query that fails in a transaction leaves no table behind, and the transaction usable.
    @Test(arguments: Shop.dialects) func aTransactionSurvivesAPredictionThatFails(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let failing = try Self.failing(shop)
        let counts = try await shop.prisma.transaction { tx in
            try await tx.user.create(.init(email: "new@a.com", id: 10, visits: 10))
            for _ in 0..<2 {
                await #expect(throws: PrismaError.self) { try await tx.user.aggregate { (failing($0).score.maximum) } }
                await #expect(throws: PrismaError.self) { try await tx.user.count(where: { failing($0).score > 2 }) }
                await #expect(throws: PrismaError.self) {
                    try await tx.user.updateMany(where: { failing($0).score > 2 }) { $0.name = "x" }
                }
            }
            try await tx.user.update(where: { $0.id == 5 }) { $0.visits = 50 }
            let (most) = try await tx.user.aggregate { (failing($0).score.maximum) }
            let again = try await tx.user.aggregate(where: { $0.id < 5 }) { (failing($0).score.maximum) }
            return [most, again, Double(try await tx.user.count())]
        }
        #expect(counts == [50, 4, 10])
        #expect(try await shop.prisma.user.count() == 10)
        let most = try await shop.prisma.user.aggregate { (failing($0).score.maximum) }
        #expect(most == 50)
    }

    /// A predictor belongs to the rows of its model. In an expression the compiler says so; in an include, the query does.
    @Test(arguments: Shop.dialects) func aPredictorOfAnotherModelIsRefused(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let prisma = shop.prisma
        try await prisma.order.create(.init(total: 5, userId: 1))
        let visits = Predictor("visits", on: User.self, predicting: \.totalSpent) { Feature("id", $0.id) }
            .stored(in: shop.folder.file("models"))
        try visits.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0]),
            [FeatureEncoder(feature: "id", method: .number, null: .nan)], classes: [], schema: prisma.engine.schema)
        let test = try Experiment("e", split: ["control": 1, "candidate": 1], on: visits)
        let log = PredictionLog(prisma)
        // Orders have an `id` too: nothing but the model tells that it is another one.
        let attempts: [@Sendable () async throws -> Void] = [
            { _ = try await prisma.order.findMany(include: visits) }, { _ = try await prisma.order.findFirst(include: visits.perRow) },
            { _ = try await prisma.order.findMany(include: visits.logged(to: log)) },
            { _ = try await prisma.order.findMany(include: test) },
            { _ = try await prisma.order.findUnique(where: { $0.id == 1 }, include: { ($0.items, visits) }) },
            { _ = try await prisma.order.withML(visits).findMany() },
            { _ = try await prisma.user.findMany(include: { $0.orders.include { _ in visits } }) },
            { for try await _ in try prisma.order.stream(include: visits) {} },
        ]
        for (index, attempt) in attempts.enumerated() {
            let error = await #expect(throws: PrismaError.self, "\(index)") { try await attempt() }
            #expect(error?.code == .invalidExpression, "\(index)")
            #expect(error?.message == "User.id is asked of a row of Order.", "\(index): \(error?.message ?? "")")
            #expect(error?.help?.contains("whose rows are of User") == true)
        }
        try await log.close()
        #expect(log.dropped == 0)
    }

    /// A key that is spelled otherwise than the database spells it is still the row's.
    @Test(.enabled(if: PostgresTestServer.isUsable)) func keysAreFoundInAnySpelling() async throws {
        let text = try Shop.schemaText(.postgresql).replacing(
            "id     String @id @default(uuid())", with: "id     String @id @default(uuid()) @db.Uuid")
        let schema = try Schema(parsing: text)
        let database = try PostgresDatabase(url: try await PostgresTestServer.shared().makeDatabase())
        try await database.withConnection(for: .write) { try await $0.executeScript(Migration(creating: schema).script) }
        let prisma = PrismaClient(engine: PrismaEngine(database: database, schema: schema))
        let folder = try TemporaryFolder()
        try await prisma.user.createMany((1...3).map { (id: Int) in User.Create(email: "u\(id)", id: id) })
        let bios = ["a", "bb", "ccc"]
        for (index, bio) in bios.enumerated() { try await prisma.profile.create(.init(bio: bio, userId: index + 1)) }
        let length = Predictor("length", on: Profile.self, predicting: { $0.userId.double }) { Feature("length", $0.bio.length) }
            .stored(in: folder.file("models"))
        try length.write(
            try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0]),
            [FeatureEncoder(feature: "length", method: .number, null: .nan)], classes: [], schema: schema)
        let ids = try await prisma.profile.findMany(orderBy: { $0.userId.ascending }).map(\.id)
        let asked = [ids[2].uppercased(), ids[0], ids[2], "00000000-0000-4000-8000-000000000000"]
        let answers = try await prisma.predict(length, ids: asked)
        #expect(answers.found.map(\.id) == Array(asked.prefix(3)))
        #expect(answers.found.map(\.prediction.score) == [3, 1, 3])
        #expect(answers.missing == [asked[3]])
        let test = try Experiment("e", split: ["control": 1, "candidate": 1], on: length)
        let assigned = try await prisma.predict(test, ids: asked)
        #expect(try assigned.found.map(\.answer.arm) == [2, 0, 2].map { try test.arm(for: ids[$0], with: prisma) })
        #expect(assigned.found.map(\.answer.key) == [ids[2], ids[0], ids[2]])
        for id in (10...50).map({ "00000000-0000-4000-a000-abcdef0000\($0)" }) {
            #expect(try test.arm(for: id.uppercased(), with: prisma) == test.arm(for: id, with: prisma))
        }
        // What becomes of a row is counted for the one that was answered, however its key is spelled.
        try await test.createTable(with: prisma)
        try await test.record(0, for: assigned.found[0].answer, with: prisma)
        try await test.record(1, forKey: asked[0], with: prisma)
        let arms = try await ExperimentOutcomes(prisma.engine).arms(of: "e")
        #expect(arms.map(\.count) == [1] && arms.map(\.mean) == [1])
        await database.close()
    }

    /// A model whose classes the label does not have, and one whose metadata do not fit it.
    @Test(arguments: Shop.dialects) func aLabelOfAnotherTypeIsSaid(dialect: SQLDialect) async throws {
        let shop = try await Self.shop(dialect)
        let planned = Predictor("planned", on: User.self, predicting: \.plan) { Feature("visits", $0.visits) }
            .stored(in: shop.folder.file("models"))
        let encoder = FeatureEncoder(feature: "visits", method: .number, null: .nan)
        let model = try PipelineBuilder(columns: 1).linearClassifier(
            coefficients: [[1]], intercepts: [-2], labels: .strings(["FREE", "GOLD"]), transform: .logistic)
        try planned.write(model, [encoder], classes: ["FREE", "GOLD"], schema: shop.prisma.engine.schema)
        let error = await #expect(throws: PredictorError.self) { try await shop.prisma.user.findMany(include: planned) }
        #expect(error?.code == .evaluationFailed && error?.message == "The model answered GOLD, which is no Plan.")
        // In a condition the label is not asked for, and the probability is sound.
        #expect(try await shop.prisma.user.count(where: { planned($0).probability > 0.5 }) == 7)
        try planned.write(model, [encoder], classes: ["FREE", "PRO", "GOLD"], schema: shop.prisma.engine.schema)
        PredictorCache.reload("planned")
        let other = Predictor("planned", on: User.self, predicting: \.plan) { Feature("visits", $0.visits) }
            .stored(in: shop.folder.file("models"))
        let fresh = PrismaClient(engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema))
        // The version before goes on answering where it is loaded; who asks for the new one alone is told.
        let version = try #require(planned.store.versions(of: "planned").last)
        let test = try Experiment(
            "e", split: ["control": 1, "candidate": 1], on: other, versions: ["control": version, "candidate": version])
        let corrupt = await #expect(throws: PredictorError.self) { try await fresh.user.findMany(include: test) }
        #expect(corrupt?.code == .corrupt && corrupt?.help == "Train again.")
    }
}
