/// Measures, one thing after the other.
struct Runner {
    /// How long to repeat, and how often at least and at most.
    struct Effort {
        var time: Duration = .seconds(1)
        var repetitions = 10...2_000
        var warmUp: Duration = .milliseconds(200)
        /// Only to see that the suites work: what takes long to set up is left out.
        var isQuick = false
    }

    let effort: Effort
    /// Only what has this in its name is measured; nil for all.
    let only: String?
    private(set) var measurements: [Measurement] = []
    /// Things worth knowing beside the times, such as a size.
    private(set) var notes: [String] = []
    /// Targets that are no times, such as memory: what was wanted and found.
    private(set) var verdicts: [(what: String, verdict: Target.Verdict)] = []
    private let clock = ContinuousClock()

    init(effort: Effort, only: String? = nil) {
        self.effort = effort
        self.only = only
    }

    /// Whether everything only has to work, and nobody reads the times.
    var isQuick: Bool { effort.isQuick }

    /// Measures one thing.
    ///
    /// - Parameters:
    ///   - items: how many things one repetition works on.
    ///   - peer: the name of an earlier measurement; the table says how many times its time per item this one takes.
    ///   - body: what is measured. Its result is kept from being optimized away.
    mutating func measure<Result>(
        _ name: String, items: Int = 1, of unit: String = "run", against peer: String? = nil, _ body: () async throws -> Result
    ) async throws {
        if let only, !name.contains(only) { return }
        // Very short work is timed in batches, since reading the clock takes time too.
        var batch = 1
        let start = clock.now
        while true {
            let seconds = try await time(batch, body)
            if clock.now - start >= effort.warmUp { break }
            if seconds < 20e-6 { batch *= 2 }
        }

        var samples: [Double] = []
        let began = clock.now
        while samples.count < effort.repetitions.upperBound {
            if samples.count >= effort.repetitions.lowerBound, clock.now - began >= effort.time { break }
            samples.append(try await time(batch, body) / Double(batch))
        }
        let measurement = Measurement(name: name, items: items, unit: unit, peer: peer, seconds: samples)
        measurements.append(measurement)
    }

    /// Takes over what another program measured: seconds for each repetition.
    mutating func record(_ name: String, items: Int, of unit: String, against peer: String? = nil, seconds: [Double]) {
        measurements.append(Measurement(name: name, items: items, unit: unit, peer: peer, seconds: seconds))
    }

    /// Measures long work by turns: what else the machine does meets all of it.
    mutating func byTurns(
        items: Int, of unit: String, _ work: [(name: String, peer: String?, body: () async throws -> Void)]
    ) async throws {
        var seconds = work.map { _ in [Double]() }
        for _ in 0..<(isQuick ? 1 : 3) {
            for (index, part) in work.enumerated() { seconds[index].append(try await time(1, part.body)) }
        }
        for (part, seconds) in zip(work, seconds) { record(part.name, items: items, of: unit, against: part.peer, seconds: seconds) }
    }

    /// Judges what is no time, such as memory.
    mutating func judge(_ what: String, wanted: String, found: String, isMet: Bool) {
        verdicts.append((what, Target.Verdict(wanted: wanted, found: found, isMet: isMet)))
    }

    mutating func note(_ text: String) {
        notes.append(text)
    }

    private func time<Result>(_ batch: Int, _ body: () async throws -> Result) async throws -> Double {
        let start = clock.now
        for _ in 0..<batch { keep(try await body()) }
        let parts = (clock.now - start).components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}

/// Keeps a value from being optimized away.
@inline(never)
func keep<Value>(_ value: Value) {}
