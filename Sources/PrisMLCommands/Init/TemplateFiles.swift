// Written by scripts/embed-templates from Examples. Do not edit: change the example and run it again.
// swift-format-ignore-file

extension Template {
    static let files: [Template: [String: String]] = [
        .churn: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
# Which versions were approved and rejected goes with the models.
!prisml/registry.db
prisml/models/*/.lock

"""###,
            "Package.swift": ###"""
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "churn",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Shop",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Shop", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: customers and orders to play with.
        .executableTarget(name: "seed", dependencies: ["Shop"]),
        // `swift run app`: questions to the database that include predictions.
        .executableTarget(name: "app", dependencies: ["Shop"]),
        .testTarget(name: "ShopTests", dependencies: ["Shop", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)

"""###,
            "README.md": ###"""
# churn

Customers, their orders, and a predictor of who is about to leave, made with `prisml init --template churn`.

```console
$ swift run ml db push    # make the tables of prisma/schema.prisma
$ swift run seed          # write 20,000 customers and 200,000 orders
$ swift run ml train      # learn from the customers whose fate is known
$ swift run app           # ask for those who are likely to leave
$ swift test
```

`Sources/Shop/Generated` is written by `swift run prisml generate`; run it after each change of the schema. What was trained is
kept in `prisml/models` and belongs into git: `swift run ml check` says in CI whether it still fits the code.

"""###,
            "Sources/Shop/Churn.swift": ###"""
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

"""###,
            "Sources/Shop/SampleData.swift": ###"""
import Foundation

/// Customers and orders from a seed: who stays away, orders little and asks for help often is likelier to leave, and chance does
/// the rest. Dates are counted back from a given day.
public struct SampleData: Sendable {
    public let customers: [Customer.Create]
    public let orders: [Order.Create]

    public init(customers count: Int, orders orderCount: Int, seed: UInt64 = 1, today: Date = Date()) {
        var random = Chance(seed: seed)
        var people: [Person] = []
        for id in 1...max(count, 1) { people.append(Person(id: id, &random)) }
        customers = people.map { $0.row(today) }

        // Active customers order more: an order falls to a customer with the chance of their activity.
        var shares: [Double] = []
        var total = 0.0
        for person in people {
            total += person.activity
            shares.append(total)
        }
        var orders: [Order.Create] = []
        orders.reserveCapacity(orderCount)
        for _ in 0..<max(orderCount, 0) {
            let person = people[Self.place(of: random.unit() * total, in: shares)]
            // Those who leave order less and less.
            let age = person.age * (person.leaves ? 0.06 + 0.94 * random.unit() : random.unit())
            let value = max(3, person.basket * (0.4 + 1.2 * random.unit()))
            orders.append(
                .init(
                    total: (value * 100).rounded() / 100, customerId: person.id,
                    createdAt: today.addingTimeInterval(-age * 86_400)))
        }
        self.orders = orders
    }

    /// Writes all rows.
    public func write(to prisma: PrismaClient) async throws {
        try await prisma.customer.createMany(customers)
        try await prisma.order.createMany(orders)
    }

    private static func place(of value: Double, in shares: [Double]) -> Int {
        var (low, high) = (0, shares.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What decides about a customer, most of which the database never sees.
private struct Person {
    let id: Int
    let country: String
    let plan: Plan
    let tickets: Int
    let age: Double
    let activity: Double
    let basket: Double
    let daysAway: Double?
    let leaves: Bool
    let isKnown: Bool

    init(id: Int, _ random: inout Chance) {
        self.id = id
        country = random.pick([("DE", 5), ("FR", 4), ("US", 6), ("GB", 3), ("SE", 1), ("JP", 2), ("BR", 2)])
        plan = random.pick([(.free, 6), (.pro, 3), (.team, 1)])
        age = 30 + 1_000 * random.unit()
        activity = 0.15 + random.unit() * random.unit() * 3
        basket = 10 + 90 * random.unit() * random.unit()
        tickets = Int(random.unit() * random.unit() * 9)
        let mood = random.bell()
        let planEffect = plan == .free ? 0.5 : plan == .pro ? -0.2 : -1.0
        let risk =
            -0.9 + 1.3 * mood - 0.9 * activity + planEffect + 0.28 * Double(tickets) - 0.012 * (basket - 35)
            + (country == "BR" ? 0.4 : 0)
        leaves = random.unit() < 1 / (1 + exp(-1.3 * risk))
        // Leaving shows in how long they have been away, but not always, and some who stay take a break.
        let away = leaves ? 4 + 60 * random.unit() : 60 * random.unit() * random.unit()
        daysAway = random.unit() < 0.04 ? nil : min(away, age)
        isKnown = random.unit() < 0.85
    }

    func row(_ today: Date) -> Customer.Create {
        .init(
            email: "customer\(id)@example.com", country: country, plan: plan, supportTickets: tickets,
            signedUpAt: today.addingTimeInterval(-age * 86_400), lastLoginAt: daysAway.map { today.addingTimeInterval(-$0 * 86_400) },
            isChurned: isKnown ? leaves : nil)
    }
}

/// Random numbers that are the same on every machine (SplitMix64).
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// About a normal distribution.
    mutating func bell() -> Double { (0..<6).reduce(-3.0) { sum, _ in sum + unit() } / 0.7071 }

    mutating func pick<Value>(_ choices: [(Value, Int)]) -> Value {
        var place = Int(unit() * Double(choices.reduce(0) { $0 + $1.1 }))
        for (value, weight) in choices {
            place -= weight
            if place < 0 { return value }
        }
        return choices[0].0
    }
}

"""###,
            "Sources/app/main.swift": ###"""
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

"""###,
            "Sources/ml/main.swift": ###"""
import PrisMLCommands
import Shop

await PrisMLTool.run(predictors: [churn])

"""###,
            "Sources/seed/main.swift": ###"""
import Foundation
import Shop

// swift run seed [CUSTOMERS] [ORDERS]
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let customers = numbers.first ?? 20_000
let orders = numbers.dropFirst().first ?? customers * 10

let prisma = try PrismaClient()
let start = ContinuousClock.now
try await SampleData(customers: customers, orders: orders).write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(customers) customers and \(orders) orders in \(time)")
await prisma.close()

"""###,
            "Tests/ShopTests/ChurnTests.swift": ###"""
import Foundation
import PrisML
import PrisMLCommands
import Prisma
import Shop
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions.
@Test func churnIsLearned() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "churn-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let churn = churn.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [churn])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(customers: 2_000, orders: 20_000).write(to: prisma)
    #expect(await tool.run(["ml", "train", "churn", "--url", url]) == 0)
    #expect(await tool.run(["ml", "check"]) == 0)

    let customers = try await prisma.customer.findMany(where: { $0.isChurned != nil }, include: churn)
    let right = customers.count { customer, risk in risk.label == customer.isChurned }
    #expect(Double(right) / Double(customers.count) > 0.65)
    await prisma.close()
}

"""###,
            "prisma/schema.prisma": ###"""
generator client {
  provider = "prisml-swift"
  output   = "../Sources/Shop/Generated"
}

datasource db {
  provider = "sqlite"
  url      = "file:./shop.db"
}

enum Plan {
  FREE
  PRO
  TEAM
}

/// Who buys, and may leave.
model Customer {
  id             Int       @id @default(autoincrement())
  email          String    @unique
  country        String
  plan           Plan      @default(FREE)
  supportTickets Int       @default(0)
  signedUpAt     DateTime  @default(now())
  lastLoginAt    DateTime?
  /// Null while nobody knows yet: these are the customers to predict.
  isChurned      Boolean?
  orders         Order[]
}

model Order {
  id         Int      @id @default(autoincrement())
  total      Float
  createdAt  DateTime @default(now())
  customer   Customer @relation(fields: [customerId], references: [id], onDelete: Cascade)
  customerId Int

  @@index([customerId, createdAt])
}

"""###,
        ],
        .fraud: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
# Which versions were approved and rejected goes with the models.
!prisml/registry.db
prisml/models/*/.lock

"""###,
            "Package.swift": ###"""
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "fraud",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Payments",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Payments", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: accounts, cards and payments to play with.
        .executableTarget(name: "seed", dependencies: ["Payments"]),
        // `swift run app`: the payments that someone should look at first.
        .executableTarget(name: "app", dependencies: ["Payments"]),
        .testTarget(name: "PaymentsTests", dependencies: ["Payments", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)

"""###,
            "README.md": ###"""
# fraud

Accounts, their cards and payments, and a predictor of which payments are fraud, made with `prisml init --template fraud`.

```console
$ swift run ml db push    # make the tables of prisma/schema.prisma
$ swift run seed          # write 3,000 cards and their payments
$ swift run ml train      # learn from the payments that someone has looked at
$ swift run app           # ask for those to look at first, and why
$ swift test
```

Its features lead through two relations: from a payment to its card, from there to the account, and back to the card's earlier payments.
The database computes them. Frauds are few, so classes are weighted and the gate is on the area under the precision-recall curve; the
newest payments are held out, because a model has to find tomorrow's frauds with yesterday's.

`Sources/Payments/Generated` is written by `swift run prisml generate`; run it after each change of the schema. What was trained is
kept in `prisml/models` and belongs into git: `swift run ml check` says in CI whether it still fits the code.

"""###,
            "Sources/Payments/Fraud.swift": ###"""
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

"""###,
            "Sources/Payments/SampleData.swift": ###"""
import Foundation

/// Accounts, cards and payments from a seed. Of every hundred cards some are stolen one day: then come a few payments that are large for
/// the card, follow each other quickly, and are often made elsewhere. Honest people travel and splurge too.
public struct SampleData: Sendable {
    public private(set) var accounts: [Account.Create] = []
    public private(set) var cards: [Card.Create] = []
    public private(set) var payments: [Payment.Create] = []

    private static let countries = ["DE", "FR", "US", "GB", "JP"]

    public init(cards count: Int, seed: UInt64 = 1, today: Date = Date()) {
        var random = Chance(seed: seed)
        for id in 1...max(count, 1) {
            let home = Self.countries[random.below(5)]
            let age = 60 + 1_500 * random.unit()
            accounts.append(.init(country: home, isVerified: random.unit() < 0.7, openedAt: today.addingTimeInterval(-age * 86_400)))
            cards.append(.init(limit: Double([500, 1_000, 2_500, 5_000][random.below(4)]), accountId: id))
            let usual = 10 + 70 * random.unit() * random.unit()
            let days = min(age, 180)
            for _ in 0..<(10 + random.below(30)) {
                let travels = random.unit() < 0.06
                payments.append(
                    payment(
                        id, usual * (0.3 + 1.7 * random.unit()) * (random.unit() < 0.04 ? 6 : 1), days * random.unit(),
                        travels ? Self.countries[random.below(5)] : home, isFraud: false, today, &random))
            }
            guard random.unit() < 0.12 else { continue }
            let start = days * random.unit()
            for step in 0..<(2 + random.below(4)) {
                payments.append(
                    payment(
                        id, usual * (1 + 9 * random.unit()), max(0, start - Double(step) * 0.1 * random.unit()),
                        random.unit() < 0.6 ? Self.countries[random.below(5)] : home, isFraud: true, today, &random))
            }
        }
        // As they happened, so that the newest have the highest keys.
        payments.sort { ($0.createdAt ?? today, $0.amount) < ($1.createdAt ?? today, $1.amount) }
    }

    /// Writes all rows.
    public func write(to prisma: PrismaClient) async throws {
        try await prisma.account.createMany(accounts)
        try await prisma.card.createMany(cards)
        try await prisma.payment.createMany(payments)
    }

    private func payment(
        _ card: Int, _ amount: Double, _ daysAgo: Double, _ country: String, isFraud: Bool, _ today: Date, _ random: inout Chance
    ) -> Payment.Create {
        let favourites: [Category] =
            isFraud ? [.electronics, .gambling, .travel, .other] : [.groceries, .groceries, .other, .travel, .electronics]
        return .init(
            amount: (amount * 100).rounded() / 100, category: favourites[random.below(favourites.count)], country: country,
            cardId: card, createdAt: today.addingTimeInterval(-daysAgo * 86_400),
            // Nobody has looked at those of the last days yet.
            isFraud: daysAgo < 3 ? nil : isFraud)
    }
}

/// Random numbers that are the same on every machine (SplitMix64).
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func below(_ count: Int) -> Int { Int(unit() * Double(count)) }
}

"""###,
            "Sources/app/main.swift": ###"""
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

"""###,
            "Sources/ml/main.swift": ###"""
import Payments
import PrisMLCommands

await PrisMLTool.run(predictors: [fraud])

"""###,
            "Sources/seed/main.swift": ###"""
import Foundation
import Payments

// swift run seed [CARDS]
let cards = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 3_000

let prisma = try PrismaClient()
let start = ContinuousClock.now
let sample = SampleData(cards: cards)
try await sample.write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(sample.cards.count) cards and \(sample.payments.count) payments in \(time)")
await prisma.close()

"""###,
            "Tests/PaymentsTests/FraudTests.swift": ###"""
import Foundation
import Payments
import PrisML
import PrisMLCommands
import Prisma
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions.
@Test func fraudIsLearned() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fraud-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let fraud = fraud.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [fraud])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(cards: 600).write(to: prisma)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    let worst = try await prisma.payment.findMany(
        where: { $0.isFraud != nil }, orderBy: { fraud($0).probability.descending }, take: 50, include: fraud)
    #expect(worst.count { $0.0.isFraud == true } > 25)
    #expect(worst.map(\.1.probability) == worst.map(\.1.probability).sorted(by: >))
    await prisma.close()
}

