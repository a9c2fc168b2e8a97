/// The pauses between the attempts of a transaction that others got in the way of.
///
/// Each is random, so that those who collided do not collide again: up to 10 ms, then 20, 40 and so on to half a second.
struct TransactionPauses {
    static let longest: Duration = .milliseconds(500)

    private let retries: Int
    private var given = 0

    init(retries: Int) {
        self.retries = retries
    }

    /// The pause before the next attempt; nil if there is none.
    mutating func next() -> Duration? {
        guard given < retries else { return nil }
        defer { given += 1 }
        let limit = min(Self.longest, .milliseconds(10) * (1 << min(given, 16)))
        return limit * Double.random(in: 0...1)
    }
}
