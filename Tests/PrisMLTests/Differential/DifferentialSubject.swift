import Foundation
import PrisMLTraining
import Prisma
import ShopClient

@testable import PrisML

/// A model whose rows the differential test asks about.
struct DifferentialSubject<Model: Record & Sendable>: Sendable {
    let queries: @Sendable (PrismaClient) -> ModelQueries<Model>
    let key: @Sendable (Model) -> [Int]
    /// The condition that names one row.
    let isRow: @Sendable (Model.Columns, Model) -> RowExpression<Bool>
    let keyTerms: (Term<Model>, Term<Model>)
    let features: [FeatureChoice<Model>]
    let terms: [Term<Model>]
    let atoms: [RandomCondition<Model>]
    let orders: [RandomOrder<Model>]
    let distinct: [(name: String, field: @Sendable (Model.Columns) -> AnyColumn, value: @Sendable (Model) -> String)]
    let group: Term<Model>

    /// What can be asked about rows that some predictors answer for: the plain terms, and those with predictions in them.
    func terms(with predictors: [AnyScored<Model>], _ rows: [Answered<Model>], _ random: inout RandomSequence) -> [Term<Model>] {
        var all = terms
        for (index, predictor) in predictors.enumerated() {
            let scores = rows.map { $0.scores[index] }
            // Scores that are there tell > from >=.
            let limits = (0..<4).map { _ in random.pick(scores) }
            let other = random.pick(terms)
            all += [
                Term("p\(index)", limits, predictor.score) { $0.scores[index] },
                Term("p\(index)", limits, predictor.score) { $0.scores[index] },
                Term("p\(index) * 2", limits.map { $0 * 2 }, { predictor.score($0) * 2 }) { $0.scores[index] * 2 },
                Term(
                    optional: "p\(index) + \(other.name)", limits, { RowExpression(node: predictor.score($0).node) + other.expression($0) }
                ) {
                    row in other.value(row).map { row.scores[index] + $0 }
                },
            ]
        }
        return all
    }
}

