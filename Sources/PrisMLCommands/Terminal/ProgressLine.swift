import Synchronization

/// How far a long piece of work has come: a bar that is redrawn on a terminal, a line now and then elsewhere.
final class ProgressLine: Sendable {
    private let state: Mutex<ProgressMeter>
    private let output: Output
    private let elapsed: @Sendable () -> Duration

    /// - Parameter total: how much there is to do, nil if that is not known.
    init(_ title: String, unit: String, total: Int?, context: CommandContext) {
        output = context.errors
        elapsed = context.environment.elapsed
        state = Mutex(
            ProgressMeter(
                title: title, unit: unit, total: total, start: context.environment.elapsed(),
                redraws: output.canRedraw ? output.width : nil))
    }

    func advance(by count: Int = 1) {
        if let text = state.withLock({ $0.advance(by: count, at: elapsed()) }) { output.send(text) }
    }

    /// As ``advance(by:)``, told where the work is now, with something to say beside it.
    func advance(to done: Int, note: String? = nil) {
        if let text = state.withLock({ $0.advance(to: done, note: note, at: elapsed()) }) { output.send(text) }
    }

    /// Leaves no trace on a terminal, for work that stopped before its end.
    func abandon() {
        if output.canRedraw { output.send("\r\u{1B}[K") }
    }

    /// Leaves a line that says how much was done, and how fast.
    func finish() {
        output.send(state.withLock { $0.finish(at: elapsed()) })
    }
}

/// The arithmetic of progress, without a clock or a terminal.
struct ProgressMeter: Sendable {
    let title: String
    let unit: String
    let total: Int?
    let start: Duration
    /// The width to redraw in; nil prints plain lines.
    let redraws: Int?

    private(set) var done = 0
    /// What else there is to say, such as a loss.
    private(set) var note: String?
    private var nextUpdate: Duration

    init(title: String, unit: String, total: Int?, start: Duration, redraws: Int?) {
        self.title = title
        self.unit = unit
        self.total = total
        self.start = start
        self.redraws = redraws
        nextUpdate = start + Self.interval(redraws)
    }

    /// Often enough to be alive, seldom enough to cost nothing and not to fill a log.
    private static func interval(_ redraws: Int?) -> Duration {
        redraws == nil ? .seconds(10) : .milliseconds(100)
    }

    /// What to print now, nil between updates.
    mutating func advance(by count: Int = 1, at now: Duration) -> String? {
        advance(to: done.addingReportingOverflow(count).partialValue, note: note, at: now)
    }

    mutating func advance(to done: Int, note: String?, at now: Duration) -> String? {
        self.done = done
        self.note = note
        guard now >= nextUpdate else { return nil }
        nextUpdate = now + Self.interval(redraws)
        let seconds = Self.seconds(now - start)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        var parts = [total.map { "\(done) of \($0) \(unit)" } ?? "\(done) \(unit)", "\(Self.short(rate))/s"]
        if let total, total > done, rate > 0 { parts.append("\(Self.time(Double(total - done) / rate)) left") }
        if let note { parts.append(note) }
        let line = "\(title): " + parts.joined(separator: ", ")
        guard let redraws else { return line + "\n" }
        return "\r\u{1B}[K" + TextLayout.truncated(bar() + line, to: redraws - 1)
    }

    mutating func finish(at now: Duration) -> String {
        let seconds = Self.seconds(now - start)
        let rate = seconds > 0.05 ? ", \(Self.short(Double(done) / seconds))/s" : ""
        let line = "\(title): \(done) \(unit) in \(Self.time(seconds))\(rate)\(note.map { ", " + $0 } ?? "")\n"
        return redraws == nil ? line : "\r\u{1B}[K" + line
    }

    private func bar() -> String {
        guard let total, total > 0 else { return "" }
        let filled = Int(20 * min(max(Double(done) / Double(total), 0), 1))
        return "[" + String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled) + "] "
    }

    private static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }

    /// `2.4`, `310`, `12.5k`, `1.2M`
    static func short(_ number: Double) -> String {
        switch number {
        case ..<10: tenths(number)
        case ..<1_000: "\(Int(number))"
        case ..<1_000_000: tenths(number / 1_000) + "k"
        case ..<1e15: tenths(number / 1_000_000) + "M"
        default: "∞"
        }
    }

    /// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<10: "\(tenths(max(seconds, 0))) s"
        case ..<60: "\(Int(seconds)) s"
        case ..<3_600: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        case ..<360_000_000: "\(Int(seconds) / 3_600) h \(Int(seconds) / 60 % 60) min"
        default: "a long time"
        }
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((max(number, 0) * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
