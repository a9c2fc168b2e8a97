import Foundation
import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import TestSupport
import Testing

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
}
