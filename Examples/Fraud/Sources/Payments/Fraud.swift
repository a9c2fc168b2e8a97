import PrisML
import Prisma

/// Which payments were not made by the owner of the card.
///
/// What matters is how a payment differs from what its card and account are used to, so most features lead through relations: to the
/// card, from there to its account, and back to the card's earlier payments.
public let fraud = Predictor("fraud", on: Payment.self, predicting: \.isFraud) { payment in
    Feature("amount", payment.amount)
    Feature("category", payment.category)
    Feature(
        "amountToUsual", payment.amount / payment.card.map { $0.payments.where { $0.createdAt < payment.createdAt }.average { $0.amount } })
    Feature("shareOfLimit", payment.amount / payment.card.limit)
    Feature("paymentsLastDay", payment.card.map { $0.payments.where { $0.isWithinADay(before: payment) }.count })
    Feature("abroad", payment.country != payment.card.map { $0.account.country })
    Feature("accountAge", payment.card.map { $0.account.openedAt }.days(until: payment.createdAt))
    Feature("verified", payment.card.map { $0.account.isVerified })
}
.algorithm(.gradientBoostedTrees(rounds: 300, depth: 4))
// Frauds are few, so that the model would do well by never seeing one; and tomorrow's have to be found with yesterday's.
.classWeights(.balanced)
.threshold(.largestF1)
.splitChronologically { $0.createdAt }
.gate(.prAUC, atLeast: 0.3)

extension Payment.Columns {
    /// A helper like any other: it builds a part of an expression.
    func isWithinADay(before other: Payment.Columns) -> RowExpression<Bool> {
        createdAt < other.createdAt && createdAt > other.createdAt - .days(1)
    }
}