"""###,
            "prisma/schema.prisma": ###"""
generator client {
  provider = "prisml-swift"
  output   = "../Sources/Payments/Generated"
}

datasource db {
  provider = "sqlite"
  url      = "file:./payments.db"
}

enum Category {
  GROCERIES
  TRAVEL
  ELECTRONICS
  GAMBLING
  OTHER
}

model Account {
  id         Int      @id @default(autoincrement())
  country    String
  isVerified Boolean  @default(false)
  openedAt   DateTime @default(now())
  cards      Card[]
}

model Card {
  id        Int       @id @default(autoincrement())
  limit     Float
  account   Account   @relation(fields: [accountId], references: [id], onDelete: Cascade)
  accountId Int
  payments  Payment[]

  @@index([accountId])
}

model Payment {
  id        Int      @id @default(autoincrement())
  amount    Float
  category  Category
  country   String
  createdAt DateTime @default(now())
  /// Null while nobody has looked at it: these are the payments to predict.
  isFraud   Boolean?
  card      Card     @relation(fields: [cardId], references: [id], onDelete: Cascade)
  cardId    Int

  @@index([cardId, createdAt])
}

"""###,
        ],
        .segmentation: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
# Which versions were approved and rejected goes with the models.
!prisml/registry.db
prisml/models/*/.lock

"""###,
            "Package.swift": ###"""
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "segmentation",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Shoppers",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Shoppers", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: shoppers and purchases to play with.
        .executableTarget(name: "seed", dependencies: ["Shoppers"]),
        // `swift run app`: writes the segment of each shopper into its row, batch by batch.
        .executableTarget(name: "app", dependencies: ["Shoppers"]),
        .testTarget(name: "ShoppersTests", dependencies: ["Shoppers", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)

"""###,
            "README.md": ###"""
# segmentation

Shoppers, what they bought, and a predictor of what kind of shopper each is, made with `prisml init --template segmentation`.

```console
$ swift run ml db push    # make the tables of prisma/schema.prisma
$ swift run seed          # write 10,000 shoppers and their purchases
$ swift run ml train      # learn from those that a person has sorted
$ swift run app           # write the segment of every shopper into its row
$ swift test
```

The label is an enum, so there are four classes. `writeSegments` goes through the table in batches and writes what it predicts back, with
the version that said it, for reports and for programs that cannot ask a model.

`Sources/Shoppers/Generated` is written by `swift run prisml generate`; run it after each change of the schema. What was trained is
kept in `prisml/models` and belongs into git: `swift run ml check` says in CI whether it still fits the code.

"""###,
            "Sources/Shoppers/SampleData.swift": ###"""
import Foundation

/// Shoppers of four kinds and what they bought, from a seed. A person has sorted a fifth of them.
public struct SampleData: Sendable {
    public private(set) var shoppers: [Shopper.Create] = []
    public private(set) var purchases: [Purchase.Create] = []

    public init(shoppers count: Int, seed: UInt64 = 1, today: Date = Date()) {
        var random = Chance(seed: seed)
        for id in 1...max(count, 1) {
            let kind = Segment.allCases[random.below(4)]
            let age = 100 + 900 * random.unit()
            shoppers.append(
                .init(
                    signedUpAt: today.addingTimeInterval(-age * 86_400), newsletter: random.unit() < (kind == .bargainHunter ? 0.8 : 0.3),
                    segment: random.unit() < 0.2 ? kind : nil))
            let (bought, amount, discount, away): (Int, Double, Double, Double) =
                switch kind {
                case .bargainHunter: (3 + random.below(8), 25, 0.3, 5)
                case .regular: (6 + random.below(14), 40, 0.08, 0)
                case .connoisseur: (2 + random.below(6), 140, 0.03, 10)
                case .sleeper: (1 + random.below(5), 45, 0.1, 80)
                }
            for _ in 0..<bought {
                let days = away + (age - away) * random.unit() * random.unit()
                purchases.append(
                    .init(
                        amount: (amount * (0.3 + 1.4 * random.unit()) * 100).rounded() / 100, shopperId: id,
                        discount: (min(0.9, discount * 2 * random.unit()) * 100).rounded() / 100,
                        createdAt: today.addingTimeInterval(-days * 86_400)))
            }
        }
    }

    /// Writes all rows.
    public func write(to prisma: PrismaClient) async throws {
        try await prisma.shopper.createMany(shoppers)
        try await prisma.purchase.createMany(purchases)
    }
}

/// Random numbers that are the same on every machine (SplitMix64).
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func below(_ count: Int) -> Int { Int(unit() * Double(count)) }
}

