import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import ShopClient
import Testing

/// What goes wrong in the database reaches whoever asked as an error in the schema's words: the model and its fields.
@Suite struct BadInputTests {
    private struct Case: Sendable {
        var name: String
        /// What has been done to the tables, on SQLite and on PostgreSQL.
        var script: (sqlite: String, postgres: String)
        var ask: @Sendable (PrismaClient) async throws -> Void
        var code: PrismaError.Code
        var model: String
        var fields: [String]
    }

    private static let cases = [
        Case(
            name: "a table that is gone", script: (#"DROP TABLE "ItemNote""#, #"DROP TABLE "ItemNote""#),
            ask: { _ = try await $0.itemNote.findMany() }, code: .tableMissing, model: "ItemNote", fields: []),
        Case(
            name: "a column that is gone",
            script: (#"ALTER TABLE "users" DROP COLUMN "total_spent""#, #"ALTER TABLE "users" DROP COLUMN "total_spent""#),
            ask: { _ = try await $0.user.findMany() }, code: .columnMissing, model: "User", fields: ["totalSpent"]),
        Case(
            name: "a column that is gone, in a change",
            script: (#"ALTER TABLE "users" DROP COLUMN "total_spent""#, #"ALTER TABLE "users" DROP COLUMN "total_spent""#),
            ask: { _ = try await $0.user.updateMany { $0.totalSpent = 1 } }, code: .columnMissing, model: "User", fields: ["totalSpent"]),
        Case(
            name: "a stored type that does not fit",
            script: (
                "UPDATE users SET visits = 'many'",
                "ALTER TABLE users ALTER COLUMN visits DROP DEFAULT, ALTER COLUMN visits TYPE TEXT USING 'many'"
            ),
            ask: { _ = try await $0.user.findMany() }, code: .invalidStoredValue, model: "User", fields: ["visits"]),
        Case(
            name: "a date that is none",
            script: (
                #"UPDATE users SET "createdAt" = 'yesterday'"#,
                #"ALTER TABLE users ALTER COLUMN "createdAt" DROP DEFAULT, ALTER COLUMN "createdAt" TYPE TEXT USING 'yesterday'"#
            ),
            ask: { _ = try await $0.user.findMany() }, code: .invalidStoredValue, model: "User", fields: ["createdAt"]),
        Case(
            name: "an enum's value that the schema does not have",
            script: (
                "UPDATE users SET plan = 'GOLD'",
                "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT, ALTER COLUMN plan TYPE TEXT USING 'GOLD'"
            ),
            ask: { _ = try await $0.user.findMany(select: { ($0.id, $0.plan) }) }, code: .invalidStoredValue, model: "User",
            fields: ["plan"]),
        Case(
            name: "null in a required column",
            script: (
                #"DROP TABLE "Tag"; CREATE TABLE "Tag" ("id" INTEGER PRIMARY KEY, "default" TEXT); INSERT INTO "Tag" VALUES (1, NULL)"#,
                #"ALTER TABLE "Tag" ALTER COLUMN "default" DROP NOT NULL; INSERT INTO "Tag" VALUES (1, NULL)"#
            ),
            ask: { _ = try await $0.tag.findMany() }, code: .invalidStoredValue, model: "Tag", fields: ["default"]),
        Case(
            name: "a stored number that is too large",
            script: ("UPDATE users SET visits = 1e300", "ALTER TABLE users ALTER COLUMN visits TYPE NUMERIC USING 1e300"),
            ask: { _ = try await $0.user.findMany() }, code: .invalidStoredValue, model: "User", fields: ["visits"]),
        Case(
            name: "a number that is too large for its column", script: ("SELECT 1", "SELECT 1"),
            ask: { _ = try await $0.user.create(.init(email: "x", visits: 3_000_000_000)) }, code: .outOfRange, model: "User",
            fields: ["visits"]),
        Case(
            name: "a number that is too large for its column, in a change", script: ("SELECT 1", "SELECT 1"),
            ask: { _ = try await $0.user.updateMany { $0.visits = -2_147_483_649 } }, code: .outOfRange, model: "User", fields: ["visits"]),
    ]

    @Test(arguments: Shop.dialects) func namesTheModelAndTheField(dialect: SQLDialect) async throws {
        for example in Self.cases {
            let shop = try await Shop.make(dialect)
            try await shop.seed()
            try await shop.prisma.engine.withConnection(for: .write) {
                try await $0.executeScript(dialect == .sqlite ? example.script.sqlite : example.script.postgres)
            }
            do {
                try await example.ask(shop.prisma)
                Issue.record("\(example.name): no error")
            } catch let error as PrismaError {
                #expect(error.code == example.code, "\(example.name): \(error)")
                #expect(error.model == example.model, "\(example.name): \(error)")
                #expect(error.fields == example.fields, "\(example.name): \(error)")
                #expect(error.help?.isEmpty == false, "\(example.name): \(error)")
            }
            // The client is as good as before.
            #expect(try await shop.prisma.order.count() == 3, "\(example.name)")
            await shop.prisma.close()
        }
    }

    @Test func textThatIsNotUTF8IsAnError() async throws {
        let shop = try await Shop.make(.sqlite)
        try await shop.seed()
        try await shop.prisma.engine.withConnection(for: .write) {
            try await $0.executeScript("UPDATE users SET name = CAST(X'61FF' AS TEXT)")
        }
        await #expect { try await shop.prisma.user.findMany() } throws: { error in
            let error = error as? PrismaError
            return error?.code == .invalidText && error?.model == "User" && error?.fields == ["name"]
        }
        #expect(try await shop.prisma.user.count() == 3)
    }

    @Test(arguments: Shop.dialects) func aValueOf50MegabytesIsKept(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let text = String(repeating: "50 MB ", count: 50_000_000 / 6)
        let bytes = Data(repeating: 7, count: 50_000_000)
        let id = try await shop.prisma.user.create(.init(email: "large", name: text, avatar: bytes)).id
        let read = try await shop.prisma.user.findUniqueOrThrow(where: { $0.id == id })
        #expect(read.name?.utf8.count == text.utf8.count && read.name == text)
        #expect(read.avatar == bytes)
    }

    @Test(arguments: Shop.dialects) func aQueryInsideALeaseOfTheOnlyConnectionGivesUp(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let url = shop.url.replacingOccurrences(of: "pool_timeout=300", with: "pool_timeout=1") + "&connection_limit=1"
        let database: any SQLDatabase = dialect == .sqlite ? try SQLiteDatabase(url: url) : try PostgresDatabase(url: url)
        let prisma = PrismaClient(engine: PrismaEngine(database: database, schema: shop.prisma.engine.schema))
        await #expect {
            try await prisma.transaction { tx in
                try await tx.tag.create(.init(default: "inside"))
                _ = try await prisma.tag.count()
            }
        } throws: { ($0 as? PrismaError)?.code == .poolTimeout }
        #expect(try await prisma.tag.count() == 0)
        await prisma.close()
    }
}
