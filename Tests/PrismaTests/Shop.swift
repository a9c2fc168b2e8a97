import FoundationEssentials
import Prisma

enum Plan: String, PrismaEnum {
    case free = "FREE", pro = "PRO"
    static let prismaName = "Plan"
}

struct User: Record {
    static let modelName = "User"
    var id: Int
    var email: String
    var visits: Int
    var plan: Plan
    var totalSpent: Double
    var lastLoginAt: Date?
    var createdAt: Date
    var isChurned: Bool?
    init(row: inout SQLRow) throws(PrismaError) {
        id = try row.int()
        email = try row.string()
        visits = try row.int()
        plan = try row.enumeration(Plan.self)
        totalSpent = try row.double()
        lastLoginAt = try Date?(row: &row)
        createdAt = try row.date()
        isChurned = try Bool?(row: &row)
    }
    func value(at index: Int) -> SQLValue {
        switch index {
        case 0: id.sqlValue
        case 1: email.sqlValue
        default: .null
        }
    }
    struct Columns: ModelColumns {
        let scope: RowScope
        init(scope: RowScope) { self.scope = scope }
        var id: RowExpression<Int> { scope.column("id") }
        var email: RowExpression<String> { scope.column("email") }
        var visits: RowExpression<Int> { scope.column("visits") }
        var plan: RowExpression<Plan> { scope.column("plan") }
        var totalSpent: RowExpression<Double> { scope.column("totalSpent") }
        var lastLoginAt: RowExpression<Date?> { scope.column("lastLoginAt") }
        var createdAt: RowExpression<Date> { scope.column("createdAt") }
        var isChurned: RowExpression<Bool?> { scope.column("isChurned") }
        var orders: ToMany<Order> { scope.toMany("orders") }
    }
}

struct Order: Record {
    static let modelName = "Order"
    var id: Int
    var total: Double
    init(row: inout SQLRow) throws(PrismaError) {
        id = try row.int()
        total = try row.double()
    }
    func value(at index: Int) -> SQLValue { .null }
    struct Columns: ModelColumns {
        let scope: RowScope
        init(scope: RowScope) { self.scope = scope }
        var id: RowExpression<Int> { scope.column("id") }
        var total: RowExpression<Double> { scope.column("total") }
        var createdAt: RowExpression<Date> { scope.column("createdAt") }
        var user: ToOne<User> { scope.toOne("user") }
    }
}
