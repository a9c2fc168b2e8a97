/// The measurements of a suite as a table.
struct Report {
    let suite: Suite
    let measurements: [Measurement]
    let notes: [String]
    /// What the suite judged itself.
    let judged: [(what: String, verdict: Target.Verdict)]

    static let titles = ["what", "median", "best", "p99", "per item", "repeated", "ratio"]

    var rows: [[String]] {
        measurements.map { measurement in
            [
                measurement.name, Self.time(measurement.median), Self.time(measurement.best), Self.time(measurement.p99),
                measurement.items == 1 ? "" : "\(Self.time(measurement.secondsPerItem))/\(measurement.unit)",
                "\(measurement.seconds.count)×", ratio(of: measurement),
            ]
        }
    }

    private var verdicts: [(what: String, verdict: Target.Verdict)] {
        suite.targets.map { ($0.what, $0.verdict(in: measurements)) } + judged
    }

    /// `1.04× validate 100 models`: how many times the peer's time per item.
    private func ratio(of measurement: Measurement) -> String {
        guard let name = measurement.peer, let peer = measurements.first(where: { $0.name == name }), peer.secondsPerItem > 0 else {
            return measurement.peer.map { "no '\($0)'" } ?? ""
        }
        return "\(Self.digits(measurement.secondsPerItem / peer.secondsPerItem))× \(name)"
    }

    var text: String {
        let all = [Self.titles] + rows
        let widths = Self.titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { cells in
            let line = cells.enumerated().map { index, cell in
                let fill = String(repeating: " ", count: widths[index] - cell.count)
                return index == 0 || index == Self.titles.count - 1 ? cell + fill : fill + cell
            }.joined(separator: "  ")
            return "  " + line
        }
        let targets = verdicts.map { "  \($0.what): \($0.verdict.found), wanted \($0.verdict.wanted): \($0.verdict.mark)" }
        return (["\(suite.name): \(suite.summary)"] + lines + targets + notes.map { "  \($0)" }).joined(separator: "\n") + "\n"
    }

    var markdown: String {
        let header = ["| " + Self.titles.joined(separator: " | ") + " |", "|---|--:|--:|--:|--:|--:|---|"]
        let lines = verdicts.map {
            "| \($0.what) | \($0.verdict.wanted) | \($0.verdict.found) | \($0.verdict.isMet == true ? "met" : "**\($0.verdict.mark)**") |"
        }
        let targets = lines.isEmpty ? [] : ["", "| target | wanted | found | |", "|---|---|--:|---|"] + lines
        return (header + rows.map { "| " + $0.joined(separator: " | ") + " |" } + targets + notes.map { "\n\($0)" }).joined(separator: "\n")
    }

    /// `812 ns`, `3.42 µs`, `27.1 ms`, `1.20 s`
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<1e-6: "\(digits(seconds * 1e9)) ns"
        case ..<1e-3: "\(digits(seconds * 1e6)) µs"
        case ..<1: "\(digits(seconds * 1e3)) ms"
        default: "\(digits(seconds)) s"
        }
    }

    /// Three digits that count.
    static func digits(_ number: Double) -> String {
        let places = number < 10 ? 2 : number < 100 ? 1 : 0
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((number * scale).rounded())
        guard places > 0 else { return "\(scaled)" }
        let fraction = String(scaled % Int(scale))
        return "\(scaled / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
