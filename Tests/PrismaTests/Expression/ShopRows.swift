import Foundation
import Prisma
import PrismaSchema
import ShopClient

/// Random rows for all tables of the shop, the same from the same seed.
struct ShopRows {
    var users: [User.Create] = []
    var profiles: [Profile.Create] = []
    var orders: [Order.Create] = []
    var items: [Item.Create] = []
    var notes: [ItemNote.Create] = []
    var tags: [Tag.Create] = []
    var posts: [Post.Create] = []
    /// The join table of posts and tags.
    var pairs: [(post: String, tag: Int)] = []

    init(seed: UInt64, users userCount: Int = 14) {
        var random = SeededGenerator(seed: seed)
        var emails = EdgeValues.strings.shuffled(using: &random)
        func date(_ random: inout SeededGenerator) -> Date { Date(microsecondsSince1970: random.pick(EdgeValues.dates)) }
        for id in 1...userCount {
            users.append(
                .init(
                    email: emails.removeLast(), id: id, name: random.chance(30) ? nil : random.pick(EdgeValues.strings),
                    visits: Int(random.pick(EdgeValues.ints)), credits: random.pick(EdgeValues.bigInts),
                    plan: random.pick(EdgeValues.plans),
                    totalSpent: random.pick(EdgeValues.doubles), balance: random.pick(EdgeValues.decimals),
                    lastLoginAt: random.chance(30) ? nil : date(&random), createdAt: date(&random), updatedAt: date(&random),
                    isChurned: random.pick([nil, true, false]), isActive: random.chance(60),
                    avatar: random.chance(40) ? nil : random.pick(EdgeValues.bytes),
                    settings: random.chance(40) ? nil : random.pick(EdgeValues.json),
                    referrerId: id == 1 || random.chance(40) ? nil : Int.random(in: 1..<id, using: &random)))
            if random.chance(50) { profiles.append(.init(bio: random.pick(EdgeValues.strings), userId: id, id: "p\(id)")) }
            // Some have none, some have several.
            for _ in 0..<random.pick([0, 0, 1, 2, 4]) {
                orders.append(
                    .init(
                        total: random.pick(EdgeValues.doubles), userId: id, id: orders.count + 1,
                        discount: random.chance(40) ? nil : random.pick(EdgeValues.exactDoubles),
                        quantity: Int(random.pick(EdgeValues.ints)),
                        note: random.chance(40) ? nil : random.pick(EdgeValues.strings), createdAt: date(&random)))
            }
        }
        for order in 1...max(1, orders.count) where !orders.isEmpty {
            for position in 0..<random.pick([0, 1, 3]) {
                items.append(
                    .init(
                        orderId: order, position: position, sku: random.pick(EdgeValues.strings),
                        price: random.pick(EdgeValues.exactDoubles)))
                for _ in 0..<random.pick([0, 0, 2]) {
                    notes.append(.init(text: random.pick(EdgeValues.strings), orderId: order, position: position, id: notes.count + 1))
                }
            }
        }
        let words = EdgeValues.strings.shuffled(using: &random)
        for id in 1...6 { tags.append(.init(default: words[id], id: id)) }
        for id in words.suffix(6) {
            posts.append(.init(title: random.pick(EdgeValues.strings), id: id))
            for tag in 1...6 where random.chance(40) { pairs.append((id, tag)) }
        }
    }

    func insert(into shop: Shop) async throws {
        let prisma = shop.prisma
        // One by one, since they refer to each other.
        for user in users { try await prisma.user.create(user) }
        try await prisma.profile.createMany(profiles)
        try await prisma.order.createMany(orders)
        try await prisma.item.createMany(items)
        try await prisma.itemNote.createMany(notes)
        try await prisma.tag.createMany(tags)
        try await prisma.post.createMany(posts)
        let pairs = pairs
        let parameters = prisma.engine.dialect == .sqlite ? "?1, ?2" : "$1, $2"
        try await prisma.engine.withConnection(for: .write) { connection in
            for pair in pairs {
                try await connection.execute(
                    SQLStatement(
                        #"INSERT INTO "_PostToTag" ("A", "B") VALUES (\#(parameters))"#,
                        bindings: [.text(pair.post), .int(Int64(pair.tag))]))
            }
        }
    }

    /// The rows as a database gives them back.
    func graph(from shop: Shop) async throws -> RowGraph {
        let prisma = shop.prisma
        let graph = RowGraph(schema: prisma.engine.schema)
        graph.add(try await prisma.user.findMany(orderBy: { $0.id.ascending }))
        graph.add(try await prisma.profile.findMany())
        graph.add(try await prisma.order.findMany(orderBy: { $0.id.ascending }))
        graph.add(
            try await prisma.item.findMany(orderBy: {
                $0.orderId.ascending; $0.position.ascending
            }))
        graph.add(try await prisma.itemNote.findMany(orderBy: { $0.id.ascending }))
        graph.add(try await prisma.tag.findMany(orderBy: { $0.id.ascending }))
        graph.add(try await prisma.post.findMany())
        graph.link("Post", "tags", "Tag", "posts", pairs.map { (.text($0.post), .int(Int64($0.tag))) })
        graph.relate()
        return graph
    }
}
