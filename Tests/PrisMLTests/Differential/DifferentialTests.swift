import Foundation
import PrisMLTraining
import Prisma
import ShopClient
import Synchronization
import TestSupport
import Testing

@testable import PrisML

/// Random predictors, rows and queries: whichever way a database goes, the answer is the naïve one, which reads all rows with their
/// predictions and looks at them in Swift.
///
/// A failure names its seed and the smallest query that still shows it. `PRISML_SEED` tries another seed, `PRISML_ROUNDS` more predictors.
@Suite(.serialized) struct DifferentialTests {
    private static let seed = ProcessInfo.processInfo.environment["PRISML_SEED"].flatMap(UInt64.init) ?? 20
    private static let rounds = ProcessInfo.processInfo.environment["PRISML_ROUNDS"].flatMap(Int.init) ?? 3
    private static let queriesInRound = 30

    @Test(arguments: Shop.dialects) func customers(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        for round in 0..<Self.rounds {
            let seed = Self.seed &+ UInt64(round)
            var random = RandomSequence(seed: seed)
            try await shop.fill(randomly: &random)
            var orders = PredictorMaker(
                choices: Self.orderFeatures, engine: shop.prisma.engine, folder: shop.folder.file("o\(round)"), random: random)
            let dear = try orders.make("dear")
            let places = try await shop.prisma.user.findMany(orderBy: { $0.email.ascending }, select: { ($0.id) })
            let subject = DifferentialSubject.users(
                dear, places: Dictionary(uniqueKeysWithValues: zip(places, places.indices)))
            let related = Dictionary(grouping: try await dear.included(shop.prisma.order), by: \.row.userId)
            try await check(subject, shop, seed: seed, round, orders.random) { user in
                related[user.id, default: []].map { (quantity: $0.row.quantity, score: $0.score) }
            }
            for _ in 0..<8 { try await checkNested(dear, related, shop, seed: seed, &orders.random) }
        }
    }

    @Test(arguments: Shop.dialects) func itemsWithKeysOfTwoFields(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        for round in 0..<max(1, Self.rounds / 2) {
            let seed = Self.seed &+ UInt64(round) &+ 1000
            var random = RandomSequence(seed: seed)
            try await shop.fill(randomly: &random)
            try await check(.items, shop, seed: seed, round, random) { _ in [] }
        }
    }

    /// Schemas that nobody wrote: keys, types, optional fields, and names in the database that need quotes.
    @Test(arguments: Shop.dialects) func schemas(dialect: SQLDialect) async throws {
        for round in 0..<Self.rounds * 2 {
            let seed = Self.seed &+ UInt64(round) &+ 2000
            var random = RandomSequence(seed: seed)
            let schema = RandomSchema(&random)
            let shop = try await schema.shop(dialect, &random)
            try await check(.random(schema), shop, seed: seed, round, random) { _ in [] }
        }
    }

    /// The orders of each customer, chosen, ordered and cut by their predictions.
    private func checkNested(
        _ dear: AnyScored<Order>, _ related: [Int: [(row: Order, score: Double)]], _ shop: Shop, seed: UInt64,
        _ random: inout RandomSequence
    ) async throws {
        let limit = random.pick(related.values.flatMap { $0.map(\.score) } + [0.5])
        let (isDescending, take) = (random.next(below: 2) == 0, random.pick([nil, 1, 2, -1, -2]))
        let skip = random.next(below: 2)
        let expected = related.mapValues { orders in
            var sorted = orders.filter { $0.score >= limit && $0.row.quantity > 1 }.sorted { left, right in
                if left.score != right.score { return (left.score < right.score) != isDescending }
                return left.row.id < right.row.id
            }
            guard let take else { return sorted.dropFirst(skip).map(\.row.id) }
            if take < 0 { sorted.reverse() }
            let kept = sorted.dropFirst(skip).prefix(take < 0 ? -take : take).map(\.row.id)
            return take < 0 ? kept.reversed() : Array(kept)
        }
        for strategy in DifferentialStrategy.all {
            let found = try await dear.nested(strategy.client(of: shop)) { user in
                var orders = user.orders.where { dear.score($0) >= limit && $0.quantity > 1 }
                    .orderBy { RowOrder(dear.score($0).node, descending: isDescending) }.orderBy { $0.id.ascending }
                if let take { orders = orders.take(take) }
                return skip > 0 ? orders.skip(skip) : orders
            }
            let what =
                "seed \(seed), \(strategy.name): >= \(limit), descending: \(isDescending), take \(String(describing: take)), skip \(skip)"
            for (user, rows) in found {
                #expect(rows.map(\.row.id) == expected[user.id, default: []], "\(what) of \(dear.description)")
                let scores = Dictionary(uniqueKeysWithValues: related[user.id, default: []].map { ($0.row.id, $0.score) })
                #expect(rows.allSatisfy { $0.score == scores[$0.row.id] }, "\(what)")
            }
        }
    }