"""###,
            "Sources/Shoppers/Segments.swift": ###"""
import PrisML
import Prisma

/// What kind of shopper this is: one of four classes, learned from those that a person has sorted.
public let segment = Predictor("segment", on: Shopper.self, predicting: \.segment) { shopper in
    Feature("purchases", shopper.purchases.count)
    Feature("purchases90d", shopper.purchases.where { $0.createdAt > .now - .days(90) }.count)
    Feature("averageAmount", shopper.purchases.average { $0.amount })
    Feature("averageDiscount", shopper.purchases.average { $0.discount })
    Feature("daysSincePurchase", shopper.purchases.max { $0.createdAt }.days(until: .now))
    Feature("newsletter", shopper.newsletter)
}
.algorithm(.randomForest(trees: 100, depth: 8))
.gate(.accuracy, atLeast: 0.7)

/// Writes the predicted segment of every shopper into its row, for those who read the table without this program.
///
/// Each batch is one query with its predictions, and one transaction with an update for each segment: what was written stays when the
/// job is stopped, and a job that starts again writes the same.
/// - Returns: how many rows were written.
public func writeSegments(
    to prisma: PrismaClient, using predictor: Predictor<Shopper, Segment> = segment, batch size: Int = 1_000,
    progress: (Int) -> Void = { _ in }
) async throws -> Int {
    var written = 0
    var last = 0
    while true {
        let start = last
        let batch = try await prisma.shopper.findMany(
            where: { $0.id > start }, orderBy: { $0.id.ascending }, take: size, include: predictor)
        guard let end = batch.last?.0.id else { return written }
        try await prisma.transaction { tx in
            for (label, members) in Dictionary(grouping: batch, by: \.1.label) {
                let ids = members.map(\.0.id)
                let version = members[0].1.version
                try await tx.shopper.updateMany(where: { $0.id.isIn(ids) }) {
                    $0.predicted = label
                    $0.predictedBy = version
                }
            }
        }
        written += batch.count
        last = end
        progress(written)
    }
}

