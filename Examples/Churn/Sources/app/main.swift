import Foundation
import PrisML
import Prisma
import Shop

let prisma = try PrismaClient()

func percent(_ probability: Double) -> String { String(format: "%5.1f %%", probability * 100) }
func email(_ customer: Customer) -> String { customer.email.padding(toLength: 28, withPad: " ", startingAt: 0) }

print("Customers whose fate nobody knows yet, each with a prediction:")
for (customer, risk) in try await prisma.customer.findMany(where: { $0.isChurned == nil }, take: 5, include: churn) {
    print("  \(email(customer)) leaves: \(percent(risk.probability))")
}

print("\nPaying customers most at risk: filtered and sorted by the prediction, in one query:")
let atRisk = try await prisma.customer.findMany(
    where: { churn($0).probability > 0.5 && $0.plan != .free && $0.isChurned == nil },
    orderBy: { churn($0).probability.descending }, take: 5, include: { (churn, $0.orders) })
for (customer, risk, orders) in atRisk {
    print("  \(email(customer)) leaves: \(percent(risk.probability))   \(orders.count) orders")
}

if let worst = atRisk.first?.0,
    let (_, answer) = try await prisma.customer.findUnique(where: { $0.id == worst.id }, include: churn.explained)
{
    print("\nWhy \(worst.email)? What moved the answer most:")
    for part in answer.explanation.contributions.prefix(3) {
        print("  \(part.feature.padding(toLength: 16, withPad: " ", startingAt: 0))\(String(format: "%+.2f", part.value))")
    }
}

let start = ContinuousClock.now
let everyone = try await prisma.customer.findMany(include: churn)
let seconds = Double((ContinuousClock.now - start) / .microseconds(1)) / 1_000_000
print(String(format: "\n%d customers with their features and predictions in %.2f s", everyone.count, seconds))
await prisma.close()
