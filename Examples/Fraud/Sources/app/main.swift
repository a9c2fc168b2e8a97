import Foundation
import Payments
import PrisML
import Prisma

let prisma = try PrismaClient()

// Those that nobody has looked at yet, the likeliest first, each with its card.
let suspicious = try await prisma.payment.findMany(
    where: { $0.isFraud == nil && fraud($0).probability > 0.5 }, orderBy: { fraud($0).probability.descending }, take: 10,
    include: { (fraud.explained, $0.card) })
print("Payments that someone should look at first:")
for (payment, answer, card) in suspicious {
    let reasons = answer.explanation.contributions.prefix(2).map(\.feature).joined(separator: ", ")
    let amount = String(format: "%8.2f", payment.amount)
    print("  \(amount) on card \(card.id) in \(payment.country): \(Int(answer.probability * 100)) %, because of \(reasons)")
}

let waiting = try await prisma.payment.count(where: { $0.isFraud == nil })
let held = try await prisma.payment.count(where: { $0.isFraud == nil && fraud($0).probability > 0.9 })
print("\n\(held) of \(waiting) payments are above 90 %")
await prisma.close()
