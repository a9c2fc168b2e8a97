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
