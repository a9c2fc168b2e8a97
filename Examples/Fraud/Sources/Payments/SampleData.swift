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
