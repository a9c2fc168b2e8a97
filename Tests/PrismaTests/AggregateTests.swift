import Foundation
import Prisma
import ShopClient
import Testing

@Suite struct AggregateTests {
    @Test(arguments: Shop.dialects) func aggregates(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let all = try await shop.prisma.order.aggregate {
            ($0.id.count, $0.total.sum, $0.discount.average, $0.createdAt.minimum, $0.note.count)
        }
        #expect(all.0 == 3 && all.1 == 170.5 && all.2 == 5 && all.3 == Shop.day(-100) && all.4 == 1)
        let none = try await shop.prisma.order.aggregate(where: { $0.total > 1000 }) { ($0.id.count, $0.total.sum, $0.quantity.maximum) }
        #expect(none.0 == 0 && none.1 == nil && none.2 == nil)
    }

    @Test(arguments: Shop.dialects) func groups(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let groups = try await shop.prisma.order.groupBy({ $0.userId }, orderBy: { $0.total.sum.descending }) {
            ($0.id.count, $0.total.sum)
        }
        #expect(groups.map(\.key) == [1, 2])
        #expect(groups.map(\.values.0) == [2, 1])
        #expect(groups.map(\.values.1) == [150, 20.5])
        let large = try await shop.prisma.order.groupBy(
            { ($0.userId, $0.quantity) }, where: { $0.total > 30 }, having: { $0.total.maximum > 60 }, take: 5
        ) { $0.total.average }
        #expect(large.count == 1 && large[0].key == (1, 2) && large[0].values == 100)
        let byPlan = try await shop.prisma.user.groupBy(
            { $0.plan },
            orderBy: {
                $0.id.count.descending; $0.plan.ascending
            }
        ) { $0.id.count }
        #expect(byPlan.map(\.values) == [1, 1, 1])
    }

    @Test(arguments: Shop.dialects) func streams(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.tag.createMany((0..<1234).map { .init(default: "t\($0)") })
        var ids: [Int] = []
        for try await tag in try shop.prisma.tag.stream(orderBy: { $0.id.ascending }, batch: 100) { ids.append(tag.id) }
        #expect(ids == Array(1...1234))
        // Leaving the loop gives the connection back.
        for _ in 0..<20 {
            for try await tag in try shop.prisma.tag.stream(orderBy: { $0.id.descending }, batch: 10) {
                #expect(tag.id == 1234)
                break
            }
        }
        #expect(try await shop.prisma.tag.count() == 1234)
    }
}
