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
