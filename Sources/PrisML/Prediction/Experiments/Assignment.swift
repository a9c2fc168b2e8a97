/// Which arm of an experiment a key belongs to: always the same one, by a hash.
///
/// Weighted rendezvous hashing: each arm draws a number for the key from its hash, and the highest wins. When weights change, only as many
/// keys move as the shares differ by, and all of them to arms whose share grew.
struct Assignment: Sendable {
    let experiment: String
    /// By name; the weights need not add up to anything.
    let arms: [(name: String, weight: Double)]

    func arm(for key: String) -> String {
        var best = (name: arms.first?.name ?? "", draw: -Double.infinity)
        for arm in arms {
            // A number above 0 and below 1.
            let unit = (Double(Self.hash("\(experiment)\u{0}\(arm.name)\u{0}\(key)") >> 11) + 0.5) / 9_007_199_254_740_992
            let draw = -arm.weight / Double.logarithm(unit)
            if draw > best.draw { best = (arm.name, draw) }
        }
        return best.name
    }

    /// FNV-1a with a finalizer that lets each bit depend on all of the text; the same on every machine.
    private static func hash(_ text: String) -> UInt64 {
        var hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
