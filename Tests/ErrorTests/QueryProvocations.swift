import Foundation
import Prisma
import PrismaMigrate
import ShopClient
import TestSupport

let queryProvocations: [Provocation] = [
    .inShop("P2009", "a field that the model does not have") { try await $0.request("findMany", "User", #"{"where": {"nme": "Ann"}}"#) },
    .inShop("P2009", "a key that is no key") { try await $0.request("findUnique", "User", #"{"where": {"name": "Ann"}}"#) },
    .inShop("P2010", "SQL that is none") { try await $0.prisma.executeRaw("UPDTE users") },
    .init("P2015", "a required relation that leads nowhere") { dialect in
        // Rows of a time before the foreign key.
        let sample = try await SampleDatabase.make(
            dialect,
            schema:
                "model A {\n id Int @id\n b B @relation(fields: [bId], references: [id])\n bId Int\n}\nmodel B {\n id Int @id\n a A[]\n}")
        try await sample.script(
            dialect == .sqlite
                ? #"PRAGMA foreign_keys = OFF; INSERT INTO "A" VALUES (1, 7); PRAGMA foreign_keys = ON"#
                : #"ALTER TABLE "A" DROP CONSTRAINT "A_bId_fkey"; INSERT INTO "A" VALUES (1, 7)"#)
        _ = try await DynamicQueries(sample.engine).run("findMany", on: "A", try JSON(parsing: #"{"include": {"b": true}}"#))
    },
    .inShop("P2019", "a number that is none, which SQLite cannot store", on: [.sqlite]) { shop in
        try await shop.prisma.user.updateMany { $0.totalSpent = .nan }
    },
    .inShop("P2019", "a text where the statement needs a number", on: [.postgresql]) { shop in
        _ = try await shop.prisma.queryRaw(#"SELECT "id" FROM "users" WHERE "id" = \#("many")::int"#, as: Int.self)
    },
    .inShop("P2020", "a number that is too large for its column") { try await $0.prisma.user.updateMany { $0.visits = 3_000_000_000 } },
    .inShop("P2021", "a table that is not there") { shop in
        try await shop.script(#"DROP TABLE "ItemNote""#)
        _ = try await shop.prisma.itemNote.count()
    },
    .inShop("P2022", "a column that is not there") { shop in
        try await shop.script(#"ALTER TABLE "users" DROP COLUMN "total_spent""#)
        _ = try await shop.prisma.user.findMany()
    },
    .inShop("P2023", "a stored value that the enum does not have") { shop in
        try await shop.script(
            shop.prisma.engine.dialect == .sqlite
                ? "UPDATE users SET plan = 'GOLD'"
                : "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT, ALTER COLUMN plan TYPE TEXT USING 'GOLD'")
        _ = try await shop.prisma.user.findMany(select: { $0.plan })
    },
    .inShop("P2025", "a row that is not there") { _ = try await $0.prisma.user.findUniqueOrThrow(where: { $0.id == 99 }) },
    .inShop("P2028", "a transaction that has ended") { shop in
        let tx = try await shop.prisma.transaction { $0 }
        _ = try await tx.user.count()
    },
    .inShop("P2028", "a transaction that takes too long") { shop in
        try await shop.prisma.transaction(timeout: .milliseconds(50)) { tx in
            try await Task.sleep(for: .milliseconds(200))
            try await tx.user.updateMany { $0.visits = 0 }
        }
    },
    .inShop("P2029", "more values than a statement takes") { shop in
        _ = try await shop.prisma.queryRaw(#"SELECT "id" FROM "users" WHERE "id" IN \#(list: Array(1...300_000))"#, as: Int.self)
    },
    .init("P2034", "two transactions that change one row") { dialect in
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let rival = try shop.rival("pool_timeout=300")
        try await shop.prisma.transaction(isolation: .repeatableRead) { tx in
            if dialect == .sqlite {
                // Transactions take the write lock when they begin; one of raw SQL may begin as a reader.
                try await tx.engine.withConnection(for: .write) { try await $0.executeScript("COMMIT; BEGIN") }
            }
            _ = try await tx.user.findFirst()
            try await rival.user.updateMany { $0.visits += 1 }
            try await tx.user.updateMany { $0.visits += 1 }
        }
    },
]

let writeProvocations: [Provocation] = [
    .init("P2000", "a text that is longer than its column", on: [.postgresql]) { dialect in
        let sample = try await SampleDatabase.make(dialect, schema: "model A {\n id Int @id\n code String @db.VarChar(3)\n}")
        _ = try await DynamicQueries(sample.engine).run("create", on: "A", try JSON(parsing: #"{"data": {"id": 1, "code": "long"}}"#))
    },
    .inShop("P2002", "an address that is taken") { try await $0.prisma.user.create(.init(email: "ann@example.com")) },
    .inShop("P2003", "an order of a customer who is not there") { try await $0.prisma.order.create(.init(total: 1, userId: 99)) },
    .init("P2004", "a check that does not hold") { dialect in
        let sample = try await SampleDatabase.make(dialect, schema: "model A {\n id Int @id\n age Int\n}")
        try await sample.script(
            #"DROP TABLE "A"; CREATE TABLE "A" ("id" INTEGER PRIMARY KEY, "age" INTEGER NOT NULL CONSTRAINT adult CHECK ("age" >= 18))"#)
        _ = try await DynamicQueries(sample.engine).run("create", on: "A", try JSON(parsing: #"{"data": {"id": 1, "age": 17}}"#))
    },
    .init("P2011", "null in a column that the table requires and the schema does not") { dialect in
        let sample = try await SampleDatabase.make(dialect, schema: "model A {\n id Int @id\n age Int?\n}")
        try await sample.script(#"DROP TABLE "A"; CREATE TABLE "A" ("id" INTEGER PRIMARY KEY, "age" INTEGER NOT NULL)"#)
        _ = try await DynamicQueries(sample.engine).run("create", on: "A", try JSON(parsing: #"{"data": {"id": 1}}"#))
    },
    .inShop("P2012", "a required field without a value") { try await $0.request("create", "User", #"{"data": {"name": "Eve"}}"#) },
    .inShop("P2014", "an order taken from its customer") { shop in
        try await shop.prisma.user.update(where: { $0.id == 1 }) { $0.orders.disconnect { $0.id == 1 } }
    },
    .inShop("P2017", "an order of another customer") { shop in
        try await shop.prisma.user.update(where: { $0.id == 1 }) { $0.orders.delete { $0.id == 3 } }
    },
    .inShop("P2018", "orders to connect that are not there") { shop in
        try await shop.prisma.user.update(where: { $0.id == 1 }) { $0.orders.connect { $0.id == 99 } }
    },
]

extension SampleDatabase {
    /// Changes the tables behind the client's back.
    func script(_ sql: String) async throws {
        try await engine.withConnection(for: .write) { try await $0.executeScript(sql) }
    }
}
