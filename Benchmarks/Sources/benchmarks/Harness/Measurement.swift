/// How long one thing takes: the times of its repetitions.
struct Measurement {
    let name: String
    /// What one repetition works on, such as 100 models, so that sizes can be compared.
    let items: Int
    let unit: String
    /// The row that this one is compared with.
    let peer: String?
    /// Seconds per repetition, ascending.
    let seconds: [Double]

    init(name: String, items: Int, unit: String, peer: String?, seconds: [Double]) {
        self.name = name
        self.items = max(items, 1)
        self.unit = unit
        self.peer = peer
        self.seconds = seconds.sorted()
    }

    var median: Double { percentile(50) }
    /// What the machine does when nothing else runs on it.
    var best: Double { seconds.first ?? 0 }
    var p99: Double { percentile(99) }
    var secondsPerItem: Double { median / Double(items) }

    /// The nearest rank.
    func percentile(_ percent: Int) -> Double {
        guard !seconds.isEmpty else { return 0 }
        let rank = (seconds.count * percent + 99) / 100
        return seconds[min(max(rank, 1), seconds.count) - 1]
    }
}
