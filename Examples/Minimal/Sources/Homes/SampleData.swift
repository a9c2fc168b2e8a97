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
