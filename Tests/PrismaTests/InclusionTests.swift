import Foundation
import Prisma
import PrismaSchema
import ShopClient
import Synchronization
import TestSupport
import Testing

/// The rows of relations are the same however they are read.
@Suite struct InclusionTests {
    private static func engine(_ shop: Shop, _ loading: PrismaEngine.RelationLoadStrategy, _ log: StatementLog? = nil) -> PrismaEngine {
        let engine = shop.prisma.engine
        var options = engine.options
        options.relationLoadStrategy = loading
        if let log { options.onQuery = { event in log.statements.withLock { $0.append(event.sql) } } }
        return PrismaEngine(database: engine.database, schema: engine.schema, options: options)
    }

    /// Random requests that include several levels, each asked in every way on both databases.
    @Test(arguments: [1, 2, 3] as [UInt64]) func allWaysGiveTheSameRows(seed: UInt64) async throws {
        let rows = ShopRows(seed: seed)
        var ways: [(name: String, shop: Shop, queries: DynamicQueries)] = []
        for dialect in Shop.dialects {
            let shop = try await Shop.make(dialect)
            try await rows.insert(into: shop)
            for loading in PrismaEngine.RelationLoadStrategy.allCases {
                ways.append(("\(loading) on \(dialect)", shop, DynamicQueries(Self.engine(shop, loading))))
            }
        }
        var generator = RequestGenerator(schema: try PrismaClient.schema.get(), seed: seed)
        var (answered, failures) = (0, 0)
        for _ in 0..<150 where failures < 3 {
            let model = generator.model()
            let arguments = generator.arguments(for: model)
            var answers: [JSON] = []
            for way in ways { answers.append(try await way.queries.run("findMany", on: model.name, arguments)) }
            if answers[0] != [] { answered += 1 }
            for (index, way) in ways.enumerated() {
                // Each database orders texts by its own rules.
                let first = generator.ordersByText ? index - index % PrismaEngine.RelationLoadStrategy.allCases.count : 0
                guard answers[index] != answers[first] else { continue }
                failures += 1
                Issue.record(
                    """
                    \(way.name) differs from \(ways[first].name): \(model.name) \(arguments.text)
                    \(answers[index].text)
                    \(answers[first].text)
                    """)
            }
        }
        #expect(answered > 60)
    }

    /// What several things that are included read is selected once, and each has its own values.
    @Test(arguments: Shop.dialects) func whatSeveralReadIsSelectedOnce(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await ShopRows(seed: 5).insert(into: shop)
        let log = StatementLog()
        for loading in PrismaEngine.RelationLoadStrategy.allCases {
            let prisma = PrismaClient(engine: Self.engine(shop, loading, log))
            let expected = try await prisma.user.findMany(orderBy: { $0.id.ascending }, select: { ($0.id, $0.orders.count, $0.visits) })
            log.statements.withLock { $0 = [] }
            let users = try await prisma.user.findMany(
                orderBy: { $0.id.ascending },
                include: { ($0.visits + 1, $0.orders.count, $0.profile, $0.orders.count, $0.orders, $0.visits + 1, $0.orders.count) })
            let text = try #require(log.statements.withLock { $0.first })
            #expect(text.components(separatedBy: "COUNT(").count == 2, "\(text)")
            for (row, expected) in zip(users, expected) {
                #expect([row.2, row.4, row.7] == Array(repeating: expected.1, count: 3) && row.5.count == expected.1)
                #expect([row.1, row.6] == Array(repeating: expected.2 + 1, count: 2) && row.3.map { $0.userId == expected.0 } != false)
            }
            let orders = try await prisma.order.findMany(
                orderBy: { $0.id.ascending }, take: 20,
                include: { $0.user.include { ($0.orders.count, $0.visits + 1, $0.orders.count, $0.profile) } })
            let counts = Dictionary(uniqueKeysWithValues: expected.map { ($0.0, ($0.1, $0.2)) })
            for (order, user) in orders {
                #expect(user.1 == counts[order.userId]?.0 && user.3 == user.1 && user.2 == user.0.visits + 1)
            }
        }
    }

