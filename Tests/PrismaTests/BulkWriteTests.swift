import Foundation
import Prisma
import ShopClient
import Synchronization
import Testing

/// Many new rows at once: the same rows as one by one, whichever way the database takes them.
@Suite struct BulkWriteTests {
    /// Values that a text format has to be careful with.
    private static let texts = [
        "", "\\", "\\N", "\\.", "a\tb", "line\nbreak\r\n", "'\"", "é😀", "\u{1}\u{7F}", "NULL", "{a,b}", " x ", "\\x41", "\\\\\t",
    ]
    private static let dates = [0, -1, 1.5, -62_135_596_800, 253_402_300_799.999, 1_700_000_000.123, 253_402_300_800, -62_167_219_300].map {
        Date(timeIntervalSince1970: $0)
    }

    private static func users(_ count: Int) -> [User.Create] {
        (0..<count).map { index in
            .init(
                email: "\(index) \(texts[index % texts.count])", name: index % 3 == 0 ? nil : texts[(index + 5) % texts.count],
                visits: [0, -1, Int(Int32.max), Int(Int32.min)][index % 4], credits: [.max, .min, 0, -7][index % 4],
                plan: Plan.allCases[index % 3], totalSpent: [0, 0.1, -1e300, .infinity, .leastNormalMagnitude][index % 5],
                balance: [0, -12.34, 99_999.99][index % 3], lastLoginAt: index % 2 == 0 ? nil : dates[index % dates.count],
                createdAt: dates[(index / 2) % dates.count], isChurned: [nil, true, false][index % 3],
                avatar: index % 4 == 0 ? nil : Data([0, 92, 255, UInt8(index % 256)].prefix(index % 5)),
                settings: index % 2 == 0 ? nil : ["a": .string(texts[index % texts.count].filter { $0 != "\u{0}" }), "b": [1, nil]])
        }
    }

    @Test(arguments: Shop.dialects) func keepsEachValue(dialect: SQLDialect) async throws {
        let many = try await Shop.make(dialect)
        let single = try await Shop.make(dialect)
        let statements = Mutex<[String]>([])
        var options = many.prisma.engine.options
        options.onQuery = { event in statements.withLock { $0.append(event.sql) } }
        let prisma = PrismaClient(
            engine: PrismaEngine(database: many.prisma.engine.database, schema: many.prisma.engine.schema, options: options))
        let users = Self.users(600)
        #expect(try await prisma.user.createMany(users) == 600)
        // The test is about COPY where there is one.
        #expect(statements.withLock { $0 }.contains { $0.hasPrefix("COPY ") } == (dialect == .postgresql))
        for user in users { try await single.prisma.user.create(user) }
        let found = try await prisma.user.findMany(orderBy: { $0.id.ascending })
        let wanted = try await single.prisma.user.findMany(orderBy: { $0.id.ascending })
        #expect(found.count == wanted.count)
        for (found, wanted) in zip(found, wanted) { #expect(found == wanted) }
    }

    @Test(arguments: Shop.dialects) func keepsAllOrNothing(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        var users = Self.users(700)
        users[650].email = users[3].email
        await #expect { try await shop.prisma.user.createMany(users) } throws: { error in
            let error = error as? PrismaError
            return error?.code == .uniqueViolation && error?.model == "User" && error?.fields == ["email"]
        }
        users[650].email = "NUL \u{0}"
        if dialect == .postgresql {
            await #expect { try await shop.prisma.user.createMany(users) } throws: { ($0 as? PrismaError)?.code == .invalidText }
        }
        #expect(try await shop.prisma.user.count() == 0)
        // The connection is as good as before, and a transaction around it decides.
        struct Stop: Error {}
        let good = Self.users(600)
        await #expect(throws: Stop.self) {
            try await shop.prisma.transaction { tx in
                #expect(try await tx.user.createMany(good) == 600)
                #expect(try await tx.user.count() == 600)
                throw Stop()
            }
        }
        #expect(try await shop.prisma.user.count() == 0)
        #expect(try await shop.prisma.user.createMany(Self.users(600) + good, skipDuplicates: true) == 600)
    }

    /// Policies are not applied to COPY, and the server refuses it.
    @Test(.enabled(if: Shop.dialects.contains(.postgresql))) func insertsWhereTheTableHasPolicies() async throws {
        let shop = try await Shop.make(.postgresql)
        try await shop.prisma.engine.withConnection(for: .write) {
            try await $0.executeScript(#"ALTER TABLE "Tag" ENABLE ROW LEVEL SECURITY; ALTER TABLE "Tag" FORCE ROW LEVEL SECURITY"#)
        }
        #expect(try await shop.prisma.tag.createMany((0..<600).map { .init(default: "\($0)") }) == 600)
    }

    @Test(arguments: Shop.dialects) func gathersRowsOfSeveralKinds(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let users: [User.Create] = (0..<1500).map { index in
            index % 2 == 0 ? .init(email: "\(index)") : .init(email: "\(index)", name: "named", visits: index)
        }
        #expect(try await shop.prisma.user.createMany(users) == 1500)
        #expect(try await shop.prisma.user.count(where: { $0.name == nil && $0.visits == 0 }) == 750)
        #expect(
            try await shop.prisma.user.createManyAndReturn((0..<300).map { .init(email: "more \($0)") }).map(\.email).last == "more 299")
        #expect(try await shop.prisma.user.createMany([]) == 0)
    }
}
