import Foundation
import PrisML
import Prisma
import PrismaSchema
import ShopClient
import TestSupport
import Testing

@testable import PrisMLTraining

/// Features as of a date of the row: what was known then, and nothing that came later.
@Suite struct PointInTimeTests {
    /// A customer with a snapshot, and orders on both sides of it; days are counted from the shop's clock.
    struct Customer {
        var created: Double
        var snapshot: Double?
        var orders: [(day: Double, total: Double)]
        var isChurned: Bool?
    }

    static func customers(_ count: Int, seed: UInt64) -> [Customer] {
        var random = RandomSequence(seed: seed)
        return (0..<count).map { index in
            // Whole hours: the same instant on every database.
            func day(_ range: ClosedRange<Double>) -> Double {
                ((range.lowerBound + random.nextUnit() * (range.upperBound - range.lowerBound)) * 24).rounded() / 24
            }
            return Customer(
                created: day(-400 ... -300), snapshot: index % 9 == 0 ? nil : day(-200 ... -100),
                orders: (0..<random.next(below: 7)).map { _ in (day(-250 ... -1), Double(random.next(below: 100))) },
                isChurned: index % 7 == 0 ? nil : random.nextUnit() < 0.5)
        }
    }

    static func write(_ customers: [Customer], to shop: Shop) async throws {
        try await shop.prisma.user.createMany(
            customers.enumerated().map { index, customer in
                .init(
                    email: "u\(index)@a.com", id: index + 1, lastLoginAt: customer.snapshot.map(Shop.day),
                    createdAt: Shop.day(customer.created),
                    isChurned: customer.isChurned)
            })
        try await shop.prisma.order.createMany(
            customers.enumerated().flatMap { index, customer in
                customer.orders.map { .init(total: $0.total, userId: index + 1, createdAt: Shop.day($0.day)) }
            })
    }

    static func predictor(in folder: String) -> Predictor<User, Bool> {
        Predictor("timely", on: User.self, predicting: \.isChurned) { user in
            Feature("age", user.createdAt.days(until: .now))
            Feature("orders", user.orders.count)
            Feature("recent", user.orders.where { $0.createdAt > .now - .days(30) }.count)
            Feature("spent", user.orders.sum { $0.total })
            Feature("big", user.orders.some { $0.total > 90 })
        }
        .asOf(\.lastLoginAt).stored(in: folder)
    }

