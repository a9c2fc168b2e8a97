import Foundation
import Prisma
import ShopClient
import Testing

@Suite struct NestedWriteTests {
    @Test(arguments: Shop.dialects) func createsWithRelations(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        defer { withExtendedLifetime(shop) {} }
        let prisma = shop.prisma
        let (user, orders, profile) = try await prisma.user.create(
            .init(
                email: "ann@example.com", profile: .create(.init(bio: "likes trees", user: .parent)),
                orders: [
                    .create([
                        .init(
                            total: 100, user: .parent,
                            items: .create([
                                .init(position: 1, sku: "A", price: 60, order: .parent, notes: .create(.init(text: "x", item: .parent)))
                            ])),
                        .init(total: 50, user: .parent),
                    ]),
                    .createMany([.init(total: 7, user: .parent), .init(total: 8, user: .parent)]),
                ],
                referrer: .create(.init(email: "bob@example.com"))),
            include: { ($0.orders.orderBy { $0.id.ascending }.include { $0.items.include { $0.notes } }, $0.profile) })
        #expect(orders.map(\.0.total) == [100, 50, 7, 8])
        #expect(orders[0].1.map(\.0.sku) == ["A"])
        #expect(orders[0].1[0].1.map(\.text) == ["x"])
        #expect(profile?.userId == user.id)
        #expect(try await prisma.user.findUnique(where: { $0.id == user.referrerId })?.email == "bob@example.com")

        let order = try await prisma.order.create(.init(total: 1, user: .connect { $0.email == "bob@example.com" }))
        #expect(order.userId == user.referrerId)
        let total = try await prisma.order.create(
            .init(total: 3, user: .connectOrCreate(where: { $0.email == "eve@x" }, create: .init(email: "eve@x"))),
            select: { ($0.total, $0.user.email) })
        #expect(total == (3, "eve@x"))
        try await prisma.order.create(
            .init(total: 4, user: .connectOrCreate(where: { $0.email == "eve@x" }, create: .init(email: "eve@x"))))
        #expect(try await prisma.user.count() == 3)
    }

