/// What a measurement is wanted to reach, judged by the medians of the run that it is in.
struct Target {
    let what: String
    /// The measurement that is judged.
    let subject: String
    private let bound: Bound

    private enum Bound {
        case atMost(Double, times: String)
        case fasterThan(String, times: Double)
        case under(seconds: Double)
    }

    /// At most so many times the time per item of another measurement.
    static func atMost(_ limit: Double, times peer: String, _ subject: String, _ what: String) -> Target {
        Target(what: what, subject: subject, bound: .atMost(limit, times: peer))
    }

    /// At least so many times as fast as another measurement.
    static func atLeast(_ limit: Double, timesAsFastAs peer: String, _ subject: String, _ what: String) -> Target {
        Target(what: what, subject: subject, bound: .fasterThan(peer, times: limit))
    }

    /// Within so many seconds.
    static func within(_ seconds: Double, _ subject: String, _ what: String) -> Target {
        Target(what: what, subject: subject, bound: .under(seconds: seconds))
    }

    struct Verdict {
        let wanted: String
        let found: String
        /// Nil where a measurement is missing.
        let isMet: Bool?

        var mark: String { isMet.map { $0 ? "met" : "missed" } ?? "not measured" }
    }

    func verdict(in measurements: [Measurement]) -> Verdict {
        func time(_ name: String) -> Double? { measurements.first { $0.name == name }?.secondsPerItem }
        let found = time(subject)
        switch bound {
        case .atMost(let limit, let peer):
            let ratio = found.flatMap { found in time(peer).map { found / $0 } }
            return Verdict(
                wanted: "\(Report.digits(limit))× \(peer) at most", found: Self.text(ratio, "×"), isMet: ratio.map { $0 <= limit })
        case .fasterThan(let peer, let limit):
            let ratio = found.flatMap { found in time(peer).map { $0 / found } }
            return Verdict(
                wanted: "\(Report.digits(limit)) times as fast as \(peer)", found: Self.text(ratio, " times"),
                isMet: ratio.map { $0 >= limit })
        case .under(let seconds):
            let found = measurements.first { $0.name == subject }?.median
            return Verdict(
                wanted: "\(Report.time(seconds)) at most", found: found.map(Report.time) ?? "", isMet: found.map { $0 <= seconds })
        }
    }

    private static func text(_ ratio: Double?, _ unit: String) -> String { ratio.map { Report.digits($0) + unit } ?? "" }
}
