import Foundation
import Prisma
import PrismaSQLite
import ShopClient
import TestSupport

/// A fresh database with the shop's tables.
struct Shop: Sendable {
    let prisma: PrismaClient
    private let folder: TemporaryFolder

    static let clock = Date(timeIntervalSince1970: 1_700_000_000)

    static func sqlite() async throws -> Shop {
        let folder = try TemporaryFolder()
        var options = SQLiteDatabase.Options()
        options.creates = true
        let database = try SQLiteDatabase(url: "file:\(folder.file("shop.db"))", options: options)
        try await database.withConnection(for: .write) { try await $0.executeScript(sqliteTables) }
        var engineOptions = PrismaEngine.Options()
        engineOptions.clock = { clock }
        let engine = PrismaEngine(database: database, schema: try PrismaClient.schema.get(), options: engineOptions)
        return Shop(prisma: PrismaClient(engine: engine), folder: folder)
    }

    /// Three customers: ann with two orders, bob with one, eve with none.
    func seed() async throws {
        let users = try await prisma.user.createManyAndReturn([
            .init(
                email: "ann@example.com", name: "Ann", visits: 10, plan: .pro, totalSpent: 150, lastLoginAt: Self.day(-2), isChurned: false),
            .init(
                email: "bob@example.org", name: nil, visits: 3, plan: .free, totalSpent: 20.5, lastLoginAt: Self.day(-40), isChurned: true),
            .init(email: "eve@example.com", name: "Eve", visits: 0, plan: .enterprise, totalSpent: 0, lastLoginAt: nil, isChurned: nil),
        ])
        try await prisma.profile.create(.init(bio: "likes trees", userId: users[0].id))
        try await prisma.order.createMany([
            .init(total: 100, userId: users[0].id, discount: 5, quantity: 2, createdAt: Self.day(-100)),
            .init(total: 50, userId: users[0].id, note: "gift", createdAt: Self.day(-10)),
            .init(total: 20.5, userId: users[1].id, createdAt: Self.day(-50)),
        ])
        try await prisma.item.createMany([
            .init(orderId: 1, position: 1, sku: "A", price: 60), .init(orderId: 1, position: 2, sku: "B", price: 40),
            .init(orderId: 2, position: 1, sku: "A", price: 50),
        ])
        try await prisma.itemNote.create(.init(text: "fragile", orderId: 1, position: 2))
        try await prisma.user.update(where: { $0.id == 2 }) { $0.referrerId = users[0].id }
    }

    static func day(_ offset: Double) -> Date { clock.addingTimeInterval(offset * 86_400) }

    private static let sqliteTables = """
        CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "name" TEXT,
          "visits" INTEGER NOT NULL DEFAULT 0, "credits" BIGINT NOT NULL DEFAULT 0, "plan" TEXT NOT NULL DEFAULT 'FREE',
          "total_spent" REAL NOT NULL DEFAULT 0, "balance" DECIMAL NOT NULL DEFAULT 0, "lastLoginAt" DATETIME,
          "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" DATETIME NOT NULL, "isChurned" BOOLEAN,
          "isActive" BOOLEAN NOT NULL DEFAULT true, "avatar" BLOB, "settings" JSONB, "referrerId" INTEGER,
          CONSTRAINT "users_referrerId_fkey" FOREIGN KEY ("referrerId") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE);
        CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
        CREATE TABLE "Profile" ("id" TEXT NOT NULL PRIMARY KEY, "bio" TEXT NOT NULL, "userId" INTEGER NOT NULL,
          CONSTRAINT "Profile_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE UNIQUE INDEX "Profile_userId_key" ON "Profile"("userId");
        CREATE TABLE "Order" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "total" REAL NOT NULL, "discount" REAL,
          "quantity" INTEGER NOT NULL DEFAULT 1, "note" TEXT, "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "userId" INTEGER NOT NULL,
          CONSTRAINT "Order_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE INDEX "Order_userId_createdAt_idx" ON "Order"("userId", "createdAt");
        CREATE TABLE "Item" ("orderId" INTEGER NOT NULL, "position" INTEGER NOT NULL, "sku" TEXT NOT NULL, "price" REAL NOT NULL,
          PRIMARY KEY ("orderId", "position"),
          CONSTRAINT "Item_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE "ItemNote" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "text" TEXT NOT NULL, "orderId" INTEGER NOT NULL,
          "position" INTEGER NOT NULL,
          CONSTRAINT "ItemNote_orderId_position_fkey" FOREIGN KEY ("orderId", "position") REFERENCES "Item" ("orderId", "position") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE "Tag" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "default" TEXT NOT NULL);
        CREATE UNIQUE INDEX "Tag_default_key" ON "Tag"("default");
        CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL);
        CREATE TABLE "_PostToTag" ("A" TEXT NOT NULL, "B" INTEGER NOT NULL,
          CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
          CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");
        """
}