"""###,
            "Sources/app/main.swift": ###"""
import Foundation
import PrisML
import Prisma
import Shoppers

let prisma = try PrismaClient()
let start = ContinuousClock.now
let written = try await writeSegments(to: prisma) { print("  \($0) shoppers") }
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote the segments of \(written) shoppers in \(time)\n")

for group in try await prisma.shopper.groupBy({ $0.predicted }, orderBy: { $0.id.count.descending }, { $0.id.count }) {
    print("  \(group.key?.rawValue ?? "none"): \(group.values)")
}
await prisma.close()

"""###,
            "Sources/ml/main.swift": ###"""
import PrisMLCommands
import Shoppers

await PrisMLTool.run(predictors: [segment])

"""###,
            "Sources/seed/main.swift": ###"""
import Foundation
import Shoppers

// swift run seed [SHOPPERS]
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000

let prisma = try PrismaClient()
let start = ContinuousClock.now
let sample = SampleData(shoppers: count)
try await sample.write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(sample.shoppers.count) shoppers and \(sample.purchases.count) purchases in \(time)")
await prisma.close()

"""###,
            "Tests/ShoppersTests/SegmentTests.swift": ###"""
import Foundation
import PrisML
import PrisMLCommands
import Prisma
import Shoppers
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions in every row.
@Test func segmentsAreLearnedAndWritten() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "segment-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let segment = segment.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [segment])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(shoppers: 3_000).write(to: prisma)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    #expect(try await writeSegments(to: prisma, using: segment, batch: 700) == 3_000)
    #expect(try await prisma.shopper.count(where: { $0.predicted == nil || $0.predictedBy == nil }) == 0)
    let known = try await prisma.shopper.count(where: { $0.segment != nil })
    let right = try await prisma.shopper.count(where: { $0.segment == $0.predicted })
    #expect(Double(right) / Double(known) > 0.8)
    await prisma.close()
}

"""###,
            "prisma/schema.prisma": ###"""
generator client {
  provider = "prisml-swift"
  output   = "../Sources/Shoppers/Generated"
}

datasource db {
  provider = "sqlite"
  url      = "file:./shoppers.db"
}

enum Segment {
  BARGAIN_HUNTER
  REGULAR
  CONNOISSEUR
  SLEEPER
}

model Shopper {
  id          Int        @id @default(autoincrement())
  signedUpAt  DateTime   @default(now())
  newsletter  Boolean    @default(false)
  /// What a person said; null for most.
  segment     Segment?
  /// What was predicted, and by which version.
  predicted   Segment?
  predictedBy String?
  purchases   Purchase[]

  @@index([predicted])
}

model Purchase {
  id        Int      @id @default(autoincrement())
  amount    Float
  discount  Float    @default(0)
  createdAt DateTime @default(now())
  shopper   Shopper  @relation(fields: [shopperId], references: [id], onDelete: Cascade)
  shopperId Int

  @@index([shopperId, createdAt])
}