extension DifferentialSubject where Model == User {
    /// Customers, with a predictor for their orders in conditions on the relation.
    static func users(_ dear: AnyScored<Order>, places: [Int: Int]) -> Self {
        let names = ["ann", "bob", "cyd"]
        return Self(
            queries: { $0.user }, key: { [$0.id] }, isRow: { $0.id == $1.id },
            keyTerms: (Term("id", [], \.id.double) { Double($0.row.id) }, Term("id", [], \.id.double) { Double($0.row.id) }),
            features: [
                .number("days", [0.5, 5, 10, 20.25, 30], { $0.lastLoginAt.days(until: .now) }),
                .number("visits", [0, 1, 2.5, 4, 7], { $0.visits }),
                .number("credits", [0, 1, 2], { $0.credits }),
                .number("spent", [0.5, 1, 1.5, 2], { $0.totalSpent }),
                .number("balance", [0.1, 0.2, 0.25], { $0.balance.double }),
                .number("active", [0.5, 1], { $0.isActive }),
                .number("churned", [0.5, 1], { $0.isChurned }),
                .number("day", [5, 14.5, 20], { $0.createdAt.part(.day) }),
                .number("length", [6, 7, 8], { $0.email.length }),
                .number("ratio", [0.25, 0.5, 1], { $0.totalSpent / $0.visits.double }),
                .number("orders", [0, 1, 2], { $0.orders.count }),
                .number("recent", [0, 1, 1.5], { $0.orders.where { $0.createdAt > .now - .days(30) }.count }),
                .number("average", [2, 3, 4.5], { $0.orders.average { $0.total } }),
                .number("discount", [1, 2], { $0.orders.max { $0.discount } }),
                .number("referrer", [1, 3], { $0.referrer.map { $0.visits } }),
                .text("plan", ["FREE", "PRO", "enterprise_plan"], { $0.plan }),
                .text("domain", ["a.com", "b.org", "c.net"], { $0.email.part(after: "@") }),
                .text("name", names, { $0.name }),
                FeatureChoice(name: "code", values: .numbers([2, 3, 4])) { user in
                    Feature("code", reading: user.visits, user.name, version: 1) { visits, name in
                        name.map { Double(visits + $0.utf8.count) }
                    }
                },
            ],
            terms: [
                Term("visits", [0, 3, 5], \.visits.double) { Double($0.row.visits) },
                Term("spent", [0.5, 1, 1.5], \.totalSpent) { $0.row.totalSpent },
                Term(optional: "days", [5, 10, 20], { $0.lastLoginAt.days(until: .now) }) { row in
                    row.row.lastLoginAt.map { Shop.clock.timeIntervalSince($0) / 86_400 }
                },
                Term(optional: "dear orders", [0, 1, 2], { $0.orders.where { dear.score($0) > 0.5 }.count.asOptionalDouble }) { row in
                    Double(row.related.count { $0.score > 0.5 })
                },
                Term(optional: "dearest", [0.25, 0.5], { RowExpression(node: $0.orders.max { dear.score($0) }.node) }) {
                    $0.related.map(\.score).max()
                },
            ],
            atoms: [
                .atom("active", { $0.isActive }, { $0.row.isActive }),
                .atom("free or pro", { $0.plan.isIn([.free, .pro]) }, { $0.row.plan != .enterprise }),
                .atom("name == bob", { $0.name == "bob" }, { row in row.row.name.map { $0 == "bob" } }),
                .atom("name > ann", { $0.name > "ann" }, { row in row.row.name.map { $0 > "ann" } }),
                .atom("email at b.org", { $0.email.hasSuffix("@b.org") }, { $0.row.email.hasSuffix("@b.org") }),
                .atom("some dear order", { $0.orders.some { dear.score($0) > 0.5 } }, { $0.related.contains { $0.score > 0.5 } }),
                .atom(
                    "some large dear order", { $0.orders.some { $0.quantity > 1 && dear.score($0) >= 0.5 } },
                    { $0.related.contains { $0.quantity > 1 && $0.score >= 0.5 } }),
                .atom("no dear order", { $0.orders.none { dear.score($0) > 0.25 } }, { $0.related.allSatisfy { $0.score <= 0.25 } }),
                .atom("only dear orders", { $0.orders.every { dear.score($0) > 0 } }, { $0.related.allSatisfy { $0.score > 0 } }),
            ],
            orders: [
                // What comes first of two texts, the database says.
                RandomOrder("email", { $0.email.node }) { row in places[row.row.id].map(Double.init) },
                RandomOrder("name", { $0.name.node }) { row in row.row.name.flatMap { names.firstIndex(of: $0) }.map(Double.init) },
            ],
            distinct: [
                ("plan", { $0.plan.column }, { "\($0.plan)" }), ("name", { $0.name.column }, { $0.name ?? "(null)" }),
                ("visits", { $0.visits.column }, { "\($0.visits)" }),
            ],
            group: Term("visits", [], \.visits.double) { Double($0.row.visits) })
    }
}

extension DifferentialSubject where Model == Item {
    /// Items, whose key has two fields.
    static var items: Self {
        Self(
            queries: { $0.item }, key: { [$0.orderId, $0.position] }, isRow: { $0.orderId == $1.orderId && $0.position == $1.position },
            keyTerms: (
                Term("order", [], \.orderId.double) { Double($0.row.orderId) },
                Term("position", [], \.position.double) { Double($0.row.position) }
            ),
            features: [
                .number("position", [1, 1.5, 2], { $0.position }),
                .number("price", [0.5, 1, 2, 2.5], { $0.price }),
                .number("quantity", [1, 2], { $0.order.map { $0.quantity } }),
                .number("visits", [1, 3, 5], { $0.order.map { $0.user.map { $0.visits } } }),
                .number("notes", [0, 1], { $0.notes.count }),
                .text("sku", ["A1", "B2", "C3"], { $0.sku }),
            ],
            terms: [
                Term("position", [1, 2], \.position.double) { Double($0.row.position) },
                Term("price", [0.5, 1, 2], \.price) { $0.row.price },
            ],
            atoms: [
                .atom("sku is A1", { $0.sku == "A1" }, { $0.row.sku == "A1" }),
                .atom("sku in", { $0.sku.isIn(["B2", "C3"]) }, { ["B2", "C3"].contains($0.row.sku) }),
            ],
            orders: [RandomOrder("sku", { $0.sku.node }) { row in ["A1", "B2", "C3"].firstIndex(of: row.row.sku).map(Double.init) }],
            distinct: [("sku", { $0.sku.column }, { $0.sku })], group: Term("position", [], \.position.double) { Double($0.row.position) })
    }
}

extension RowExpression<Int> {
    fileprivate var asOptionalDouble: RowExpression<Double?> { RowExpression<Double?>(node: double.node) }
}
