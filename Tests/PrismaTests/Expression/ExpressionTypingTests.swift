import Foundation
import Prisma
import ShopClient
import Testing

struct Delegate<M: Record> {
    func findMany(where p: (M.Columns) -> RowExpression<Bool>, orderBy: ((M.Columns) -> RowOrder)? = nil) -> RowExpression<Bool> {
        p(M.columns)
    }
    func f<V>(_ p: (M.Columns) -> RowExpression<V>) -> RowExpression<V> { p(M.columns) }
}
@Test func callSitesTypeCheck() {
    let user = Delegate<User>()
    _ = user.findMany(where: {
        $0.totalSpent > 0.8 && $0.orders.some { $0.total > 100 } && !($0.plan == .free || $0.email == "x") && $0.lastLoginAt > Date()
            && $0.visits > 3
    })
    _ = user.f { ($0.orders.sum { $0.total } + $0.totalSpent * 2) / $0.totalSpent }
    _ = user.f { $0.lastLoginAt.days(until: .now) }
    _ = user.f { $0.orders.where { $0.createdAt > .now - .days(90) }.count }
    _ = user.f { $0.orders.average { $0.total } ?? 0 }
    _ = user.f { 1 - $0.visits.double / 3 }
    _ = user.findMany(where: { 3 < $0.visits && $0.lastLoginAt == nil && $0.lastLoginAt != nil && $0.visits != 3 })
    _ = user.findMany(where: {
        $0.plan == .pro && $0.plan.isIn([.free, .pro]) && $0.email.contains("x", mode: .insensitive) && $0.isChurned == true
    })
    _ = user.findMany(where: { $0.lastLoginAt < $0.createdAt && $0.visits + 1 > $0.visits * 2 && ($0.lastLoginAt.part(.year) ?? 0) >= 2024 }
    )
    _ = user.f { when($0.visits > 3, then: 2.5, else: 1) }
    _ = user.f { user in user.orders.where { $0.total > user.totalSpent }.count }
    _ = Delegate<Order>().findMany(where: { $0.user.email == "a" && $0.user.is { $0.visits > 3 } })
    let p: (User.Columns) -> RowExpression<Bool?> = \.isChurned
    _ = p(User.columns)
}

/// `.now` is the query's instant wherever it stands, and never `Date.now`: the identity of a feature must not depend on the time.
@Test func nowIsTheQuerysNow() {
    let user = User.columns
    let conditions: [RowExpression<Bool>] = [
        user.createdAt < .now, user.createdAt <= .now, user.createdAt > .now, user.createdAt >= .now, user.createdAt == .now,
        user.createdAt != .now, .now < user.createdAt, .now <= user.createdAt, .now > user.createdAt, .now >= user.createdAt,
        user.lastLoginAt < .now, user.lastLoginAt > .now - .days(90), user.lastLoginAt.isDistinct(from: .now),
        (user.lastLoginAt ?? .now) > user.createdAt, user.lastLoginAt.days(until: .now) > 3,
        when(user.isActive, then: .now, else: user.createdAt) > user.createdAt, least(user.createdAt, .now) > user.createdAt,
        user.orders.some { $0.createdAt < .now },
    ]
    for condition in conditions {
        #expect(ExpressionDependencies([condition.node]).readsNow, "\(CanonicalForm.encode(condition.node))")
    }
}