    @Test(arguments: Shop.dialects) func keepsNothingWhereAPartFails(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        defer { withExtendedLifetime(shop) {} }
        let prisma = shop.prisma
        try await prisma.user.create(.init(email: "taken@x"))
        await #expect(throws: PrismaError.self) {
            try await prisma.user.create(
                .init(email: "a@x", orders: .create(.init(total: 1, user: .parent)), referrer: .create(.init(email: "taken@x"))))
        }
        await #expect(throws: PrismaError.self) {
            try await prisma.user.create(.init(email: "a@x", orders: [.create(.init(total: 1, user: .parent)), .connect { $0.id == 99 }]))
        }
        #expect(try await prisma.user.count() == 1)
        #expect(try await prisma.order.count() == 0)
    }

    @Test(arguments: Shop.dialects) func changesChildren(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        defer { withExtendedLifetime(shop) {} }
        try await shop.seed()
        let prisma = shop.prisma
        try await prisma.user.update(where: { $0.id == 1 }) {
            $0.visits += 1
            $0.orders.create(.init(total: 70, user: .parent))
            $0.orders.update(where: { $0.id == 2 }) { $0.note = "changed" }
            $0.orders.updateMany(where: { $0.total > 60 }) { $0.quantity = 9 }
            $0.orders.upsert(where: { $0.id == 77 }, create: .init(total: 71, user: .parent)) { $0.total = 0 }
            $0.orders.upsert(where: { $0.id == 1 }, create: .init(total: 72, user: .parent)) { $0.discount = 6 }
            $0.orders.connect { $0.id == 3 }
            $0.profile.update { $0.bio = "new" }
            $0.referrer.connect { $0.id == 3 }
            $0.referrals.set([{ $0.id == 3 }])
        }
        let (user, orders, profile, referrals) = try #require(
            try await prisma.user.findUnique(
                where: { $0.id == 1 }, include: { ($0.orders.orderBy { $0.id.ascending }, $0.profile, $0.referrals) }))
        #expect(user.visits == 11 && user.referrerId == 3)
        #expect(orders.map(\.total) == [100, 50, 20.5, 70, 71])
        #expect(orders.map(\.quantity) == [9, 1, 1, 9, 1])
        #expect(orders[0].discount == 6 && orders[1].note == "changed")
        #expect(profile?.bio == "new")
        #expect(referrals.map(\.id) == [3])

        try await prisma.user.update(where: { $0.id == 1 }) {
            $0.orders.deleteMany(where: { $0.total < 60 })
            $0.orders.delete { $0.id == 1 }
            $0.referrals.disconnect { $0.id == 3 }
            $0.referrer.disconnect()
            $0.profile.delete()
        }
        #expect(try await prisma.order.findMany(orderBy: { $0.id.ascending }).map(\.total) == [70, 71])
        #expect(try await prisma.profile.count() == 0)
        #expect(try await prisma.user.count(where: { $0.referrerId != nil }) == 0)
        try await prisma.user.update(where: { $0.id == 1 }) { $0.profile.create(.init(bio: "again", user: .parent)) }
        try await prisma.user.update(where: { $0.id == 1 }) {
            $0.profile.upsert(create: .init(bio: "no", user: .parent)) { $0.bio = "yes" }
        }
        #expect(try await prisma.profile.findMany().map(\.bio) == ["yes"])
    }

    @Test(arguments: Shop.dialects) func changesPairs(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        defer { withExtendedLifetime(shop) {} }
        let prisma = shop.prisma
        func tags(_ id: String) async throws -> [String] {
            try await prisma.post.findUnique(where: { $0.id == id }, include: { $0.tags.orderBy { $0.default.ascending } })?.1.map(
                \.default) ?? []
        }
        try await prisma.tag.createMany([.init(default: "a"), .init(default: "b")])
        let post = try await prisma.post.create(
            .init(
                title: "Hello",
                tags: [
                    .connect { $0.default == "a" }, .create(.init(default: "c")),
                    .connectOrCreate(where: { $0.default == "d" }, create: .init(default: "d")),
                ]))
        #expect(try await tags(post.id) == ["a", "c", "d"])
        let (_, found) = try await prisma.post.update(
            where: { $0.id == post.id }, include: { $0.tags.orderBy { $0.default.ascending } }
        ) {
            $0.tags.connect { $0.default == "a" }
            $0.tags.connect { $0.default == "b" }
            $0.tags.disconnect { $0.default == "c" }
            $0.tags.update(where: { $0.default == "d" }) { $0.default = "e" }
        }
        #expect(found.map(\.default) == ["a", "b", "e"])
        try await prisma.post.update(where: { $0.id == post.id }) { $0.tags.set([{ $0.default == "c" }]) }
        #expect(try await tags(post.id) == ["c"])
        try await prisma.post.update(where: { $0.id == post.id }) { $0.tags.deleteMany() }
        #expect(try await tags(post.id) == [])
        #expect(try await prisma.tag.findMany(orderBy: { $0.id.ascending }).map(\.default) == ["a", "b", "e"])
        try await prisma.post.update(where: { $0.id == post.id }) { $0.tags.set([]) }
        let (removed, none) = try await prisma.post.delete(where: { $0.id == post.id }, include: { $0.tags })
        #expect(removed == post && none.isEmpty)
    }

    @Test(arguments: Shop.dialects) func upsertsWithRelations(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        defer { withExtendedLifetime(shop) {} }
        let prisma = shop.prisma
        for expected in [1, 2] {
            let (user, orders) = try await prisma.user.upsert(
                where: { $0.email == "a@x" }, create: .init(email: "a@x", orders: .create(.init(total: 1, user: .parent))),
                include: { $0.orders }
            ) {
                $0.visits += 1
                $0.orders.create(.init(total: 2, user: .parent))
            }
            #expect(orders.count == expected)
            #expect(user.visits == expected - 1)
        }
    }

    @Test(arguments: Shop.dialects) func refuses(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        defer { withExtendedLifetime(shop) {} }
        try await shop.seed()
        let prisma = shop.prisma
        func refused(
            _ code: PrismaError.Code, _ model: String, _ field: String, _ line: Int = #line,
            _ change: @escaping (inout Changes<User>) -> Void
        ) async {
            await #expect {
                try await prisma.user.update(where: { $0.id == 1 }, change)
            } throws: { error in
                let error = error as? PrismaError
                let isRight = error?.code == code && error?.model == model && error?.fields == [field]
                if !isRight { Issue.record("line \(line): \(String(describing: error))") }
                return isRight
            }
        }
        await refused(.relatedRecordsMissing, "User", "orders") { $0.orders.connect { $0.id == 99 } }
        await refused(.recordNotFound, "User", "referrer") { $0.referrer.connect { $0.id == 99 } }
        await refused(.recordNotFound, "User", "orders") { $0.orders.update(where: { $0.id == 99 }) { $0.total = 1 } }
        await refused(.recordNotFound, "User", "orders") { $0.orders.delete { $0.id == 99 } }
        await refused(.notConnected, "User", "orders") { $0.orders.delete { $0.id == 3 } }
        await refused(.notConnected, "User", "orders") { $0.orders.update(where: { $0.id == 3 }) { $0.total = 1 } }
        await refused(.recordNotFound, "User", "referrer") { $0.referrer.update { $0.name = "x" } }
        await refused(.recordNotFound, "User", "referrer") { $0.referrer.delete() }
        await refused(.relationViolation, "User", "orders") { $0.orders.disconnect { $0.id == 1 } }
        await refused(.relationViolation, "User", "orders") { $0.orders.set([{ $0.id == 1 }]) }
        await refused(.relationViolation, "User", "profile") { $0.profile.disconnect() }
        await refused(.relationViolation, "User", "profile") { $0.profile.create(.init(bio: "second", user: .parent)) }
        await refused(.uniqueViolation, "User", "email") { $0.referrals.create(.init(email: "ann@example.com")) }
        await refused(.validationFailed, "User", "referrer") { $0.referrer.create(.init(email: "x", referrer: .parent)) }
        await #expect {
            try await prisma.order.create(.init(total: 1, user: .parent))
        } throws: { ($0 as? PrismaError)?.code == .validationFailed && ($0 as? PrismaError)?.fields == ["user"] }
        await #expect {
            try await prisma.user.update(where: { $0.id == 1 }) { $0.orders.connect { $0.total == 20.5 } }
        } throws: { ($0 as? PrismaError)?.code == .validationFailed }
        await #expect {
            try await prisma.user.createMany([.init(email: "x", orders: .create(.init(total: 1, user: .parent)))])
        } throws: { ($0 as? PrismaError)?.code == .validationFailed }
        #expect(try await prisma.order.count(where: { $0.userId == 1 }) == 2)
    }
}