    private static let orderFeatures: [FeatureChoice<Order>] = [
        .number("quantity", [1, 2], { $0.quantity }), .number("total", [1, 2, 4], { $0.total }),
        .number("discount", [1, 2], { $0.discount }), .number("visits", [1, 3, 5], { $0.user.map { $0.visits } }),
        .text("note", ["gift", "late"], { $0.note }),
    ]

    private func check<Model: Record>(
        _ subject: DifferentialSubject<Model>, _ shop: Shop, seed: UInt64, _ round: Int, _ random: RandomSequence,
        related: (Model) -> [(quantity: Int, score: Double)]
    ) async throws {
        var maker = PredictorMaker(
            choices: subject.features, engine: shop.prisma.engine, folder: shop.folder.file("models\(seed)"), random: random)
        let predictors = [try maker.make("first"), try maker.make("second")]
        let included = [
            try await predictors[0].included(subject.queries(shop.prisma)), try await predictors[1].included(subject.queries(shop.prisma)),
        ]
        let second = Dictionary(uniqueKeysWithValues: included[1].map { (subject.key($0.row), $0.score) })
        let rows = try included[0].map { row, score in
            Answered(row: row, scores: [score, try #require(second[subject.key(row)])], related: related(row))
        }
        for (index, predictor) in predictors.enumerated() {
            guard let inHand = try await predictor.inHand(shop.prisma, rows.map(\.row)) else { continue }
            #expect(inHand == rows.map { $0.scores[index] }, "seed \(seed): \(predictor.description)")
        }
        var random = maker.random
        var queries = QueryMaker(
            terms: subject.terms(with: predictors, rows, &random), atoms: subject.atoms, orders: subject.orders,
            distinct: subject.distinct.map { ($0.name, $0.value) }, rowCount: rows.count, random: random)
        let check = DifferentialCheck(subject: subject, rows: rows, predictors: predictors, dialect: shop.prisma.engine.dialect)
        for number in 0..<Self.queriesInRound {
            let query = queries.make()
            for strategy in DifferentialStrategy.all {
                guard var complaint = await check.complaint(about: query, strategy.client(of: shop)) else { continue }
                var smallest = query
                while true {
                    var next: (RandomQuery<Model>, String)?
                    for candidate in smallest.smaller {
                        if let found = await check.complaint(about: candidate, strategy.client(of: shop)) {
                            next = (candidate, found)
                            break
                        }
                    }
                    guard let next else { break }
                    (smallest, complaint) = next
                }
                Issue.record(
                    """
                    PRISML_SEED=\(Self.seed), seed \(seed), query \(number), \(strategy.name): \(smallest)
                      \(complaint)
                      with \(predictors.map(\.description).joined(separator: "\n  and "))
                    """)
                return
            }
        }
    }
}

/// A way that a database may go.
struct DifferentialStrategy: Sendable {
    let name: String
    let change: @Sendable (inout PrismaEngine.Options) -> Void

    static let all = [
        Self(name: "as it is") { _ in },
        Self(name: "no functions in the database") { $0.callsFunctionsInDatabase = false },
        Self(name: "no bounds") { $0.narrowsByScores = false },
    ]

    func client(of shop: Shop) -> PrismaClient {
        var options = shop.prisma.engine.options
        change(&options)
        return PrismaClient(
            engine: PrismaEngine(database: shop.prisma.engine.database, schema: shop.prisma.engine.schema, options: options))
    }
}

/// Asks one query in every form, and compares with the naïve answers.
struct DifferentialCheck<Model: Record>: Sendable {
    let subject: DifferentialSubject<Model>
    let rows: [Answered<Model>]
    let predictors: [AnyScored<Model>]
    let dialect: SQLDialect

    /// What is wrong with the answers; nil if nothing is.
    func complaint(about query: RandomQuery<Model>, _ prisma: PrismaClient) async -> String? {
        do {
            let queries = subject.queries(prisma)
            if let complaint = try await complaintAboutRows(query, queries) { return complaint }
            if let complaint = try await complaintAboutStream(query, queries) { return complaint }
            if query.isPaged { return nil }
            if let complaint = try await complaintAboutAggregates(query, queries) { return complaint }
            return query.order.isEmpty ? try await complaintAboutRemoval(query, prisma) : nil
        } catch {
            return "it failed: \(error)"
        }
    }

    private func complaintAboutRows(_ query: RandomQuery<Model>, _ queries: ModelQueries<Model>) async throws -> String? {
        let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { (subject.key($1.row), $0) })
        let expected = query.answer(rows, key: subject.key, dialect)
        let condition: ModelQueries<Model>.Condition? = query.condition.map { condition in { condition.expression($0) } }
        let cursor: ModelQueries<Model>.Condition? = query.cursor.map { place in { subject.isRow($0, rows[place].row) } }
        let fields = query.distinct.map { distinct in subject.distinct.filter { $0.name == distinct.name } }
        let distinct: ((Model.Columns) -> [AnyColumn])? = fields.map { fields in { columns in fields.map { $0.field(columns) } } }
        func order(_ columns: Model.Columns) -> [RowOrder] { query.order.map { $0.term(columns) } }
        func show(_ places: [Int]) -> String { "\(places.map { subject.key(rows[$0].row) })" }

        let found = try await queries.findMany(
            where: condition, orderBy: { order($0) }, take: query.take, skip: query.skip, cursor: cursor, distinct: distinct)
        let foundPlaces = found.compactMap { places[subject.key($0)] }
        guard query.accepts(foundPlaces, expecting: expected, rows) else {
            return "findMany gave \(show(foundPlaces)), not \(show(expected))"
        }
        if query.distinct == nil {
            let count = try await queries.count(
                where: condition, orderBy: { order($0) }, take: query.take, skip: query.skip, cursor: cursor)
            guard count == expected.count else { return "count gave \(count), not \(expected.count)" }
        }
        let (first, second) = (predictors[0], predictors[1])
        let selected = try await queries.findMany(
            where: condition, orderBy: { order($0) }, take: query.take, skip: query.skip, cursor: cursor, distinct: distinct,
            select: {
                (
                    subject.keyTerms.0.expression($0), subject.keyTerms.1.expression($0), first.score($0),
                    first.score($0) * 2 + second.score($0), second.score($0) > 0.5,
                    when(
                        first.score($0) > 0.25, then: subject.group.expression($0),
                        else: RowExpression<Double?>(node: second.score($0).node))
                )
            })
        let selectedPlaces = selected.compactMap { row in
            rows.firstIndex { subject.keyTerms.0.value($0) == row.0 && subject.keyTerms.1.value($0) == row.1 }
        }
        guard query.accepts(selectedPlaces, expecting: expected, rows) else {
            return "select gave \(show(selectedPlaces)), not \(show(expected))"
        }
        for (place, row) in zip(selectedPlaces, selected) {
            let (one, two) = (rows[place].scores[0], rows[place].scores[1])
            let either = one > 0.25 ? subject.group.value(rows[place]) : two
            guard row.2 == one, row.3 == one * 2 + two, row.4 == (two > 0.5), row.5 == either else {
                return "select gave \(row) for \(show([place])), whose scores are \(rows[place].scores)"
            }
        }
        return nil
    }

    private func complaintAboutStream(_ query: RandomQuery<Model>, _ queries: ModelQueries<Model>) async throws -> String? {
        guard query.distinct == nil, query.cursor == nil, (query.take ?? 0) >= 0 else { return nil }
        let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { (subject.key($1.row), $0) })
        let expected = query.answer(rows, key: subject.key, dialect)
        let condition: ModelQueries<Model>.Condition? = query.condition.map { condition in { condition.expression($0) } }
        var found: [Int] = []
        do {
            let stream = try predictors[0].streamed(
                queries, condition, { columns in query.order.map { $0.term(columns) } }, query.take, query.skip, 1 + expected.count / 3)
            for try await (row, score) in stream {
                guard let place = places[subject.key(row)], rows[place].scores[0] == score else { return "stream gave \(score) for \(row)" }
                found.append(place)
            }
        } catch let error as PrismaError where error.message.hasPrefix("On PostgreSQL a stream can filter") {
            return nil
        }
        return query.accepts(found, expecting: expected, rows) ? nil : "stream gave \(found), not \(expected), by their places"
    }