"""###,
        ],
        .server: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
# Which versions were approved and rejected goes with the models.
!prisml/registry.db
prisml/models/*/.lock

"""###,
            "Package.swift": ###"""
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "server",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, the predictors, and what is answered to a request.
        .target(
            name: "Parcels",
            dependencies: [
                "HTTP",
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // A plain HTTP/1.1 server. Take the framework of your choice in its place: only `Service` knows it.
        .target(name: "HTTP"),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Parcels", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: hubs and parcels to play with.
        .executableTarget(name: "seed", dependencies: ["Parcels"]),
        // `swift run server`: answers with predictions.
        .executableTarget(name: "server", dependencies: ["Parcels", "HTTP"]),
        .testTarget(name: "ParcelsTests", dependencies: ["Parcels", "HTTP", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)

"""###,
            "README.md": ###"""
# server

Parcels on their way, a predictor of which arrive late, and a plain HTTP server that answers with predictions, made with
`prisml init --template server`.

```console
$ swift run ml db push    # make the tables of prisma/schema.prisma
$ swift run seed          # write 20 hubs and 20,000 parcels
$ swift run ml train      # learn from the parcels that have arrived
$ swift run server        # answer on port 8080 (PORT names another) until Ctrl-C
$ swift test
```

In another terminal:

```sh
curl localhost:8080/health                 # is it alive, and which version of the model answers
curl 'localhost:8080/parcels?top=3'        # the parcels that are likeliest to be late
curl localhost:8080/parcels/19             # one parcel with its prediction
curl localhost:8080/predict --data '{"carrier": "FREIGHT", "weight": 12.5, "distance": 480, "hub": "Lyon"}'
```

`Service` turns requests into queries; `HTTP` is a small server on sockets, without TLS, users or metrics: put it behind a proxy, or put
the framework of your choice in its place. A version that is trained or activated while the server runs answers within a second.

`Sources/Parcels/Generated` is written by `swift run prisml generate`; run it after each change of the schema. What was trained is
kept in `prisml/models` and belongs into git: `swift run ml check` says in CI whether it still fits the code.

"""###,
            "Sources/HTTP/Connection.swift": ###"""
import Foundation

/// A connection that was taken; closed when it goes.
struct Connection: ~Copyable {
    let descriptor: Int32

    /// What came of waiting for a request.
    enum Reading {
        case request(HTTPRequest, keepsOpen: Bool)
        /// With the status that says why.
        case refused(Int)
        /// The client went, or said nothing for too long.
        case closed
    }

    init(_ descriptor: Int32, patience: Int) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        #if !os(Linux)
        var yes = Int32(1)
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit {
        _ = close(descriptor)
    }

    /// Reads one request; what came after it stays in `received`.
    func readRequest(_ received: inout [UInt8], _ limits: HTTPServer.Limits) -> Reading {
        let end = Array("\r\n\r\n".utf8)
        var searched = 0
        var headEnd: Int?
        while headEnd == nil {
            headEnd = received[searched...].firstRange(of: end)?.lowerBound
            if headEnd == nil {
                guard received.count <= limits.headBytes else { return .refused(431) }
                searched = max(0, received.count - end.count)
                guard receive(&received) else { return .closed }
            }
        }
        let start = headEnd ?? 0
        guard let text = String(validating: received[..<start], as: UTF8.self), let head = HTTPHead(text) else { return .refused(400) }
        guard head["transfer-encoding"] == nil else { return .refused(501) }
        guard let length = Int(head["content-length"] ?? "0"), length >= 0 else { return .refused(400) }
        guard length <= limits.bodyBytes else { return .refused(413) }
        if head["expect"]?.lowercased() == "100-continue", !send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) { return .closed }
        let bodyStart = start + end.count
        while received.count < bodyStart + length {
            guard receive(&received) else { return .closed }
        }
        let request = HTTPRequest(head.method, head.target, body: Array(received[bodyStart..<(bodyStart + length)]))
        received.removeFirst(bodyStart + length)
        return .request(request, keepsOpen: head.keepsOpen)
    }

    private func receive(_ received: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { received += buffer[..<count] }
            return count > 0
        }
    }

    /// Reads on, and forgets what comes, until the client is done or has sent too much.
    func drain(atMost limit: Int) {
        _ = shutdown(descriptor, Int32(SHUT_WR))
        var rest = limit
        withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
            while rest > 0 {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                guard count > 0 else { return }
                rest -= count
            }
        }
    }

    /// Sends all of it, or says that the client no longer takes it.
    func send(_ bytes: [UInt8]) -> Bool {
        #if os(Linux)
        let flags = Int32(MSG_NOSIGNAL)
        #else
        let flags = Int32(0)
        #endif
        return bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = systemSend(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}

/// `send` by a name that the method of a connection does not hide.
private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}

"""###,
            "Sources/HTTP/HTTPMessage.swift": ###"""
import Foundation

/// A request whose body has arrived.
public struct HTTPRequest: Sendable {
    public var method: String
    /// The path, decoded, without the query.
    public var path: String
    public var query: [String: String] = [:]
    public var body: [UInt8] = []

    public var text: String { String(decoding: body, as: UTF8.self) }

    public init(_ method: String, _ target: String, body: [UInt8] = []) {
        self.method = method
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Self.decoded(parts[0])
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Self.decoded(sides[0])] = sides.count > 1 ? Self.decoded(sides[1]) : ""
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let text = text.replacing("+", with: " ")
        return String(text).removingPercentEncoding ?? String(text)
    }
}

public struct HTTPResponse: Sendable {
    public var status: Int
    public var body: [UInt8]

    public static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: Array((text + "\n").utf8))
    }

    private static let reasons = [
        200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large", 422: "Unprocessable Content",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
    ]

    /// As it goes over the wire.
    func encoded(keepsOpen: Bool) -> [UInt8] {
        let head =
            "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Unknown")\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\nConnection: \(keepsOpen ? "keep-alive" : "close")\r\n\r\n"
        return Array(head.utf8) + body
    }
}

/// The first line and the fields of a request.
struct HTTPHead {
    let method: String
    let target: String
    let version: String
    private var fields: [String: String] = [:]

    /// Nil for what is no request.
    init?(_ text: String) {
        let lines = text.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else { return nil }
        (method, target, version) = (String(words[0]), String(words[1]), String(words[2]))
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
    }

    subscript(name: String) -> String? { fields[name] }

    var keepsOpen: Bool {
        switch self["connection"]?.lowercased() {
        case "close": false
        case "keep-alive": true
        default: version == "HTTP/1.1"
        }
    }
}

"""###,
            "Sources/HTTP/HTTPServer.swift": ###"""
import Foundation
import Synchronization

/// A plain HTTP/1.1 server: a thread for each connection, bounded in number, sizes and patience. It speaks no TLS.
public final class HTTPServer: Sendable {
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    public struct Limits: Sendable {
        /// How many connections are served at once; others wait in the system's queue.
        public var connections = 64
        public var headBytes = 16 * 1024
        public var bodyBytes = 1024 * 1024
        /// How long a client may take to send or to take something, in seconds.
        public var patience = 10

        public init() {}
    }

