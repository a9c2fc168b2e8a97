import Prisma
import PrismaPostgres
import PrismaSQLite
import ShopClient
import Synchronization
import Testing

@testable import struct Prisma.TransactionPauses

@Suite struct TransactionTests {
    /// A shop with one tag, whose rows another connection can change behind a transaction's back.
    private struct Rivals {
        let shop: Shop
        let other: PrismaClient

        init(_ dialect: SQLDialect) async throws {
            shop = try await Shop.make(dialect)
            let database: any SQLDatabase =
                dialect == .sqlite ? try SQLiteDatabase(url: shop.url) : try PostgresDatabase(url: shop.url)
            other = PrismaClient(engine: PrismaEngine(database: database, schema: shop.prisma.engine.schema))
            try await shop.prisma.tag.create(.init(default: "0"))
        }

        /// Reads the tag, lets the other connection change it if asked to, and changes it too: the database cannot have that.
        func collide(in tx: PrismaClient, _ isDisturbed: Bool, to word: String) async throws {
            if shop.prisma.engine.dialect == .sqlite {
                // Transactions take the write lock when they begin. This one is made to begin as a reader, like one of raw SQL.
                try await tx.engine.withConnection(for: .write) { try await $0.executeScript("COMMIT; BEGIN") }
            }
            _ = try await tx.tag.findFirst()
            if isDisturbed { try await other.tag.updateMany { $0.default = $0.default.appending("!") } }
            try await tx.tag.updateMany { $0.default = $0.default.appending(word) }
        }
    }

    @Test(arguments: Shop.dialects) func runsAgainAfterAConflict(dialect: SQLDialect) async throws {
        let rivals = try await Rivals(dialect)
        let attempts = Atomic(0)
        let result = try await rivals.shop.prisma.transaction(isolation: .repeatableRead, retries: 3) { tx in
            let attempt = attempts.add(1, ordering: .relaxed).newValue
            try await rivals.collide(in: tx, attempt < 3, to: "x")
            return attempt
        }
        #expect(result == 3)
        #expect(try await rivals.shop.prisma.tag.findMany().map(\.default) == ["0!!x"])
        await rivals.other.close()
    }

    @Test(arguments: Shop.dialects) func givesUpAfterSoManyConflicts(dialect: SQLDialect) async throws {
        let rivals = try await Rivals(dialect)
        for retries in [0, 2] {
            let attempts = Atomic(0)
            await #expect {
                try await rivals.shop.prisma.transaction(isolation: .repeatableRead, retries: retries) { tx in
                    attempts.add(1, ordering: .relaxed)
                    // A conflict inside a savepoint ends the whole transaction.
                    try await tx.transaction(retries: 5) { try await rivals.collide(in: $0, true, to: "x") }
                }
            } throws: { ($0 as? PrismaError)?.code == .writeConflict }
            #expect(attempts.load(ordering: .relaxed) == retries + 1)
        }
        #expect(try await rivals.shop.prisma.tag.findMany().map(\.default) == ["0!!!!"])
        await rivals.other.close()
    }

    @Test(arguments: Shop.dialects) func otherErrorsAreNotRepeated(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let attempts = Atomic(0)
        await #expect {
            try await shop.prisma.transaction(retries: 5) { tx in
                attempts.add(1, ordering: .relaxed)
                _ = try await tx.tag.create(.init(default: "a"))
                _ = try await tx.tag.create(.init(default: "a"))
            }
        } throws: { ($0 as? PrismaError)?.code == .uniqueViolation }
        #expect(attempts.load(ordering: .relaxed) == 1)
    }

    @Test func pausesGrowAndEnd() {
        var pauses = TransactionPauses(retries: 100)
        for attempt in 0..<100 {
            let limit = min(.milliseconds(500), .milliseconds(10) * (1 << min(attempt, 10)))
            #expect(pauses.next().map { $0 >= .zero && $0 <= limit } == true)
        }
        #expect(pauses.next() == nil)
    }

    @Test(arguments: Shop.dialects) func aTransactionThatCannotBeginInTimeDoesNot(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let url = shop.url + "&connection_limit=1"
        let database: any SQLDatabase = dialect == .sqlite ? try SQLiteDatabase(url: url) : try PostgresDatabase(url: url)
        let prisma = PrismaClient(engine: PrismaEngine(database: database, schema: shop.prisma.engine.schema))
        let (holding, isHeld) = AsyncStream<Void>.makeStream()
        let (releasing, release) = AsyncStream<Void>.makeStream()
        async let holder: Void = prisma.transaction { tx in
            try await tx.tag.create(.init(default: "holder"))
            isHeld.finish()
            for await _ in releasing {}
        }
        for await _ in holding {}
        await #expect {
            try await prisma.transaction(maxWait: .milliseconds(20)) { tx in _ = try await tx.tag.create(.init(default: "late")) }
        } throws: { ($0 as? PrismaError)?.code == .poolTimeout && "\($0)".contains("maxWait") }
        release.finish()
        try await holder
        try await prisma.transaction(maxWait: .seconds(60)) { tx in _ = try await tx.tag.create(.init(default: "in time")) }
        #expect(try await shop.prisma.tag.findMany(orderBy: { $0.id.ascending }).map(\.default) == ["holder", "in time"])
        await prisma.close()
    }

    /// PostgreSQL answers the COMMIT of a transaction in which something failed with a rollback and calls that a success.
    @Test(arguments: Shop.dialects) func whatWasNotKeptIsNotReportedAsKept(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let work: @Sendable (PrismaClient) async throws -> Void = { tx in
            try await tx.tag.create(.init(default: "a"))
            _ = try? await tx.tag.create(.init(default: "a"))
        }
        switch dialect {
        case .sqlite:
            try await shop.prisma.transaction(work)
            #expect(try await shop.prisma.tag.count() == 1)
        case .postgresql:
            await #expect { try await shop.prisma.transaction(work) } throws: { ($0 as? PrismaError)?.code == .transactionFailed }
            #expect(try await shop.prisma.tag.count() == 0)
        }
    }

    @Test func aLogShowsValuesOnlyToThoseWhoAsk() async throws {
        let shop = try await Shop.make(.sqlite)
        let events = Mutex<[QueryEvent]>([])
        var options = shop.prisma.engine.options
        options.onQuery = { event in events.withLock { $0.append(event) } }
        let prisma = PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
        try await prisma.tag.create(.init(default: "secret"))
        _ = try? await prisma.tag.create(.init(default: "secret"))
        let found = events.withLock { $0 }
        #expect(found.count == 2 && found.allSatisfy { $0.bindings == [.text("secret")] && !"\($0)".contains("secret") })
        #expect("\(found[1])".hasSuffix(" failed with P2002") && "\(found[0])".contains("INSERT INTO"))
    }
}
