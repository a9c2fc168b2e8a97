import Foundation
import Prisma
import PrismaMigrate
import PrismaSQLite
import ShopClient
import TestSupport

let databaseProvocations: [Provocation] = [
    .init("PS001", "a write where only reading is allowed") { dialect in
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let reader = try shop.rival(dialect == .sqlite ? "mode=ro" : "options=-c%20default_transaction_read_only%3Don")
        try await reader.user.updateMany { $0.visits = 0 }
    },
    .inShop("PS002", "a file that may not grow", on: [.sqlite]) { shop in
        try await shop.script("PRAGMA max_page_count = 1")
        let bytes = Data(repeating: 7, count: 100_000)
        try await shop.prisma.user.updateMany { $0.avatar = bytes }
    },
    .init("PS004", "a file that is no database", on: [.sqlite]) { _ in
        let folder = try TemporaryFolder()
        try Data("This is a text of some length, and no database.".utf8).write(to: URL(filePath: folder.file("text.db")))
        try await ask(try SQLiteDatabase(url: "file:\(folder.file("text.db"))"))
    },
    .inShop("PS005", "a text that is not UTF-8", on: [.sqlite]) { shop in
        try await shop.script("UPDATE users SET name = CAST(X'61FF' AS TEXT)")
        _ = try await shop.prisma.user.findMany()
    },
    .inShop("PS005", "a text with a NUL character", on: [.postgresql]) { try await $0.prisma.user.updateMany { $0.name = "a\u{0}b" } },
    .inShop("PS006", "a condition that is nested too deeply") { shop in
        _ = try await shop.prisma.user.findMany(where: { user in (0..<10_000).reduce(user.isActive) { condition, _ in !condition } })
    },
    .inShop("PS007", "a column of a type that is not read", on: [.postgresql]) { shop in
        _ = try await shop.prisma.queryRaw("SELECT point(1, 2)", as: String.self)
    },
    .inShop("PS008", "a push into a database that has tables") { shop in
        try await SchemaPush(shop.prisma.engine.schema).run(on: shop.prisma.engine.database)
    },
    .init("PS099", "a file that the system cannot read", on: FileManager.default.fileExists(atPath: "/proc/self/mem") ? [.sqlite] : []) {
        _ in
        try await ask(try SQLiteDatabase(url: "file:/proc/self/mem?mode=ro&immutable=1"))
    },
]