    /// What could not be done with the port.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The port that is listened on; the system chose it if 0 was asked for.
    public let port: Int
    private let listener: Int32
    private let limits: Limits
    private let handler: Handler
    private let slots: DispatchSemaphore
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        /// The connections that wait for a request.
        var idle: Set<Int32> = []
        var open = 0
    }

    /// Listens on a port of the loopback interface, or of all if `host` is "0.0.0.0".
    public init(host: String = "127.0.0.1", port: Int, limits: Limits = Limits(), handler: @escaping Handler) throws {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, kind, 0)
        var (yes, address) = (Int32(1), sockaddr_in())
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 128) == 0 && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else {
            let reason = String(cString: strerror(errno))
            _ = close(listener)
            throw Failure(description: "The server cannot listen on \(host):\(port): \(reason).")
        }
        self.listener = listener
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        self.limits = limits
        self.handler = handler
        slots = DispatchSemaphore(value: limits.connections)
        Thread { [self] in takeConnections() }.start()
    }

    /// Takes no more connections, and waits for the answers that are under way.
    public func stop() async {
        let idle = state.withLock { state in
            state.isStopping = true
            return state.idle
        }
        _ = shutdown(listener, Int32(SHUT_RDWR))
        for connection in idle { _ = shutdown(connection, Int32(SHUT_RD)) }
        while state.withLock({ $0.open > 0 }) { try? await Task.sleep(for: .milliseconds(5)) }
    }

    private func takeConnections() {
        while true {
            slots.wait()
            let connection = accept(listener, nil, nil)
            let isTaken =
                connection >= 0
                && state.withLock { state in
                    if !state.isStopping { state.open += 1 }
                    return !state.isStopping
                }
            if isTaken {
                Thread { [self] in
                    serve(Connection(connection, patience: limits.patience))
                    state.withLock { $0.open -= 1 }
                    slots.signal()
                }.start()
                continue
            }
            slots.signal()
            if connection >= 0 { _ = close(connection) }
            if state.withLock({ $0.isStopping }) { break }
        }
        _ = close(listener)
    }

    /// Answers the requests of a connection, one after the other.
    private func serve(_ connection: borrowing Connection) {
        var received: [UInt8] = []
        while true {
            let descriptor = connection.descriptor
            let mayWait = state.withLock { state in
                if !state.isStopping { state.idle.insert(descriptor) }
                return !state.isStopping
            }
            guard mayWait else { return }
            let read = connection.readRequest(&received, limits)
            state.withLock { _ = $0.idle.remove(descriptor) }
            switch read {
            case .closed: return
            case .refused(let status):
                let refusal = HTTPResponse.json(#"{"error": "The request is not one that is taken here."}"#, status: status)
                _ = connection.send(refusal.encoded(keepsOpen: false))
                // A client that is still sending would not read the refusal if the connection broke under it.
                connection.drain(atMost: 16 * limits.bodyBytes)
                return
            case .request(let request, let asksToKeep):
                let response = answer(request)
                let keepsOpen = asksToKeep && !state.withLock { $0.isStopping }
                guard connection.send(response.encoded(keepsOpen: keepsOpen)), keepsOpen else { return }
            }
        }
    }

    /// Runs the handler, which is asynchronous, while this connection's own thread waits.
    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        let reply = Reply()
        Task { [handler] in
            let response = await handler(request)
            reply.response.withLock { $0 = response }
            reply.isThere.signal()
        }
        reply.isThere.wait()
        return reply.response.withLock { $0 } ?? .json("{}", status: 500)
    }

    private final class Reply: Sendable {
        let response = Mutex<HTTPResponse?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }
}

"""###,
            "Sources/Parcels/Late.swift": ###"""
import PrisML
import Prisma

/// Which parcels arrive late.
public let late = Predictor("late", on: Parcel.self, predicting: \.isLate) { parcel in
    Feature("carrier", parcel.carrier)
    Feature("weight", parcel.weight)
    Feature("distance", parcel.distance)
    Feature("hub", parcel.hub.map { $0.city }, .oneHot(top: 10))
}
.algorithm(.gradientBoostedTrees(rounds: 100, depth: 4))
.gate(.rocAUC, atLeast: 0.7)

"""###,
            "Sources/Parcels/SampleData.swift": ###"""
import Foundation

/// Hubs and parcels from a seed: far, heavy and from a busy hub is likelier late, and chance does the rest.
public struct SampleData: Sendable {
    public private(set) var hubs: [Hub.Create] = []
    public private(set) var parcels: [Parcel.Create] = []

    public init(parcels count: Int, seed: UInt64 = 1, today: Date = Date()) {
        var random = Chance(seed: seed)
        let cities = [
            "Lyon", "Porto", "Gent", "Graz", "Brno", "Bari", "Vigo", "Turku", "Aarhus", "Split", "Nantes", "Essen", "Malaga", "Lublin",
            "Cork", "Leeds", "Basel", "Tartu", "Patras", "Varna",
        ]
        hubs = cities.map { .init(city: $0) }
        let delays = cities.map { _ in 1.6 * (random.unit() - 0.5) }
        for _ in 0..<max(count, 0) {
            let hub = random.below(cities.count)
            let carrier = Carrier.allCases[random.below(Carrier.allCases.count)]
            let (weight, distance, days) = (0.2 + 30 * random.unit() * random.unit(), 5 + 900 * random.unit(), 60 * random.unit())
            let haste =
                switch carrier {
                case .express: 1.4
                case .post: 0.2
                case .freight: -0.5
                }
            let risk = -1.6 + distance / 300 + weight / 15 + delays[hub] - haste
            let isLate = random.unit() < 1 / (1 + exp(-1.5 * risk))
            parcels.append(
                .init(
                    carrier: carrier, weight: (weight * 10).rounded() / 10, distance: distance.rounded(), hubId: hub + 1,
                    sentAt: today.addingTimeInterval(-days * 86_400), isLate: days < 3 ? nil : isLate))
        }
    }

    /// Writes all rows.
    public func write(to prisma: PrismaClient) async throws {
        try await prisma.hub.createMany(hubs)
        try await prisma.parcel.createMany(parcels)
    }
}

/// Random numbers that are the same on every machine (SplitMix64).
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func below(_ count: Int) -> Int { Int(unit() * Double(count)) }
}

"""###,
            "Sources/Parcels/Service.swift": ###"""
import HTTP
import PrisML
import Prisma

/// What is answered to a request: rows and predictions as JSON.
public struct Service: Sendable {
    private let prisma: PrismaClient
    private let late: Predictor<Parcel, Bool>
    private let ready: ReadyPredictor<Parcel, Bool>

