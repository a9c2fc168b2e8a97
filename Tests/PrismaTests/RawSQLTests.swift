import Foundation
import Prisma
import ShopClient
import Testing

@Suite struct RawSQLTests {
    @Test(arguments: Shop.dialects) func `Interpolated values are bound, whatever they hold`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let hostile = #"'; DROP TABLE "users"; --"#
        try await shop.prisma.user.create(.init(email: hostile, name: nil, visits: 7, plan: .enterprise))
        let found = try await shop.prisma.queryRaw(
            #"SELECT "id", "email", "name", "plan" FROM "users" WHERE "email" = \#(hostile) AND "visits" >= \#(7)"#,
            as: Int.self, String.self, String?.self, Plan.self)
        #expect(found.count == 1)
        #expect(found.first.map { $0 == (1, hostile, nil, .enterprise) } == true)
        #expect(try await shop.prisma.user.count() == 1)
    }

    @Test(arguments: Shop.dialects) func `Lists, names and pieces of SQL`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let condition: RawSQL = #"\#(name: "visits") > \#(1)"#
        let visits = try await shop.prisma.queryRaw(
            #"SELECT "visits" FROM \#(name: "users") WHERE \#(condition) AND "email" IN \#(list: ["ann@example.com", "bob@example.org"]) ORDER BY 1"#,
            as: Int.self)
        #expect(visits == [3, 10])
    }

    @Test(arguments: Shop.dialects) func `A statement that changes rows says how many, also in a transaction`(dialect: SQLDialect)
        async throws
    {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        await #expect(throws: CancellationError.self) {
            try await shop.prisma.transaction { tx in
                #expect(try await tx.executeRaw(#"UPDATE "users" SET "visits" = "visits" + \#(1)"#) == 3)
                #expect(try await tx.queryRaw(#"SELECT sum("visits") FROM "users""#, as: Int.self) == [16])
                throw CancellationError()
            }
        }
        #expect(try await shop.prisma.queryRaw(#"SELECT sum("visits") FROM "users""#, as: Int.self) == [13])
        let returned = try await shop.prisma.queryRaw(#"DELETE FROM "Profile" RETURNING "bio""#, as: String.self)
        #expect(returned == ["likes trees"])
    }

    @Test(arguments: Shop.dialects) func `What is wrong is said`(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let none: [Int] = []
        await #expect(throws: PrismaError.self) { try await shop.prisma.executeRaw("DELETE FROM \"Order\" WHERE id IN \(list: none)") }
        #expect(try await shop.prisma.order.count() == 3)
        let columns = await #expect(throws: PrismaError.self) {
            try await shop.prisma.queryRaw(#"SELECT "id", "name" FROM "users""#, as: Int.self)
        }
        #expect(columns?.message == "The statement gives 2 columns, but types are named for 1.")
        let null = await #expect(throws: PrismaError.self) {
            try await shop.prisma.queryRaw(#"SELECT "name" FROM "users" ORDER BY "id""#, as: String.self)
        }
        #expect(null?.code == .invalidStoredValue)
        let syntax = await #expect(throws: PrismaError.self) { try await shop.prisma.executeRaw("UPDTE x") }
        #expect(syntax?.code == .rawQueryFailed)
    }
}
