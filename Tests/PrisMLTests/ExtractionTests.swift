import Foundation
import PrisML
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisMLTraining

/// Rows that are read by several connections at once are those that one reads.
@Suite struct ExtractionTests {
    private static func predictors() -> [any AnyPredictor] {
        [
            Predictor("numbers", on: User.self, predicting: \.isChurned) { user in
                Feature("visits", user.visits)
                Feature("days", user.lastLoginAt.days(until: .now))
                Feature("orders", user.orders.count)
                Feature("plan", user.plan)
                Feature("domain", user.email.part(after: "@"))
            }
            .splitChronologically { $0.createdAt },
            // A text as the label: its classes are numbered as they are seen.
            Predictor("texts", on: User.self, predicting: { $0.email.part(after: "1") }) { user in
                Feature("visits", user.visits)
                Feature("name", user.name)
            }
            .splitGrouped { $0.plan },
            Predictor("late", on: User.self, predicting: \.totalSpent) { user in
                Feature("orders", user.orders.count)
                Feature("credits", user.credits)
            }
            .asOf { $0.updatedAt }.trained { $0.visits > 10 },
        ]
    }

    @Test(arguments: Shop.dialects) func partsMakeTheSameRows(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        for predictor in Self.predictors() {
            let read = { (parts: Int) in
                try await ExtractedRows.read(predictor.definition, from: shop.prisma.engine, limit: nil, parts: parts) { _, _ in }
            }
            let (whole, parts) = (try await read(1), try await read(2))
            #expect(whole.count > 100)
            #expect(whole.keys == parts.keys && whole.labels == parts.labels)
            #expect(whole.places == parts.places && whole.groups == parts.groups)
            #expect(whole.seenClasses.texts == parts.seenClasses.texts)
            #expect(whole.window.json == parts.window.json)
            for (one, other) in zip(whole.columns, parts.columns) {
                switch (one, other) {
                case (.numbers(let some), .numbers(let others)): #expect(some.map(\.bitPattern) == others.map(\.bitPattern))
                case (.categories(let some, let known), .categories(let others, let alsoKnown)):
                    #expect(some == others && known.texts == alsoKnown.texts)
                default: Issue.record("columns of two kinds")
                }
            }
        }
    }

    /// Whatever is written meanwhile, all connections see the rows of one instant.
    @Test(arguments: Shop.dialects) func aSnapshotIsOfOneInstant(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(20)
        let database = try #require(shop.prisma.engine.database as? any SQLSnapshots)
        let counts = try await database.withSnapshot(upTo: 2) { connections in
            try await shop.prisma.user.create(.init(email: "late@a.com", id: 1001))
            var counts: [Int] = []
            for connection in connections {
                counts.append(
                    try await connection.query(SQLStatement("SELECT count(*) FROM users")) { rows in
                        guard var row = try rows.next() else { return 0 }
                        return try row.int()
                    })
            }
            return counts
        }
        #expect(counts == [20, 20])
        #expect(try await shop.prisma.user.count() == 21)
        // The connections are as they were.
        await #expect(throws: CancellationError.self) { try await database.withSnapshot(upTo: 2) { _ in throw CancellationError() } }
        try await shop.prisma.user.create(.init(email: "later@a.com", id: 1002))
        #expect(try await shop.prisma.user.count() == 22)
    }

    /// Where somebody writes for long, one connection reads.
    @Test func aWriterIsWaitedForAndNotForEver() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.fill(60)
        let definition = Self.predictors()[0].definition
        try await shop.prisma.engine.database.withConnection(for: .write) { writer in
            try await writer.executeScript("BEGIN IMMEDIATE")
            // Another pool, as another process has.
            let url = shop.url.replacing("pool_timeout=300", with: "socket_timeout=0&pool_timeout=5")
            let prisma = try PrismaClient(url: url)
            let rows = try await ExtractedRows.read(definition, from: prisma.engine, limit: nil, parts: 2) { _, _ in }
            #expect(rows.count > 30)
            await prisma.close()
            try await writer.executeScript("ROLLBACK")
        }
    }

    @Test(arguments: Shop.dialects) func progressCountsTheRowsOfAllParts(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(300)
        let last = LastCount()
        let rows = try await ExtractedRows.read(Self.predictors()[0].definition, from: shop.prisma.engine, limit: nil, parts: 2) {
            count, _ in
            last.most.withLock { $0 = max($0, count) }
        }
        #expect(last.most.withLock { $0 } == rows.count)
        // Whoever cancels there ends all of them.
        await #expect(throws: CancellationError.self) {
            _ = try await ExtractedRows.read(Self.predictors()[0].definition, from: shop.prisma.engine, limit: nil, parts: 2) { count, _ in
                if count > 0 { throw CancellationError() }
            }
        }
        #expect(try await shop.prisma.user.count() == 300)
    }
}

private final class LastCount: Sendable {
    let most = Mutex(0)
}