    /// Loads the predictor, so that a server without one does not begin to answer.
    public init(_ prisma: PrismaClient, late: Predictor<Parcel, Bool> = Parcels.late) async throws {
        self.prisma = prisma
        self.late = late
        ready = try await late.load(with: prisma)
    }

    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await route(request)
        } catch let error as PredictorError where error.code == .invalidFeatures {
            return Self.problem(422, error.message)
        } catch let error as JSON.ParseError {
            return Self.problem(400, "The body is no JSON: \(error.message) at byte \(error.offset).")
        } catch {
            // What the error says is for those who run the server.
            print("\(request.method) \(request.path): \(error)")
            return Self.problem(500, "The request failed; the server's log says why.")
        }
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        let parts = request.path.split(separator: "/")
        switch (request.method, parts.first, parts.count) {
        case ("GET", "health", 1):
            return .json(JSON.object(["status": "ok", "version": .string(ready.version)]).text)
        case ("GET", "parcels", 1):
            guard let top = Int(request.query["top"] ?? "10"), (1...1_000).contains(top) else {
                return Self.problem(400, "top is a number from 1 to 1000.")
            }
            let rows = try await prisma.parcel.findMany(
                where: { $0.isLate == nil }, orderBy: { late($0).probability.descending }, take: top, include: late)
            return .json(JSON.array(rows.map(Self.json)).text)
        case ("GET", "parcels", 2):
            guard let id = Int(parts[1]) else { return Self.problem(400, "A parcel's id is a number.") }
            guard let row = try await prisma.parcel.findUnique(where: { $0.id == id }, include: late) else {
                return Self.problem(404, "There is no parcel \(id).")
            }
            return .json(Self.json(row).text)
        case ("POST", "predict", 1):
            guard case .object(let features) = try JSON(parsing: request.text) else {
                return Self.problem(400, "The body is an object with the features by their names.")
            }
            return .json(Self.json(try ready.predict(features: features)).text)
        case (_, "health", 1), (_, "parcels", 1...2), (_, "predict", 1):
            return Self.problem(405, "\(request.method) is not for \(request.path).")
        default:
            return Self.problem(404, "There is nothing at \(request.path).")
        }
    }

    private static func json(_ row: (Parcel, Prediction<Bool>)) -> JSON {
        let (parcel, prediction) = row
        return [
            "id": .int(Int64(parcel.id)), "carrier": .string(parcel.carrier.rawValue), "weight": .double(parcel.weight),
            "distance": .double(parcel.distance), "late": json(prediction),
        ]
    }

    private static func json(_ prediction: Prediction<Bool>) -> JSON {
        ["label": .bool(prediction.label), "probability": .double(prediction.probability), "version": .string(prediction.version)]
    }

    private static func problem(_ status: Int, _ message: String) -> HTTPResponse {
        .json(JSON.object(["error": .string(message)]).text, status: status)
    }
}

"""###,
            "Sources/ml/main.swift": ###"""
import Parcels
import PrisMLCommands

await PrisMLTool.run(predictors: [late])

"""###,
            "Sources/seed/main.swift": ###"""
import Foundation
import Parcels

// swift run seed [PARCELS]
let parcels = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000

let prisma = try PrismaClient()
let start = ContinuousClock.now
let sample = SampleData(parcels: parcels)
try await sample.write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(sample.hubs.count) hubs and \(sample.parcels.count) parcels in \(time)")
await prisma.close()

"""###,
            "Sources/server/main.swift": ###"""
import Foundation
import HTTP
import Parcels

/// Says in a line what keeps the server from starting, and ends.
func refuse(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("server: \(reason)\n".utf8))
    exit(1)
}

let environment = ProcessInfo.processInfo.environment
guard let port = Int(environment["PORT"] ?? "8080"), (0...65_535).contains(port) else { refuse("PORT is a number up to 65535.") }
let prisma: PrismaClient
let server: HTTPServer
do {
    prisma = try PrismaClient()
    let service = try await Service(prisma)
    server = try HTTPServer(host: environment["HOST"] ?? "127.0.0.1", port: port) { await service.answer($0) }
} catch {
    refuse("\(error)")
}
print("answering on port \(server.port); Ctrl-C ends it")

// Ends when it is asked to: the answers that are under way are given first.
let (asked, asks) = AsyncStream.makeStream(of: Void.self)
let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { asks.yield() }
    source.resume()
    return source
}
for await _ in asked { break }
for source in sources { source.cancel() }
await server.stop()
await prisma.close()
print("ended")

"""###,
            "Tests/ParcelsTests/ServerTests.swift": ###"""
