// Written by scripts/embed-templates from Examples. Do not edit: change the example and run it again.
// swift-format-ignore-file

extension Template {
    static let files: [Template: [String: String]] = [
        .churn: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
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
print("wrote \(customers) customers and \(orders) orders in \((ContinuousClock.now - start).formatted())")
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
        .minimal: [
            ".gitignore": ###"""
.build/
*.db
*.db-*
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
