import Prisma
import ShopClient
import Synchronization
import Testing

/// Typed and dynamic calls make the same statements with the same values.
@Suite struct SameStatementsTests {
    private final class Log: Sendable {
        let events = Mutex<[(sql: String, bindings: [SQLValue])]>([])

        func taken() -> [(sql: String, bindings: [SQLValue])] {
            events.withLock { events in
                defer { events = [] }
                return events
            }
        }
    }

    @Test(arguments: Shop.dialects) func writes(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let log = Log()
        var options = shop.prisma.engine.options
        options.onQuery = { event in log.events.withLock { $0.append((event.sql, event.bindings)) } }
        let engine = PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options)
        let prisma = PrismaClient(engine: engine)
        let dynamic = DynamicQueries(engine)
        func same(_ action: String, _ model: String, _ arguments: String, _ typed: () async throws -> Void) async throws {
            try await typed()
            let expected = log.taken()
            _ = try await dynamic.run(action, on: model, try JSON(parsing: arguments))
            let found = log.taken()
            #expect(!expected.isEmpty)
            #expect(found.map(\.sql) == expected.map(\.sql), "\(action) \(arguments)")
        }
        try await same("create", "Order", #"{"data": {"total": 1, "userId": 1}}"#) {
            try await prisma.order.create(.init(total: 1, userId: 1))
        }
        try await same(
            "create", "Order",
            #"{"data": {"total": 1, "user": {"connect": {"id": 1}}, "items": {"create": [{"position": 1, "sku": "A", "price": 2}]}}}"#
        ) {
            try await prisma.order.create(
                .init(
                    total: 1, user: .connect { $0.id == 1 }, items: .create([.init(position: 1, sku: "A", price: 2, order: .parent)])))
        }
        try await same("createMany", "Order", #"{"data": [{"total": 1, "userId": 1}, {"total": 2, "userId": 2}], "skipDuplicates": true}"#)
        {
            try await prisma.order.createMany([.init(total: 1, userId: 1), .init(total: 2, userId: 2)], skipDuplicates: true)
        }
        try await same("update", "User", #"{"where": {"id": 1}, "data": {"visits": {"increment": 2}, "plan": "FREE"}}"#) {
            try await prisma.user.update(where: { $0.id == 1 }) {
                $0.visits += 2
                $0.plan = .free
            }
        }
        try await same(
            "update", "User",
            #"{"where": {"id": 1}, "data": {"name": "x", "orders": {"updateMany": {"where": {"total": {"gt": 1}}, "data": {"note": "n"}}, "create": {"total": 3}}, "referrals": {"set": [{"id": 2}]}}}"#
        ) {
            try await prisma.user.update(where: { $0.id == 1 }) {
                $0.name = "x"
                $0.orders.updateMany(where: { $0.total > 1 }) { $0.note = "n" }
                $0.orders.create(.init(total: 3, user: .parent))
                $0.referrals.set([{ $0.id == 2 }])
            }
        }
        try await same("upsert", "User", #"{"where": {"id": 1}, "create": {"email": "n"}, "update": {"visits": 4}}"#) {
            try await prisma.user.upsert(where: { $0.id == 1 }, create: .init(email: "n")) { $0.visits = 4 }
        }
        try await same("deleteMany", "Order", #"{"where": {"total": {"lt": 2}}}"#) {
            try await prisma.order.deleteMany(where: { $0.total < 2 })
        }
    }

    @Test(arguments: Shop.dialects) func reads(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let log = Log()
        var options = shop.prisma.engine.options
        options.onQuery = { event in log.events.withLock { $0.append((event.sql, event.bindings)) } }
        let engine = PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options)
        let prisma = PrismaClient(engine: engine)
        let dynamic = DynamicQueries(engine)
        func same(_ action: String, _ model: String, _ arguments: String, _ typed: () async throws -> Void) async throws {
            try await typed()
            let expected = log.taken()
            _ = try await dynamic.run(action, on: model, try JSON(parsing: arguments))
            let found = log.taken()
            #expect(!expected.isEmpty)
            #expect(found.map(\.sql) == expected.map(\.sql), "\(action) \(arguments)")
            #expect(found.map(\.bindings) == expected.map(\.bindings), "\(action) \(arguments)")
        }
        try await same("findUnique", "User", #"{"where": {"email": "ann@example.com"}}"#) {
            _ = try await prisma.user.findUnique(where: { $0.email == "ann@example.com" })
        }
        try await same(
            "findMany", "User",
            #"{"where": {"visits": {"gt": 1}, "plan": {"in": ["PRO"]}}, "orderBy": {"email": "desc"}, "take": 5, "skip": 1}"#
        ) {
            _ = try await prisma.user.findMany(
                where: { $0.visits > 1 && $0.plan.isIn([.pro]) }, orderBy: { $0.email.descending }, take: 5, skip: 1)
        }
        try await same("findMany", "User", #"{"where": {"orders": {"some": {"items": {"every": {"price": {"lt": 9}}}}}}}"#) {
            _ = try await prisma.user.findMany(where: { $0.orders.some { $0.items.every { $0.price < 9 } } })
        }
        try await same("findMany", "User", #"{"where": {"NOT": {"email": {"contains": "X", "mode": "insensitive"}}}}"#) {
            _ = try await prisma.user.findMany(where: { !$0.email.contains("X", mode: .insensitive) })
        }
        try await same("findMany", "User", #"{"where": {"profile": null, "referrer": {"email": "a"}}}"#) {
            _ = try await prisma.user.findMany(where: { $0.profile.isNull && $0.referrer.is { $0.email == "a" } })
        }
        try await same(
            "findMany", "User",
            #"{"include": {"profile": true, "orders": {"where": {"total": {"gt": 1}}, "orderBy": {"total": "desc"}, "take": 2, "include": {"items": true}}}}"#
        ) {
            _ = try await prisma.user.findMany(
                include: { ($0.profile, $0.orders.where { $0.total > 1 }.orderBy { $0.total.descending }.take(2).include { $0.items }) })
        }
        try await same("findMany", "User", #"{"select": {"id": true, "plan": true}}"#) {
            _ = try await prisma.user.findMany(select: { ($0.id, $0.plan) })
        }
        try await same("findMany", "Order", #"{"cursor": {"id": 2}, "orderBy": {"total": "asc"}, "take": -2}"#) {
            _ = try await prisma.order.findMany(orderBy: { $0.total.ascending }, take: -2, cursor: { $0.id == 2 })
        }
        try await same("findMany", "Order", #"{"distinct": ["userId"], "orderBy": {"user": {"email": "asc"}}}"#) {
            _ = try await prisma.order.findMany(orderBy: { $0.user.email.ascending }, distinct: { [$0.userId.column] })
        }
        try await same("count", "User", #"{"where": {"isActive": true}}"#) {
            _ = try await prisma.user.count(where: { $0.isActive == true })
        }
        try await same("aggregate", "Order", #"{"_sum": {"total": true}, "_max": {"quantity": true}}"#) {
            _ = try await prisma.order.aggregate { ($0.total.sum, $0.quantity.maximum) }
        }
        try await same("groupBy", "User", #"{"by": ["plan"], "_count": {"id": true}, "having": {"visits": {"_sum": {"gt": 1}}}}"#) {
            _ = try await prisma.user.groupBy({ $0.plan }, having: { $0.visits.sum > 1 }) { $0.id.count }
        }
    }
}