import Foundation
import HTTP
import Parcels
import PrisML
import PrisMLCommands
import Prisma
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The whole line on a database of its own: tables, rows, training, and answers over HTTP.
@Test func predictionsAreServed() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "server-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let late = late.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [late])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await SampleData(parcels: 4_000).write(to: prisma)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    let service = try await Service(prisma, late: late)
    let server = try HTTPServer(port: 0) { await service.answer($0) }
    func ask(_ path: String, _ body: String? = nil) async throws -> (status: Int, json: JSON) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(server.port)\(path)")))
        if let body { (request.httpMethod, request.httpBody) = ("POST", Data(body.utf8)) }
        let (data, response) = try await URLSession.shared.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, try JSON(parsing: String(decoding: data, as: UTF8.self)))
    }

    #expect(try await ask("/health").json["status"] == "ok")
    let worst = try #require(try await ask("/parcels?top=5").json.array)
    let risks = worst.compactMap { $0["late"]?["probability"]?.double }
    #expect(risks.count == 5 && risks == risks.sorted(by: >))
    let id = try #require(worst[0]["id"]?.int)
    #expect(try await ask("/parcels/\(id)").json == worst[0])

    // The same parcel by its features alone.
    let (parcel, hub) = try #require(try await prisma.parcel.findUnique(where: { $0.id == Int(id) }, include: { $0.hub }))
    let features: JSON = [
        "carrier": .string(parcel.carrier.rawValue), "weight": .double(parcel.weight), "distance": .double(parcel.distance),
        "hub": .string(hub.city),
    ]
    #expect(try await ask("/predict", features.text).json["probability"] == worst[0]["late"]?["probability"])

    let wrong: [(path: String, body: String?, status: Int)] = [
        ("/parcels/999999", nil, 404), ("/parcels/x", nil, 400), ("/parcels?top=0", nil, 400), ("/nothing", nil, 404),
        ("/predict", nil, 405), ("/predict", "{", 400), ("/predict", "[]", 400), ("/predict", #"{"weight": 3}"#, 422),
        ("/predict", String(repeating: " ", count: 2_000_000), 413),
    ]
    for (path, body, status) in wrong {
        let answer = try await ask(path, body)
        #expect(answer.status == status, "\(path)")
        #expect(answer.json["error"]?.string?.isEmpty == false, "\(path)")
    }

    // Many at once, and an end that leaves nobody without an answer.
    try await withThrowingTaskGroup { group in
        for _ in 0..<50 { group.addTask { try await ask("/parcels/\(id)").status } }
        for try await status in group { #expect(status == 200) }
    }
    await server.stop()
    await #expect(throws: URLError.self) { try await ask("/health") }
    await prisma.close()
}

"""###,
            "prisma/schema.prisma": ###"""
generator client {
  provider = "prisml-swift"
  output   = "../Sources/Parcels/Generated"
}

datasource db {
  provider = "sqlite"
  url      = "file:./parcels.db"
}

enum Carrier {
  POST
  EXPRESS
  FREIGHT
}

model Hub {
  id      Int      @id @default(autoincrement())
  city    String   @unique
  parcels Parcel[]
}

model Parcel {
  id       Int      @id @default(autoincrement())
  carrier  Carrier
  /// In kilograms.
  weight   Float
  /// From the hub to the door, in kilometres.
  distance Float
  sentAt   DateTime @default(now())
  /// Null while it is on its way: these are the parcels to predict.
  isLate   Boolean?
  hub      Hub      @relation(fields: [hubId], references: [id])
  hubId    Int

  @@index([hubId])
}

"""###,
        ],
        .minimal: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
# Which versions were approved and rejected goes with the models.
!prisml/registry.db
prisml/models/*/.lock

"""###,
            "Package.swift": ###"""
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "minimal",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Homes",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Homes", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run app`: homes, and what they are worth.
        .executableTarget(name: "app", dependencies: ["Homes"]),
        .testTarget(name: "HomesTests", dependencies: ["Homes", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)

"""###,
            "README.md": ###"""
# minimal

A project with one table and one predictor, made with `prisml init --template minimal`.

```console
$ swift run ml db push    # make the tables of prisma/schema.prisma
$ swift run app           # write 2,000 homes
$ swift run ml train      # learn prices from those that are sold
$ swift run app           # predict the others
$ swift test
```

`Sources/Homes/Generated` is written by `swift run prisml generate`; run it after each change of the schema. What was trained is
kept in `prisml/models` and belongs into git: `swift run ml check` says in CI whether it still fits the code.

"""###,
            "Sources/Homes/Price.swift": ###"""
import PrisML
import Prisma

/// What a home would sell for.
public let price = Predictor("price", on: Home.self, predicting: \.price) { home in
    Feature("area", home.area)
    Feature("rooms", home.rooms)
    Feature("builtIn", home.builtIn)
    Feature("heating", home.heating)
}
.gate(.r2, atLeast: 0.7)

"""###,
            "Sources/Homes/SampleData.swift": ###"""
/// Homes to play with, some of them sold; the same on every machine.
public struct SampleData: Sendable {
    public let homes: [Home.Create]

    public init(homes count: Int, seed: UInt64 = 1) {
        var state = seed
        func unit() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / 9_007_199_254_740_992
        }
        homes = (0..<count).map { _ in
            let area = 25 + 150 * unit()
            let rooms = max(1, Int(area / 28 + 1.5 * unit()))
            let builtIn = 1920 + Int(105 * unit())
            let heating = Heating.allCases[Int(unit() * 3)]
            let worth = area * (2_100 + 12 * Double(builtIn - 1920)) * (heating == .gas ? 0.93 : 1) * (0.85 + 0.3 * unit())
            return .init(area: area, rooms: rooms, builtIn: builtIn, heating: heating, price: unit() < 0.8 ? worth.rounded() : nil)
        }
    }
}

"""###,
            "Sources/app/main.swift": ###"""
import Homes
import PrisML
import Prisma

let prisma = try PrismaClient()
if try await prisma.home.count() == 0 {
    print("wrote \(try await prisma.home.createMany(SampleData(homes: 2_000).homes)) homes; now train: swift run ml train")
} else {
    print("Homes that are not sold, dearest first:")
    let dearest = try await prisma.home.findMany(
        where: { $0.price == nil }, orderBy: { price($0).score.descending }, take: 5, include: price)
    for (home, worth) in dearest { print("  \(Int(home.area)) m², \(home.rooms) rooms, \(home.builtIn): about \(Int(worth.label))") }
}
await prisma.close()

"""###,
            "Sources/ml/main.swift": ###"""
import Homes
import PrisMLCommands

await PrisMLTool.run(predictors: [price])

"""###,
            "Tests/HomesTests/PriceTests.swift": ###"""
import Foundation
import Homes
import PrisML
import PrisMLCommands
import Prisma
import Testing

/// The whole line on a database of its own: tables, rows, training, predictions.
@Test func pricesAreLearned() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "price-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = "file:\(folder)/test.db"
    let price = price.stored(in: folder + "/models")
    let tool = PrisMLTool(predictors: [price])

    #expect(await tool.run(["ml", "db", "push", "--url", url]) == 0)
    let prisma = try PrismaClient(url: url)
    try await prisma.home.createMany(SampleData(homes: 1_000).homes)
    #expect(await tool.run(["ml", "train", "--url", url]) == 0)

    let unsold = try await prisma.home.findMany(where: { $0.price == nil }, include: price)
    #expect(!unsold.isEmpty)
    #expect(unsold.allSatisfy { _, worth in worth.label > 20_000 && worth.label < 1_000_000 })
    await prisma.close()
}

"""###,
            "prisma/schema.prisma": ###"""
generator client {
  provider = "prisml-swift"
  output   = "../Sources/Homes/Generated"
}

datasource db {
  provider = "sqlite"
  url      = "file:./homes.db"
}

enum Heating {
  GAS
  PUMP
  DISTRICT
}

model Home {
  id      Int      @id @default(autoincrement())
  area    Float
  rooms   Int
  builtIn Int
  heating Heating
  /// Null for homes that are not sold yet: their price is predicted.
  price   Float?
}

"""###,
        ],
    ]
}