    @Test(arguments: Shop.dialects) func featuresAreWhatWasKnownThen(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let customers = Self.customers(80, seed: 3)
        try await Self.write(customers, to: shop)
        let rows = try await ExtractedRows.read(
            Self.predictor(in: "").definition, from: shop.prisma.engine, limit: nil, progress: { _, _ in })

        let taken = customers.filter { $0.snapshot != nil && $0.isChurned != nil }
        #expect(taken.count < customers.count && rows.count == taken.count)
        var expected: [[Float]] = [[], [], [], [], []]
        for customer in taken {
            let snapshot = try #require(customer.snapshot)
            let known = customer.orders.filter { $0.day <= snapshot }
            expected[0].append(Float(snapshot - customer.created))
            expected[1].append(Float(known.count))
            expected[2].append(Float(known.filter { $0.day > snapshot - 30 }.count))
            expected[3].append(Float(known.reduce(0) { $0 + $1.total }))
            expected[4].append(known.contains { $0.total > 90 } ? 1 : 0)
        }
        for (column, expected) in zip(rows.columns, expected) {
            guard case .numbers(let numbers) = column else { continue }
            for (number, expected) in zip(numbers, expected) { #expect((number - expected).magnitude < 1e-3) }
        }
        // The rows hold what a feature must not see.
        #expect(zip(taken, expected[1]).contains { Float($0.orders.count) > $1 })
    }

    /// Who orders after the snapshot has not left: a feature that looked ahead would know, one that does not cannot.
    @Test(arguments: Shop.dialects) func whatCameLaterIsNotLearned(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let customers = Self.customers(600, seed: 4).map { customer in
            var customer = customer
            customer.snapshot = customer.snapshot ?? -150
            customer.isChurned = !customer.orders.contains { $0.day > customer.snapshot ?? 0 }
            return customer
        }
        try await Self.write(customers, to: shop)
        let blind = Predictor("blind", on: User.self, predicting: \.isChurned) { user in
            Feature("lastOrder", user.orders.max { $0.createdAt }.days(until: user.lastLoginAt))
        }
        .algorithm(.gradientBoostedTrees(rounds: 30, depth: 2)).stored(in: shop.folder.file("models"))
        func rocAUC(_ predictor: Predictor<User, Bool>) async throws -> Double {
            let outcome = try await TrainingRun(predictor.definition, engine: shop.prisma.engine, store: predictor.store).run()
            return try #require(outcome.evaluation[.rocAUC]).value
        }
        #expect(try await rocAUC(blind) > 0.98)
        #expect(try await rocAUC(blind.asOf(\.lastLoginAt)) < 0.8)
    }

    /// A label may look ahead of the point in time; its rows are the ones with a point in time.
    @Test(arguments: Shop.dialects) func labelsMayLookAhead(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        let customers = Self.customers(60, seed: 5)
        try await Self.write(customers, to: shop)
        let silent = Predictor(
            "silent", on: User.self,
            predicting: { user in user.orders.where { $0.createdAt > .now && $0.createdAt <= .now + .days(90) }.count == 0 }
        ) { user in Feature("orders", user.orders.count) }
        .asOf(\.lastLoginAt)
        let rows = try await ExtractedRows.read(silent.definition, from: shop.prisma.engine, limit: nil, progress: { _, _ in })
        let expected = customers.compactMap { customer in
            customer.snapshot.map { at in customer.orders.contains { $0.day > at && $0.day <= at + 90 } ? Float(0) : 1 }
        }
        #expect(rows.labels == expected)
        #expect(Set(expected) == [0, 1])
        #expect(silent.definition.problems(in: shop.prisma.engine.schema) == [])
    }

    static let leaks: [(name: String, feature: Feature, isRefused: Bool)] = {
        let user = User.columns
        return [
            ("the label", Feature("x", user.isChurned), true),
            ("a part of it", Feature("x", (user.isChurned ?? false) && user.visits > 3), true),
            ("by way of a row that leads back", Feature("x", user.orders.some { $0.user.isChurned ?? false }), true),
            ("code that reads it", Feature("x", reading: user.visits, user.isChurned, version: 1) { visits, _ in Double(visits) }, true),
            ("another row's", Feature("x", user.referrals.where { $0.isChurned ?? false }.count), false),
            ("another row's, one way", Feature("x", user.referrer.isChurned), false),
        ]
    }()

    @Test(arguments: leaks) func featuresThatKnowTheAnswerAreRefused(name: String, feature: Feature, isRefused: Bool) async throws {
        let shop = try await Shop.make(.sqlite)
        let leaking = Predictor("leaking", on: User.self, predicting: \.isChurned) { _ in feature }
        let problems = leaking.definition.problems(in: shop.prisma.engine.schema)
        #expect(problems.contains { $0.contains("reads the label") } == isRefused, "\(name): \(problems)")
    }

    /// Of a label that is computed from related rows: what is computed from the same, and what only reads them, too.
    static let computed: [(name: String, feature: Feature, isRefused: Bool, isWarnedAbout: Bool)] = {
        let user = User.columns
        return [
            ("what the label compares", Feature("n", user.orders.count), true, true),
            ("a part of what the feature adds up", Feature("n", user.orders.count.double / 2 + user.visits.double), true, true),
            ("the label itself", Feature("n", user.orders.count >= 3), true, true),
            ("the same rows, otherwise", Feature("n", user.orders.sum { $0.total }), false, true),
            ("other rows", Feature("n", user.referrals.count), false, false),
            ("a column of its own", Feature("n", user.visits), false, false),
        ]
    }()

    @Test(arguments: computed)
    func whatALabelIsComputedFromIsNoFeature(name: String, feature: Feature, isRefused: Bool, isWarnedAbout: Bool) async throws {
        let shop = try await Shop.make(.sqlite)
        let regular = Predictor("regular", on: User.self, predicting: { $0.orders.count >= 3 }) { _ in feature }
        let schema = shop.prisma.engine.schema
        let problems = regular.definition.problems(in: schema)
        #expect(problems.contains { $0.contains("it would know the answer") } == isRefused, "\(name): \(problems)")
        let warnings = regular.definition.warnings(in: schema)
        let warning = #"the feature "n" reads the rows of User.orders, as the label does, without a point in time"#
        #expect(warnings.contains { $0.hasPrefix(warning) } == isWarnedAbout, "\(name): \(warnings)")
        // Up to a point in time the rows that decide the label are not among them.
        #expect(regular.asOf(\.lastLoginAt).definition.warnings(in: schema) == [])
    }

    /// Rows are written at the shop's clock: of those whose point in time is before it, the last change came too late.
    @Test(arguments: Shop.dialects) func whatCameLaterIsCountedAndWarnedAbout(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.prisma.user.createMany(
            (0..<100).map { (index: Int) in
                .init(
                    email: "\(index)", id: index + 1, visits: index % 9, totalSpent: Double(index * 2),
                    lastLoginAt: index % 10 == 9 ? nil : Shop.day(index < 60 ? -1 : 1), createdAt: Shop.day(-9),
                    referrerId: index > 0 && index < 30 ? 1 : nil)
            })
        let late = Predictor("late", on: User.self, predicting: { $0.totalSpent > 100 }) { user in
            Feature("idle", user.updatedAt.days(until: .now))
            Feature("visits", user.visits)
            Feature("referrals", user.referrals.where { $0.updatedAt < .now }.count)
            Feature("spent", user.totalSpent / 2)
        }
        func run(_ predictor: any AnyPredictor) -> TrainingRun {
            TrainingRun(
                predictor.definition, engine: shop.prisma.engine, store: ArtifactStore(directory: shop.folder.file("models")))
        }
        let fromLabel = "the feature \"spent\" reads User.totalSpent, from which the label is computed"
        let warnings = [
            """
            the feature "idle" reads User.updatedAt, which was written after the point in time that the row is taken at in 54 of 90 rows
            """,
            fromLabel,
        ]
        // The referrals' condition takes only those that were written in time.
        #expect(try await run(late.asOf(\.lastLoginAt)).warnings() == warnings)
        // Of related rows, too: user 1's own point in time is before its referrals were written.
        let related = Predictor("related", on: User.self, predicting: \.isActive) { user in
            Feature("lastSeen", user.referrals.max { $0.updatedAt }.days(until: .now))
        }
        let warning = try await run(related.asOf(\.lastLoginAt)).warnings()
        #expect(warning.count == 1 && warning[0].hasSuffix("is taken at in 1 of 90 rows"), "\(warning)")
        // Where the column is the point in time, where there is none, and where nothing came later, there is nothing to say.
        #expect(try await run(late.asOf(\.updatedAt)).warnings() == [fromLabel])
        #expect(try await run(late).warnings() == [fromLabel])
        #expect(try await run(late.asOf(\.lastLoginAt).trained { $0.id > 60 }).warnings() == [fromLabel])

        let outcome = try await run(late.asOf(\.lastLoginAt)).run()
        #expect(outcome.warnings == warnings)
        #expect(outcome.artifact?.metadata["warnings"] == .array(warnings.map(JSON.string)))

        // Of one related row's value, what the others hold says nothing: the first was written in time now, the last was not.
        try await shop.prisma.user.updateMany(where: { $0.id == 2 }) { $0.updatedAt = Shop.day(-5) }
        let first = Predictor("first", on: User.self, predicting: \.isActive) { user in
            Feature("seen", user.referrals.first(by: { $0.id.ascending }) { $0.updatedAt }.days(until: .now))
        }
        #expect(try await run(first.asOf(\.lastLoginAt)).warnings() == [])
        let last = Predictor("last", on: User.self, predicting: \.isActive) { user in
            Feature("seen", user.referrals.first(by: { $0.id.descending }) { $0.updatedAt }.days(until: .now))
        }
        let found = try await run(last.asOf(\.lastLoginAt)).warnings()
        #expect(found.count == 1 && found[0].hasSuffix("is taken at in 1 of 90 rows"), "\(found)")
    }
}