    private struct Rollback: Error {}

    /// The rows that match are removed, looked for, and put back.
    private func complaintAboutRemoval(_ query: RandomQuery<Model>, _ prisma: PrismaClient) async throws -> String? {
        let expected = query.answer(rows, key: subject.key, dialect).map { subject.key(rows[$0].row) }.sorted {
            $0.lexicographicallyPrecedes($1)
        }
        let limit = expected.count / 2
        let removed = Mutex<[[Int]]>([])
        let all = Set(rows.map { subject.key($0.row) })
        for limit in [nil, limit] {
            try? await prisma.transaction { tx in
                let condition: ModelQueries<Model>.Condition? = query.condition.map { condition in { condition.expression($0) } }
                let count = try await subject.queries(tx).deleteMany(where: condition, limit: limit)
                let left = Set(try await subject.queries(tx).findMany().map(subject.key))
                removed.withLock { $0 = all.subtracting(left).sorted { $0.lexicographicallyPrecedes($1) } + [[count]] }
                throw Rollback()
            }
            let first = Array(expected.prefix(limit ?? expected.count))
            let found = removed.withLock { $0 }
            guard found == first + [[first.count]] else {
                return "deleteMany(limit: \(String(describing: limit))) removed \(found), not \(first)"
            }
        }
        return nil
    }

