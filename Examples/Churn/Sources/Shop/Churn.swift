import PrisML
import Prisma

/// Which customers are about to leave.
public let churn = Predictor("churn", on: Customer.self, predicting: \.isChurned) { customer in
    Feature("daysSinceLogin", customer.lastLoginAt.days(until: .now))
    Feature("daysAsCustomer", customer.signedUpAt.days(until: .now))
    Feature("orders90d", customer.orders.where { $0.createdAt > .now - .days(90) }.count)
    Feature("averageOrder", customer.orders.average { $0.total } ?? 0)
    Feature("supportTickets", customer.supportTickets)
    Feature("plan", customer.plan)
    Feature("country", customer.country, .oneHot(top: 5))
}
.algorithm(.gradientBoostedTrees(rounds: 200, depth: 4))
.gate(.rocAUC, atLeast: 0.75)
