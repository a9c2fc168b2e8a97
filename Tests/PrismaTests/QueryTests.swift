import Foundation
import Prisma
import ShopClient
import Testing

@Suite struct QueryTests {
    @Test(arguments: Shop.dialects) func createsAndReadsEachType(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let created = try await shop.prisma.user.create(
            .init(
                email: "ann@example.com", visits: 4, credits: .max, plan: .enterprise, totalSpent: 0.1, balance: Decimal(string: "12.34"),
                lastLoginAt: Shop.day(-1.5), isChurned: true, avatar: Data([0, 1, 255]), settings: ["theme": "dark", "n": 3]))
        #expect(created.id == 1)
        #expect(created.createdAt == Shop.clock)
        #expect(created.updatedAt == Shop.clock)
        #expect(created.plan == .enterprise)
        #expect(created.settings?["n"]?.int == 3)
        #expect(created.balance == Decimal(string: "12.34"))
        #expect(try await shop.prisma.user.findMany() == [created])
        #expect(try await shop.prisma.user.findUnique(where: { $0.email == "ann@example.com" }) == created)
        #expect(try await shop.prisma.user.findUnique(where: { $0.id == 2 }) == nil)
    }

    @Test(arguments: Shop.dialects) func filtersOrdersAndPages(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let user = shop.prisma.user
        func emails(_ condition: @escaping (User.Columns) -> RowExpression<Bool>) async throws -> [Int] {
            try await user.findMany(where: condition, orderBy: { $0.id.ascending }).map(\.id)
        }
        #expect(try await emails { $0.plan == .pro } == [1])
        #expect(try await emails { $0.lastLoginAt.days(until: .now) > 30 } == [2])
        #expect(try await emails { $0.lastLoginAt == nil } == [3])
        #expect(try await emails { !($0.lastLoginAt < .now - .days(10)) } == [1])
        #expect(try await emails { $0.orders.where { $0.createdAt > .now - .days(90) }.count >= 1 } == [1, 2])
        #expect(try await emails { $0.orders.sum { $0.total } > 100 } == [1])
        #expect(try await emails { ($0.orders.average { $0.total } ?? 0) < 21 } == [2, 3])
        #expect(try await emails { $0.orders.some { $0.items.some { $0.sku == "B" } } } == [1])
        #expect(try await emails { $0.orders.every { $0.total > 30 } } == [1, 3])
        #expect(try await emails { $0.orders.isEmpty } == [3])
        #expect(try await emails { $0.email.part(after: "@") == "example.com" } == [1, 3])
        #expect(try await emails { $0.email.contains("EXAMPLE", mode: .insensitive) && $0.email.hasSuffix("org") } == [2])
        #expect(try await emails { $0.referrer.email == "ann@example.com" } == [2])
        #expect(try await emails { $0.referrer.map { $0.orders.count } == 2 } == [2])
        #expect(try await emails { $0.referrer.map { $0.orders.count }.isNull } == [1, 3])
        #expect(try await emails { user in user.referrer.map { ann in ann.orders.some { $0.total > user.totalSpent } } ?? false } == [2])
        #expect(try await emails { $0.profile.isNull } == [2, 3])
        #expect(try await emails { user in user.orders.some { $0.total > user.totalSpent - 60 } } == [1, 2])
        #expect(try await emails { $0.plan.isIn([.free, .enterprise]) } == [2, 3])
        #expect(try await user.findMany(orderBy: { $0.totalSpent.descending }, take: 2).map(\.id) == [1, 2])
        #expect(try await user.findMany(orderBy: { $0.totalSpent.ascending }, take: -2).map(\.id) == [2, 1])
        #expect(
            try await user.findMany(
                orderBy: {
                    $0.orders.count.descending; $0.id.ascending
                }, skip: 1
            ).map(\.id) == [2, 3])
        #expect(try await user.findMany(orderBy: { $0.visits.ascending }, cursor: { $0.id == 2 }).map(\.id) == [2, 1])
        // A cursor whose row is gone leads nowhere: it must not lead back to the first page.
        for isDescending in [false, true] {
            let gone = try await user.findMany(
                orderBy: { RowOrder($0.visits.node, descending: isDescending) }, take: 5, cursor: { $0.id == 99 })
            #expect(gone.isEmpty)
        }
        #expect(try await user.count(where: { $0.isActive == true }) == 3)
        #expect(
            try await shop.prisma.order.findMany(orderBy: { $0.total.descending }, distinct: { [$0.userId.column] }).map(\.id) == [1, 3])
        // The key's second field has a name that such a query could take for its own.
        let items = try await shop.prisma.item.findMany(
            orderBy: {
                $0.orderId.ascending; $0.position.ascending
            }, distinct: { [$0.sku.column] })
        #expect(items.map { [$0.orderId, $0.position] } == [[1, 1], [1, 2]])
    }

    @Test(arguments: Shop.dialects) func includesRelations(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let rows = try await shop.prisma.user.findMany(
            orderBy: { $0.id.ascending },
            include: { ($0.orders.orderBy { $0.total.descending }.include { ($0.items, $0.user) }, $0.profile, $0.referrer, $0.referrals) })
        #expect(rows.map { $0.1.map(\.0.id) } == [[1, 2], [3], []])
        #expect(rows[0].1[0].1.map(\.sku) == ["A", "B"])
        #expect(rows[0].1[0].2 == rows[0].0)
        #expect(rows.map { $0.2?.bio } == ["likes trees", nil, nil])
        #expect(rows.map { $0.3?.id } == [nil, 1, nil])
        #expect(rows.map { $0.4.map(\.id) } == [[2], [], []])
        let newest = try await shop.prisma.user.findMany(
            orderBy: { $0.id.ascending }, include: { $0.orders.orderBy { $0.createdAt.descending }.take(1) })
        #expect(newest.map { $0.1.map(\.id) } == [[2], [3], []])
        let filtered = try await shop.prisma.user.findMany(
            orderBy: { $0.id.ascending }, include: { $0.orders.where { $0.items.count > 1 } })
        #expect(filtered.map { $0.1.map(\.id) } == [[1], [], []])
        let noted = try await shop.prisma.item.findMany(where: { $0.notes.some { $0.text == "fragile" } }, include: { $0.notes })
        #expect(noted.map { $0.0.sku } == ["B"])
        #expect(noted.map { $0.1.map(\.text) } == [["fragile"]])
    }

    /// Each read takes each option that Prisma documents for it.
    @Test(arguments: Shop.dialects) func readsTakeAllOptions(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let (user, order) = (shop.prisma.user, shop.prisma.order)
        #expect(try await order.count(orderBy: { $0.id.ascending }, take: 2) == 2)
        #expect(try await order.count(orderBy: { $0.id.ascending }, take: -2, skip: 2) == 1)
        #expect(try await order.count(where: { $0.total > 30 }, orderBy: { $0.id.ascending }, cursor: { $0.id == 2 }) == 1)
        let sum: Double? = try await order.aggregate(orderBy: { $0.total.descending }, take: 2) { $0.total.sum }
        #expect(sum == 150)
        let rest = try await order.aggregate(orderBy: { $0.total.ascending }, skip: 1, cursor: { $0.id == 3 }) {
            ($0.id.count, $0.total.minimum)
        }
        #expect(rest.0 == 2 && rest.1 == 50)
        let unique = try await user.findUnique(where: { $0.id == 1 }, select: { ($0.email, $0.orders.count) })
        #expect(unique?.0 == "ann@example.com" && unique?.1 == 2)
        let none: String? = try await user.findUnique(where: { $0.id == 9 }, select: { $0.email })
        #expect(none == nil)
        #expect(try await user.findUniqueOrThrow(where: { $0.id == 2 }, include: { $0.orders }).1.map(\.id) == [3])
        #expect(try await user.findUniqueOrThrow(where: { $0.id == 2 }, select: { $0.visits }) == 3)
        let first = try await user.findFirst(
            orderBy: { $0.id.descending }, cursor: { $0.id == 2 }, include: { ($0.orders.count, $0.profile) })
        #expect(first?.0.id == 2 && first?.1 == 1 && first?.2 == nil)
        let second = try await user.findFirst(orderBy: { $0.id.ascending }, skip: 1, select: { ($0.email, $0.id) })
        #expect(second?.0 == "bob@example.org")
        #expect(try await user.findFirstOrThrow(orderBy: { $0.id.ascending }, select: { ($0.id, $0.name) }).1 == "Ann")
        #expect(try await user.findFirstOrThrow(orderBy: { $0.id.ascending }, include: { $0.orders.count }).1 == 2)
        let each = try await order.findMany(orderBy: { $0.id.ascending }, distinct: { [$0.userId.column] }, include: { $0.user })
        #expect(each.map(\.1.id) == [1, 2])
        #expect(try await order.findMany(orderBy: { $0.id.ascending }, distinct: { [$0.userId.column] }, select: { $0.id }) == [1, 3])
        let missing =
            [
                { _ = try await user.findFirstOrThrow(where: { $0.id == 9 }, include: { $0.orders }) },
                { _ = try await user.findFirstOrThrow(where: { $0.id == 9 }, select: { $0.id }) },
                { _ = try await user.findUniqueOrThrow(where: { $0.id == 9 }, include: { $0.orders }) },
                { _ = try await user.findUniqueOrThrow(where: { $0.id == 9 }, select: { $0.id }) },
                { _ = try await user.delete(where: { $0.id == 9 }, select: { $0.id }) },
            ] as [() async throws -> Void]
        for read in missing { #expect(await #expect(throws: PrismaError.self) { try await read() }?.code == .recordNotFound) }
        let made = try await user.upsert(where: { $0.id == 9 }, create: .init(email: "new@x", id: 9), select: { ($0.id, $0.visits) }) {
            $0.visits = 1
        }
        #expect(made.0 == 9 && made.1 == 0)
        #expect(try await user.delete(where: { $0.id == 9 }, select: { $0.email }) == "new@x")
        #expect(try await user.count() == 3)
    }

    @Test(arguments: Shop.dialects) func selectsValues(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let rows = try await shop.prisma.user.findMany(
            orderBy: { $0.id.ascending }, select: { ($0.id, $0.name, $0.orders.max { $0.total }, $0.email.length) })
        #expect(rows.map(\.0) == [1, 2, 3])
        #expect(rows.map(\.1) == ["Ann", nil, "Eve"])
        #expect(rows.map(\.2) == [100, 20.5, nil])
        #expect(rows.map(\.3) == [15, 15, 15])
        let last = try await shop.prisma.user.findMany(
            orderBy: { $0.id.ascending }, select: { $0.orders.first(by: { $0.createdAt.descending }) { $0.total } })
        #expect(last == [50, 20.5, nil])
    }

    @Test(arguments: Shop.dialects) func changesAndRemoves(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let user = shop.prisma.user
        let updated = try await user.update(where: { $0.id == 1 }) {
            $0.visits += 1
            $0.plan = .free
            $0.name = nil
            $0.totalSpent = $0.totalSpent * 2
        }
        #expect(updated.visits == 11 && updated.plan == .free && updated.name == nil && updated.totalSpent == 300)
        #expect(try await user.updateMany(where: { $0.visits > 5 }) { $0.isActive = false } == 1)
        let upserted = try await user.upsert(where: { $0.email == "new@x" }, create: .init(email: "new@x")) { $0.visits += 1 }
        #expect(upserted.visits == 0)
        #expect(try await user.upsert(where: { $0.email == "new@x" }, create: .init(email: "new@x")) { $0.visits += 1 }.visits == 1)
        #expect(try await user.delete(where: { $0.id == 1 }).id == 1)
        #expect(try await shop.prisma.order.count() == 1)
        #expect(try await user.deleteMany() == 3)
        await #expect { try await user.delete(where: { $0.id == 1 }) } throws: { ($0 as? PrismaError)?.code == .recordNotFound }
        await #expect { try await user.update(where: { $0.visits == 1 }) { $0.visits = 0 } } throws: {
            ($0 as? PrismaError)?.code == .validationFailed
        }
    }

    @Test(arguments: Shop.dialects) func limitsWhatIsChangedAndRemoved(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let (user, item) = (shop.prisma.user, shop.prisma.item)
        #expect(try await user.updateMany(where: { $0.visits >= 0 }, limit: 2) { $0.visits = -1 } == 2)
        #expect(try await user.findMany(where: { $0.visits == -1 }, orderBy: { $0.id.ascending }).map(\.id) == [1, 2])
        #expect(try await user.updateManyAndReturn(where: { $0.orders.isEmpty }, limit: 5) { $0.visits = 7 }.map(\.id) == [3])
        #expect(try await user.updateMany(limit: 0) { $0.visits = 9 } == 0)
        // A key of two columns.
        #expect(try await item.updateMany(limit: 2) { $0.sku = "X" } == 2)
        #expect(try await item.deleteMany(where: { $0.sku == "X" }, limit: 1) == 1)
        let left = try await item.findMany(orderBy: {
            $0.orderId.ascending; $0.position.ascending
        })
        #expect(left.map { [$0.orderId, $0.position] } == [[1, 2], [2, 1]] && left.map(\.sku) == ["X", "A"])
        await #expect { try await user.deleteMany(limit: -1) } throws: { ($0 as? PrismaError)?.code == .validationFailed }
        #expect(try await user.deleteMany(limit: 2) == 2)
        #expect(try await user.findMany().map(\.id) == [3])
    }

    @Test(arguments: Shop.dialects) func transactionsKeepAllOrNothing(dialect: SQLDialect) async throws {
        struct Stop: Error {}
        let shop = try await Shop.make(dialect)
        try await shop.prisma.transaction { tx in
            try await tx.tag.create(.init(default: "a"))
            try? await tx.transaction { inner in
                try await inner.tag.create(.init(default: "b"))
                throw Stop()
            }
        }
        await #expect(throws: Stop.self) {
            try await shop.prisma.transaction { tx in
                try await tx.tag.create(.init(default: "c"))
                throw Stop()
            }
        }
        #expect(try await shop.prisma.tag.findMany().map(\.default) == ["a"])
        await #expect {
            try await shop.prisma.tag.create(.init(default: "a"))
        } throws: { error in
            let error = error as? PrismaError
            return error?.code == .uniqueViolation && error?.fields == ["default"] && error?.model == "Tag"
        }
    }
}
