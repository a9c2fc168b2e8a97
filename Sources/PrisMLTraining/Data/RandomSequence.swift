/// Numbers that look random and are the same for the same seed on every machine (SplitMix64).
package struct RandomSequence: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A sequence of its own for each purpose and place, from one seed.
    package init(seed: UInt64, _ parts: UInt64...) {
        state = parts.reduce(Self.mix(seed)) { Self.mix($0 ^ Self.mix($1 &+ 0x9E37_79B9_7F4A_7C15)) }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number of 0..<1.
    package mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number of 0..<limit; the limit is at least 1.
    package mutating func next(below limit: UInt32) -> Int {
        Int(((next() >> 32) &* UInt64(max(limit, 1))) >> 32)
    }

    /// Spreads the bits of a number over all 64.
    package static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number for some bytes and a seed: FNV-1a, mixed.
    package static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325 ^ mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mix(state)
    }
}
