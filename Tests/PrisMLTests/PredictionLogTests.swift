import Foundation
import PrisMLTraining
import Prisma
import PrismaPostgres
import PrismaSQLite
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisML

@Suite struct PredictionLogTests {
    private func count(_ shop: Shop) async throws -> [String] {
        try await shop.prisma.engine.database.withConnection(for: .read) { connection in
            try await connection.query(SQLStatement("SELECT key, version, output, latency_ns FROM prisml_predictions ORDER BY id")) {
                rows in
                var lines: [String] = []
                while var row = try rows.next() {
                    let (key, version, output) = (try row.string(), try row.string(), try row.double())
                    lines.append("\(key) \(version) \(output) \(try row.int64() >= 0)")
                }
                return lines
            }
        }
    }

    @Test(arguments: Shop.dialects) func whatIsPredictedIsWritten(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(120)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        try await predictor.load(with: shop.prisma)
        let log = PredictionLog(shop.prisma, batch: 50)
        try await log.createTable()
        try await log.createTable()
        let logged = predictor.logged(to: log)
        let rows = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: logged)
        let last = try logged.predict(rows[4].0)
        try await log.close()
        let expected = rows.map { "\($0.0.id) \($0.1.version) \($0.1.probability) true" }
        #expect(try await count(shop) == expected + ["5 \(last.version) \(last.probability) true"])
        #expect(log.dropped == 0 && log.waiting == 0)
        // After the end nothing is taken, and nothing is lost in silence.
        _ = try logged.predict(rows[5].0)
        #expect(log.dropped == 1)
    }

    /// Several processes start at once, and each makes the tables: PostgreSQL refuses all but one of them unless they wait for their turn.
    @Test(arguments: Shop.dialects) func tablesAreMadeByManyAtOnce(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let (log, outcomes) = (PredictionLog(shop.prisma), ExperimentOutcomes(shop.prisma.engine))
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { try await log.createTable() }
                group.addTask { try await outcomes.createTable() }
            }
            try await group.waitForAll()
        }
        try await log.close()
        #expect(try await count(shop).isEmpty)
    }

    /// Without the table nothing can be written: the oldest go, and are counted; once it is there the rest is written.
    @Test(arguments: Shop.dialects) func theOldestAreDroppedWhileTheDatabaseTakesNothing(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(60)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let log = PredictionLog(shop.prisma, capacity: 40, batch: 10, interval: .seconds(60))
        _ = try await shop.prisma.user.findMany(orderBy: { $0.id.ascending }, include: predictor.logged(to: log))
        await #expect(throws: PrismaError.self) { try await log.flush() }
        #expect(log.dropped == 20)
        #expect(log.waiting == 40)
        #expect(log.lastError != nil)
        try await log.createTable()
        try await log.close()
        let keys = try await count(shop).map { String($0.prefix { $0 != " " }) }
        #expect(keys == (21...60).map { "\($0)" })
        #expect(log.lastError == nil && log.waiting == 0)
    }

    /// Whatever asks about rows is written: batches, rows with their relations, features by name, and keys; failures are not.
    @Test(arguments: Shop.dialects) func batchesAndKeysAreWrittenToo(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(120)
        let predictor = churn(shop.folder.file("models"), gated: false)
        let own = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        try await shop.train(own)
        try await predictor.load(with: shop.prisma)
        try await own.load(with: shop.prisma)
        let log = PredictionLog(shop.prisma)
        try await log.createTable()
        let (logged, ownLogged) = (predictor.logged(to: log), own.logged(to: log))
        let rows = try await shop.prisma.user.findMany(where: { $0.id <= 3 }, orderBy: { $0.id.ascending }, include: { ($0.orders) })
        let batch = try ownLogged.predict(rows.map(\.0))
        let each = try ownLogged.predictEach(rows.map(\.0)).map { try $0.get() }
        let related = try logged.predict(RecordRow(rows[1].0).with(\.orders, rows[1].1))
        let given = try logged.predict(features: [
            "daysSinceLogin": 30, "orders90d": 1, "averageOrder": 40.5, "visits": 3, "plan": "PRO", "domain": .null,
        ])
        let byKey = try await shop.prisma.predict(logged, ids: [7, 5, 9999])
        let eachByKey = try await shop.prisma.predictEach(logged, ids: [6])
        try await log.close()
        var expected: [String] = []
        func add(_ key: String, _ answer: Prediction<Bool>) { expected.append("\(key) \(answer.version) \(answer.probability) true") }
        for answers in [batch, each] { for (row, answer) in zip(rows, answers) { add("\(row.0.id)", answer) } }
        add("2", related)
        add("", given)
        for (id, answer) in byKey.found { add("\(id)", answer) }
        for (id, result) in eachByKey.found { add("\(id)", try result.get()) }
        #expect(try await count(shop) == expected)
        #expect(byKey.missing == [9999] && expected.count == 11)
    }

    /// The database is ended as a crash would end it, and comes back: predictions go on, the oldest are dropped and counted, and what is
    /// left is written.
    @Test(.enabled(if: PostgresTestServer.isUsable)) func theDatabaseGoesAwayAndComesBack() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(60)
        let predictor = quick(shop.folder.file("models"))
        try await shop.train(predictor)
        let server = try await PostgresTestServer.start(listensOnPort: true)
        let engine = PrismaEngine(
            database: try PostgresDatabase(url: server.url(database: "postgres", parameters: "pool_timeout=1")),
            schema: shop.prisma.engine.schema)
        let log = PredictionLog(PrismaClient(engine: engine), capacity: 40, batch: 10, interval: .milliseconds(20))
        try await log.createTable()
        let logged = predictor.logged(to: log)
        func ask(_ ids: ClosedRange<Int>) async throws -> Int {
            try await shop.prisma.user.findMany(where: { $0.id.isIn(ids) }, orderBy: { $0.id.ascending }, include: logged).count
        }
        #expect(try await ask(1...10) == 10)
        try await log.flush()
        try await server.stop()
        #expect(try await ask(1...60) == 60)
        await #expect(throws: PrismaError.self) { try await log.flush() }
        #expect(log.dropped == 20)
        #expect(log.lastError != nil)
        try await server.resume()
        // The first attempt may still find a connection of before.
        for _ in 0..<100 where log.waiting > 0 {
            try? await log.flush()
            try await Task.sleep(for: .milliseconds(20))
        }
        try await log.close()
        #expect(log.dropped == 20 && log.waiting == 0 && log.lastError == nil)
        let keys = try await server.run("SELECT string_agg(key, ',' ORDER BY id) FROM prisml_predictions")
        #expect(keys == (Array(1...10) + Array(21...60)).map(String.init).joined(separator: ","))
        await engine.close()
    }

    private static func entry(_ key: Int) -> PredictionLog.Entry {
        PredictionLog.Entry(predictor: "p", version: "1", key: "\(key)", output: 0.5, latency: .zero, time: Shop.clock)
    }

    /// A client of its own on a shop's database, which a test can close.
    private static func client(_ shop: Shop, _ dialect: SQLDialect, _ notices: Notices = Notices()) throws -> PrismaClient {
        let database: any SQLDatabase = dialect == .sqlite ? try SQLiteDatabase(url: shop.url) : try PostgresDatabase(url: shop.url)
        var options = shop.prisma.engine.options
        options.onNotice = { notice in notices.all.withLock { $0.append(notice) } }
        return PrismaClient(engine: PrismaEngine(database: database, schema: shop.prisma.engine.schema, options: options))
    }

    private final class Notices: Sendable {
        let all = Mutex<[String]>([])
    }

    /// Closing the client writes what its logs have not written yet.
    @Test(arguments: Shop.dialects) func closingTheClientWritesWhatWaits(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let client = try Self.client(shop, dialect)
        let logs = (0..<2).map { _ in PredictionLog(client, batch: 7, interval: .seconds(600)) }
        try await logs[0].createTable()
        for key in 0..<20 { logs[key % 2].add([Self.entry(key)]) }
        // A transaction's client is the same one.
        try await client.transaction { tx in PredictionLog(tx, interval: .seconds(600)).add([Self.entry(20)]) }
        await client.close()
        #expect(logs.allSatisfy { $0.waiting == 0 && $0.dropped == 0 })
        let keys = try await count(shop).compactMap { Int($0.prefix { $0 != " " }) }
        #expect(keys.sorted() == Array(0...20))
        logs[0].add([Self.entry(21)])
        #expect(logs[0].dropped == 1)
    }

    /// A program that is told to stop may close the client in a task that is cancelled already.
    @Test(arguments: Shop.dialects) func closingInACancelledTaskWritesWhatWaits(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let client = try Self.client(shop, dialect)
        let log = PredictionLog(client, batch: 7, interval: .seconds(600))
        try await log.createTable()
        // Less than a batch, so that nobody writes it before.
        log.add((0..<6).map(Self.entry))
        await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await client.close()
        }.value
        #expect(try await count(shop).count == 6)
        #expect(log.waiting == 0 && log.dropped == 0)
    }

    /// A database that never answers does not keep the client from closing.
    @Test func closingDoesNotWaitForever() async throws {
        let shop = try await Shop.make(.sqlite)
        let notices = Notices()
        var options = shop.prisma.engine.options
        options.onNotice = { notice in notices.all.withLock { $0.append(notice) } }
        let engine = PrismaEngine(database: SilentDatabase(), schema: shop.prisma.engine.schema, options: options)
        let log = PredictionLog(PrismaClient(engine: engine), interval: .seconds(600))
        log.add((0..<6).map(Self.entry))
        let start = ContinuousClock.now
        await engine.closingWork.run(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(log.waiting == 0 && log.dropped == 6)
        let said = notices.all.withLock { $0 }
        #expect(said.count == 1 && said.first?.contains("6 predictions are lost") == true, "\(said)")
    }

    /// A log that nobody holds any more still writes what it was given.
    @Test(arguments: Shop.dialects) func whatWaitsOutlivesTheLog(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let client = try Self.client(shop, dialect)
        do {
            let log = PredictionLog(client, interval: .seconds(600))
            try await log.createTable()
            log.add((0..<20).map(Self.entry))
        }
        await client.close()
        #expect(try await count(shop).count == 20)
    }

    /// What cannot be written at the end is counted and said.
    @Test(arguments: Shop.dialects) func whatIsLostAtTheEndIsCounted(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let notices = Notices()
        let client = try Self.client(shop, dialect, notices)
        let log = PredictionLog(client, batch: 5, interval: .seconds(600))
        log.add((0..<12).map(Self.entry))
        await #expect(throws: PrismaError.self) { try await log.close() }
        #expect(log.waiting == 12 && log.dropped == 0)
        await client.close()
        #expect(log.waiting == 0 && log.dropped == 12)
        let said = notices.all.withLock { $0 }
        #expect(said.count == 1 && said.first?.contains("12 predictions are lost") == true, "\(said)")
    }

    /// Under traffic that never ends, a flush waits for what was there when it was asked for.
    @Test(arguments: Shop.dialects) func aFlushDoesNotWaitForWhatComesLater(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let busy = BusyDatabase(shop.prisma.engine.database)
        let log = PredictionLog(
            PrismaClient(engine: PrismaEngine(database: busy, schema: shop.prisma.engine.schema)), batch: 10, interval: .seconds(600))
        try await log.createTable()
        busy.onLease.withLock { $0 = { [weak log] in log?.add((0..<9).map(Self.entry)) } }
        log.add((0..<9).map(Self.entry))
        try await log.flush()
        #expect(log.waiting > 0)
        let written = try await count(shop).count
        #expect((9...50).contains(written), "\(written)")
        busy.onLease.withLock { $0 = nil }
        try await log.close()
        #expect(log.waiting == 0 && log.dropped == 0)
    }

    /// A ring of places does what a list would that is cut at its front.
    @Test func theQueueIsAListThatIsCut() {
        var random = RandomSequence(seed: 4)
        for capacity in [1, 2, 7, 40] {
            var queue = BoundedQueue<Int>(capacity: capacity)
            var (list, dropped, taken) = ([Int](), 0, [Int]())
            func cut() {
                dropped += max(0, list.count - capacity)
                list.removeFirst(max(0, list.count - capacity))
            }
            for step in 0..<2000 {
                switch random.next(below: 4) {
                case 0:
                    let count = random.next(below: 6)
                    taken = queue.takeFirst(count)
                    #expect(taken == Array(list.prefix(count)))
                    list.removeFirst(taken.count)
                case 1:
                    queue.putBack(taken)
                    list = taken + list
                    taken = []
                    cut()
                default:
                    queue.append(step)
                    list.append(step)
                    cut()
                }
                #expect(queue.count == list.count && queue.dropped == dropped && queue.isEmpty == list.isEmpty)
            }
            #expect(queue.takeFirst(1000) == list)
        }
    }
}

/// A database whose connections never come.
private final class SilentDatabase: SQLDatabase {
    var dialect: SQLDialect { .sqlite }

    func withConnection<Result: Sendable>(
        for access: SQLAccess, _ body: @Sendable (any SQLConnection) async throws -> Result
    ) async throws -> Result {
        while true { try await Task.sleep(for: .seconds(600)) }
    }

    func close() async {}
}

/// A database that something happens at each time a connection is leased, so often.
private final class BusyDatabase: SQLDatabase {
    private let database: any SQLDatabase
    private let left = Mutex(500)
    let onLease = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ database: any SQLDatabase) { self.database = database }

    var dialect: SQLDialect { database.dialect }

    func withConnection<Result: Sendable>(
        for access: SQLAccess, _ body: @Sendable (any SQLConnection) async throws -> Result
    ) async throws -> Result {
        if left.withLock({ left in
            left -= 1; return left > 0
        }) {
            onLease.withLock { $0 }?()
        }
        return try await database.withConnection(for: access, body)
    }

    func close() async { await database.close() }
}
