public import Foundation
public import Prisma
internal import PrismaMigrate
internal import PrismaPostgres
internal import PrismaSQLite
package import PrismaSchema
public import TestSupport

/// A fresh database with the shop's tables.
public struct Shop: Sendable {
    public let prisma: PrismaClient
    public let folder: TemporaryFolder
    public let url: String

    public static let clock = Date(timeIntervalSince1970: 1_700_000_000)

    /// The databases that tests run on: both, where there is a PostgreSQL.
    public static var dialects: [SQLDialect] { PostgresTestServer.isUsable ? [.sqlite, .postgresql] : [.sqlite] }

    public static func make(_ dialect: SQLDialect) async throws -> Shop { try await make(dialect, schema: schema(dialect)) }

    /// A database with the tables of another schema.
    package static func make(_ dialect: SQLDialect, schema: Schema) async throws -> Shop {
        let folder = try TemporaryFolder()
        let database: any SQLDatabase
        let url: String
        switch dialect {
        case .sqlite:
            var options = SQLiteDatabase.Options()
            options.creates = true
            url = "file:\(folder.file("shop.db"))?pool_timeout=300"
            database = try SQLiteDatabase(url: url, options: options)
        case .postgresql:
            url = try await PostgresTestServer.shared().makeDatabase(parameters: "pool_timeout=300")
            database = try PostgresDatabase(url: url)
        }
        try await database.withConnection(for: .write) { try await $0.executeScript(Migration(creating: schema).script) }
        var options = PrismaEngine.Options()
        options.clock = { clock }
        return Shop(
            prisma: PrismaClient(engine: PrismaEngine(database: database, schema: schema, options: options)), folder: folder,
            url: url)
    }

    private static func schema(_ dialect: SQLDialect) throws -> Schema { try Schema(parsing: try schemaText(dialect)) }

    /// The schema as a file for that database would have it.
    public static func schemaText(_ dialect: SQLDialect) throws -> String {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "schema.prisma")
        let text = try String(contentsOf: url, encoding: .utf8)
        return dialect == .sqlite
            ? text
            : text.replacingOccurrences(of: "\"sqlite\"", with: "\"postgresql\"")
                .replacingOccurrences(of: "\"file:./shop.db\"", with: "\"postgresql://localhost/shop\"")
    }

    /// Three customers: ann with two orders, bob with one, eve with none.
    public func seed() async throws {
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

    public static func day(_ offset: Double) -> Date { clock.addingTimeInterval(offset * 86_400) }
}
