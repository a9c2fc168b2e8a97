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