    private func complaintAboutAggregates(_ query: RandomQuery<Model>, _ queries: ModelQueries<Model>) async throws -> String? {
        let condition: ModelQueries<Model>.Condition? = query.condition.map { condition in { condition.expression($0) } }
        let matching = rows.filter { query.condition == nil || query.condition?.holds($0) == true }
        let count = try await queries.count(where: condition)
        guard count == matching.count else { return "count gave \(count), not \(matching.count)" }
        let (first, second) = (predictors[0], predictors[1])
        let (counted, mean, least, most) = try await queries.aggregate(where: condition) {
            (
                subject.keyTerms.0.expression($0).count, first.score($0).average, second.score($0).minimum,
                (first.score($0) + second.score($0)).maximum
            )
        }
        let expectedMean = matching.isEmpty ? nil : matching.map { $0.scores[0] }.reduce(0, +) / Double(matching.count)
        guard counted == matching.count, Self.isNear(mean, expectedMean), least == matching.map({ $0.scores[1] }).min(),
            most == matching.map({ $0.scores[0] + $0.scores[1] }).max()
        else { return "aggregate gave \((counted, mean, least, most))" }
        let groups = try await queries.groupBy(
            { (subject.group.expression($0), first.score($0) > 0.5) }, where: condition, having: { second.score($0).maximum > 0.25 }
        ) { (subject.keyTerms.0.expression($0).count, second.score($0).maximum) }
        let expected = Dictionary(grouping: matching) { Group(key: subject.group.value($0), isHigh: $0.scores[0] > 0.5) }
            .mapValues { (count: $0.count, most: $0.map { $0.scores[1] }.max() ?? 0) }.filter { $0.value.most > 0.25 }
        guard groups.count == expected.count else { return "groupBy gave \(groups.count) groups, not \(expected.count)" }
        for group in groups {
            let own = expected[Group(key: group.key.0, isHigh: group.key.1)]
            guard let own, group.values.0 == own.count, group.values.1 == own.most else { return "groupBy gave \(group)" }
        }
        return nil
    }

    private struct Group: Hashable {
        var key: Double?
        var isHigh: Bool
    }

    private static func isNear(_ left: Double?, _ right: Double?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return (left - right).magnitude <= 1e-9 * max(1, right.magnitude)
    }
}

extension Shop {
    /// Empties the tables and fills them with rows in which much is missing and much is the same.
    fileprivate func fill(randomly random: inout RandomSequence) async throws {
        try await prisma.user.deleteMany()
        var users: [User.Create] = []
        var orders: [Order.Create] = []
        var items: [Item.Create] = []
        for id in 1...45 {
            let domain = random.pick(["a.com", "b.org", "c.net"])
            users.append(
                .init(
                    email: "\(random.pick(["u", "v", "W"]))\(id)@\(domain)", id: id, name: random.pick([nil, "ann", "bob", "cyd"]),
                    visits: random.next(below: 8), credits: Int64(random.next(below: 4)), plan: random.pick([.free, .pro, .enterprise]),
                    totalSpent: Double(random.next(below: 6)) / 2, balance: Decimal(random.next(below: 4)) / 10,
                    lastLoginAt: random.next(below: 4) == 0 ? nil : Shop.day(-Double(random.next(below: 120)) / 4),
                    createdAt: Shop.day(-Double(random.next(below: 40))), isChurned: random.pick([nil, true, false]),
                    isActive: random.next(below: 3) > 0, referrerId: id > 10 && random.next(below: 3) == 0 ? 1 + random.next(below: 9) : nil
                ))
            for _ in 0..<random.next(below: 4) {
                let order = orders.count + 1
                orders.append(
                    .init(
                        total: Double(random.next(below: 12)) / 2, userId: id, id: order,
                        discount: random.next(below: 3) == 0 ? nil : Double(random.next(below: 4)), quantity: 1 + random.next(below: 3),
                        note: random.pick([nil, "gift", "late", "gift late"]), createdAt: Shop.day(-Double(random.next(below: 60)))))
                for position in 0..<random.next(below: 3) {
                    items.append(
                        .init(
                            orderId: order, position: position + 1, sku: random.pick(["A1", "B2", "C3"]),
                            price: Double(random.next(below: 7)) / 2))
                }
            }
        }
        try await prisma.user.createMany(users)
        try await prisma.order.createMany(orders)
        try await prisma.item.createMany(items)
        let notes = items.filter { _ in random.next(below: 3) == 0 }
        try await prisma.itemNote.createMany(notes.map { .init(text: "n", orderId: $0.orderId ?? 0, position: $0.position) })
    }
}