    @Test(arguments: Shop.dialects) func typedIncludesAreTheSameInAllWays(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await ShopRows(seed: 5).insert(into: shop)
        var answers: [[String]] = []
        for loading in PrismaEngine.RelationLoadStrategy.allCases {
            let prisma = PrismaClient(engine: Self.engine(shop, loading))
            let users = try await prisma.user.findMany(
                orderBy: { $0.id.ascending }, distinct: { [$0.id.column] },
                include: { user in
                    (
                        user.profile.select { ($0.id, $0.bio.length) }, user.referrer.include { ($0.profile, $0.orders.count) },
                        user.orders.where { $0.total > -1 }.orderBy {
                            $0.quantity.descending; $0.id.ascending
                        }.skip(1).take(2)
                            .include { ($0.user.include { $0.referrer }, $0.items.orderBy { $0.position.ascending }) },
                        user.orders.orderBy { $0.id.descending }.distinct { $0.quantity }.select { ($0.id, $0.quantity) },
                        user.referrals.orderBy { $0.id.ascending }.cursor { $0.id == 3 }.take(2)
                    )
                })
            let notes = try await prisma.itemNote.findMany(
                orderBy: { $0.id.descending }, take: -20, include: { $0.item.include { $0.order.include { ($0.user, $0.items.count) } } })
            let one = try await prisma.order.findUnique(where: { $0.id == 1 }, include: { $0.user.include { ($0.orders, $0.profile) } })
            answers.append(["\(users)", "\(notes)", "\(try #require(one))"])
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0] == answers[2])
        #expect(answers[0].allSatisfy { $0.count > 400 })
    }

    /// Numbers of rows that no database has are none that end the process.
    @Test(arguments: Shop.dialects) func pagesOfAnySize(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let prisma = shop.prisma
        for (take, skip) in [(Int.max, 1), (-Int.max, 1), (Int.max, Int.max)] {
            let users = try await prisma.user.findMany(
                where: { $0.id == 1 }, include: { ($0.orders.skip(skip).take(take), $0.orders.distinct { $0.id }.skip(skip).take(take)) })
            #expect(users[0].1.count == (skip == 1 ? 1 : 0) && users[0].2.count == (skip == 1 ? 1 : 0))
        }
        let wrong: [@Sendable () async throws -> Void] = [
            { _ = try await prisma.user.findMany(take: .min) },
            { _ = try await prisma.user.findMany(include: { $0.orders.take(.min) }) },
            { _ = try await prisma.user.findMany(include: { $0.orders.skip(-1) }) },
            { _ = try await prisma.user.findMany(include: { $0.orders.distinct { $0.id }.skip(-1) }) },
            { _ = try await shop.dynamic.run("findMany", on: "User", ["include": ["orders": ["take": .int(.min)]]]) },
        ]
        for ask in wrong { await #expect { try await ask() } throws: { ($0 as? PrismaError)?.code == .validationFailed } }
    }

    /// A key whose type the driver does not read as it is.
    @Test(.enabled(if: Shop.dialects.contains(.postgresql))) func joinedRowsHaveKeysOfAnyType() async throws {
        let sample = try await SampleDatabase.make(
            .postgresql,
            schema: """
                model Host {
                  address String @id @db.Inet
                  visits  Visit[]
                }
                model Visit {
                  id      Int    @id
                  host    Host   @relation(fields: [address], references: [address])
                  address String @db.Inet
                }
                """)
        let queries = DynamicQueries(sample.engine)
        _ = try await queries.run(
            "create", on: "Visit", try JSON(parsing: #"{"data": {"id": 1, "host": {"create": {"address": "10.0.0.1"}}}}"#))
        let visits = try await queries.run("findMany", on: "Visit", try JSON(parsing: #"{"take": 5, "include": {"host": true}}"#))
        #expect(visits[0]?["host"]?["address"] == "10.0.0.1")
    }

    /// What is read in one statement, and what in one for each level.
    @Test(arguments: Shop.dialects) func fewRowsAreJoinedAndManyAreNot(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let log = StatementLog()
        let prisma = PrismaClient(engine: Self.engine(shop, .automatic, log))
        func statements(_ read: () async throws -> Void) async throws -> Int {
            log.statements.withLock { $0 = [] }
            try await read()
            return log.statements.withLock { $0.count }
        }
        #expect(try await statements { _ = try await prisma.order.findUnique(where: { $0.id == 1 }, include: { $0.user }) } == 1)
        #expect(try await statements { _ = try await prisma.order.findMany(take: 10, include: { $0.user.include { $0.profile } }) } == 1)
        #expect(try await statements { _ = try await prisma.order.findMany(include: { $0.user }) } == 2)
        // Each profile belongs to one user alone.
        #expect(try await statements { _ = try await prisma.user.findMany(include: { $0.profile }) } == 1)
        #expect(try await statements { _ = try await prisma.user.findMany(include: { $0.orders }) } == 2)
    }

    @Test(arguments: Shop.dialects, PrismaEngine.RelationLoadStrategy.allCases)
    func aStoredValueThatDoesNotFitNamesTheFieldOfTheRelatedRow(dialect: SQLDialect, loading: PrismaEngine.RelationLoadStrategy)
        async throws
    {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        try await shop.prisma.engine.withConnection(for: .write) { connection in
            try await connection.executeScript(
                dialect == .sqlite
                    ? #"PRAGMA ignore_check_constraints = ON; UPDATE "users" SET "credits" = 'many'"#
                    : #"ALTER TABLE "users" ALTER COLUMN "credits" DROP DEFAULT, ALTER COLUMN "credits" TYPE TEXT USING 'many'"#)
        }
        let prisma = PrismaClient(engine: Self.engine(shop, loading))
        for read in [
            { _ = try await prisma.order.findMany(include: { $0.user }) },
            { _ = try await prisma.order.findMany(take: 1, include: { $0.user.select { ($0.id, $0.credits) } }) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: PrismaError.self) { try await read() }
            #expect(error?.code == .invalidStoredValue)
            #expect(error?.model == "User")
            #expect(error?.fields == ["credits"])
        }
    }

    /// The table between them is in a database schema too, and its columns have different types.
    @Test(.enabled(if: PostgresTestServer.isUsable)) func manyToManyAcrossDatabaseSchemas() async throws {
        let sample = try await SampleDatabase.make(
            .postgresql, datasource: #"schemas = ["one", "two"]"#,
            schema: """
                model Author {
                  id    Int    @id
                  books Book[]
                  @@schema("one")
                }
                model Book {
                  isbn    String   @id
                  authors Author[]
                  @@schema("two")
                }
                """)
        let queries = DynamicQueries(sample.engine)
        _ = try await queries.run("create", on: "Author", ["data": ["id": 1, "books": ["create": [["isbn": "a"], ["isbn": "b"]]]]])
        let found = try await queries.run(
            "findMany", on: "Book",
            ["where": ["authors": ["some": ["id": 1]]], "orderBy": ["isbn": "asc"], "include": ["authors": true]])
        #expect(found == [["isbn": "a", "authors": [["id": 1]]], ["isbn": "b", "authors": [["id": 1]]]])
        let again = try await queries.run("findMany", on: "Author", ["include": ["books": ["orderBy": ["isbn": "desc"], "take": 1]]])
        #expect(again == [["id": 1, "books": [["isbn": "b"]]]])
        await sample.engine.close()
    }

    @Test(arguments: Shop.dialects, PrismaEngine.RelationLoadStrategy.allCases)
    func aKeyThatPointsNowhereIsAnError(dialect: SQLDialect, loading: PrismaEngine.RelationLoadStrategy) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        try await shop.prisma.engine.withConnection(for: .write) { connection in
            try await connection.executeScript(
                dialect == .sqlite
                    ? #"PRAGMA foreign_keys = OFF; UPDATE "Order" SET "userId" = 99; PRAGMA foreign_keys = ON"#
                    : #"ALTER TABLE "Order" DROP CONSTRAINT "Order_userId_fkey"; UPDATE "Order" SET "userId" = 99"#)
        }
        let prisma = PrismaClient(engine: Self.engine(shop, loading))
        let error = await #expect(throws: PrismaError.self) { _ = try await prisma.order.findFirst(include: { $0.user }) }
        #expect(error?.code == .relatedRecordMissing)
        #expect(error?.fields == ["user"])
    }
}

/// The statements that ran.
final class StatementLog: Sendable {
    let statements = Mutex<[String]>([])
}
