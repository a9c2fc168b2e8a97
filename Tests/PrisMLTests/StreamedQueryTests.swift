import Foundation
import ONNX
import Prisma
import PrismaSchema
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisML

/// What a database cannot compute is computed here, and no more of it than the query gives back.
@Suite struct StreamedQueryTests {
    /// How often a code feature was computed.
    private final class Calls: Sendable {
        let count = Mutex(0)

        /// Since it was asked last.
        func taken() -> Int {
            count.withLock { count in
                defer { count = 0 }
                return count
            }
        }
    }

    /// The score is a customer's visits.
    private static func visits(_ shop: Shop, _ calls: Calls = Calls()) throws -> Predictor<User, Double> {
        let predictor = Predictor("counted", on: User.self, predicting: \.totalSpent) { user in
            Feature("visits", reading: user.visits, version: 1) { visits in
                calls.count.withLock { $0 += 1 }
                return Double(visits)
            }
        }.stored(in: shop.folder.file("models"))
        let model = try PipelineBuilder(columns: 1).linearRegressor(coefficients: [[1]], intercepts: [0])
        try predictor.write(
            model, [FeatureEncoder(feature: "visits", method: .number, null: .nan)], classes: [], schema: shop.prisma.engine.schema)
        return predictor
    }

    @Test(arguments: Shop.dialects) func onlyTheRowsThatComeOutAreScored(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(200)
        let calls = Calls()
        let counted = try Self.visits(shop, calls)
        let visits = Dictionary(uniqueKeysWithValues: try await shop.prisma.user.findMany().map { ($0.id, Double($0.visits)) })
        let rows = try await shop.prisma.user.findMany(
            orderBy: { $0.email.descending }, take: 7, skip: 3, select: { ($0.email, $0.id, counted($0).score, $0.plan) })
        #expect(rows.allSatisfy { visits[$0.1] == $0.2 } && rows.count == 7)
        // SQLite computes what it sorts by before it sorts, and so what it selects beside it.
        let first = calls.taken()
        #expect(dialect == .sqlite ? first <= 200 : first == 7)
        let one = try await shop.prisma.user.findMany(where: { $0.id == 9 }, select: { ($0.id, counted($0).score) })
        #expect(one.map(\.1) == [visits[9]])
        #expect(calls.taken() == 1)
        // Where order or condition need the score, all are scored, and what comes out is at most scored once more.
        let best = try await shop.prisma.user.findMany(
            orderBy: {
                counted($0).score.descending; $0.id.ascending
            }, take: 5, select: { ($0.id, counted($0).score) })
        #expect(best.map(\.1) == Array(visits.values.sorted(by: >).prefix(5)))
        if dialect == .postgresql { #expect(calls.taken() <= 205) }
    }

    /// In a transaction as well, and without a right to make temporary tables.
    @Test func selectingNeedsNoTableOnPostgreSQL() async throws {
        guard Shop.dialects.contains(.postgresql) else { return }
        let shop = try await Shop.make(.postgresql)
        try await shop.fill(20)
        let counted = try Self.visits(shop)
        let found = try await shop.prisma.transaction { tx in
            try await tx.engine.withConnection(for: .write) { try await $0.executeScript("SET TRANSACTION READ ONLY") }
            return try await tx.user.findMany(orderBy: { $0.id.ascending }, take: 2, select: { ($0.id, counted($0).score > 1e9) })
        }
        #expect(found.map(\.0) == [1, 2] && found.map(\.1) == [false, false])
    }

    /// The row that a cursor names is where the rows begin, also where the condition leaves it out.
    @Test(arguments: Shop.dialects) func aCursorsRowNeedNotMatch(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(60)
        let counted = try Self.visits(shop)
        let cursor = try #require(try await shop.prisma.user.findFirst(where: { $0.visits <= 10 && $0.id > 20 })).id
        let found = try await shop.prisma.user.findMany(
            where: { counted($0).score > 10 && $0.isActive }, orderBy: { $0.id.ascending }, take: 4, cursor: { $0.id == cursor })
        let expected = try await shop.prisma.user.findMany(
            where: { $0.visits > 10 && $0.id > cursor }, orderBy: { $0.id.ascending }, take: 4)
        #expect(found.map(\.id) == expected.map(\.id) && found.count == 4)
    }

    /// Nulls stand where the query says, in a text that is ordered by beside a prediction.
    @Test(arguments: Shop.dialects, [RowOrder.Nulls.first, .last]) func nullsOfTextStandWhereTheyShould(
        dialect: SQLDialect, nulls: RowOrder.Nulls
    ) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(9)
        try await shop.prisma.user.updateMany(where: { $0.id <= 3 }) { $0.name = "ann" }
        let counted = try Self.visits(shop)
        for isDescending in [true, false] {
            let found = try await shop.prisma.user.findMany(
                orderBy: {
                    (isDescending ? $0.name.descending : $0.name.ascending).nulls(nulls)
                    counted($0).score.ascending
                }, take: 9)
            let isNull = found.map { $0.name == nil }
            #expect(
                isNull
                    == (nulls == .first
                        ? Array(repeating: true, count: 6) + [false, false, false]
                        : [false, false, false] + Array(repeating: true, count: 6)))
        }
    }

    /// Features ride along in the query for the rows: one statement for each level of an include, whatever is predicted beside it.
    @Test(arguments: Shop.dialects) func predictionsNeedNoQueryOfTheirOwn(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.fill(30)
        let counted = try Self.visits(shop)
        let statements = Mutex<[String]>([])
        var options = shop.prisma.engine.options
        options.onQuery = { event in statements.withLock { $0.append(event.sql) } }
        let engine = PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options)
        let prisma = PrismaClient(engine: engine)
        func taken() -> [String] {
            statements.withLock { all in
                defer { all = [] }
                return all
            }
        }
        _ = try await prisma.user.findMany(include: counted)
        #expect(taken().count == 1)
        _ = try await prisma.user.findUnique(where: { $0.id == 3 }, include: { _ in (counted, counted.perRow, counted) })
        #expect(taken().count == 1)
        _ = try await prisma.user.findMany(include: { ($0.orders, $0.referrals.include { _ in counted }, counted) })
        #expect(taken().count == 3)
        _ = try await prisma.predict(counted, ids: [1, 2, 3])
        let byKey = taken()
        #expect(byKey.count == 1)
        #expect(byKey.first?.contains("email") == false)
    }
}
