import Testing

@testable import PrisMLCommands

@Suite struct ProgressTests {
    @Test func `A log gets a line every ten seconds`() {
        var meter = ProgressMeter(title: "Extracting", unit: "rows", total: 1_000, start: .seconds(5), redraws: nil)
        #expect(meter.advance(by: 100, at: .seconds(6)) == nil)
        #expect(meter.advance(by: 100, at: .seconds(15)) == "Extracting: 200 of 1000 rows, 20/s, 40 s left\n")
        #expect(meter.advance(by: 100, at: .seconds(16)) == nil)
        #expect(meter.advance(by: 700, at: .seconds(25)) == "Extracting: 1000 of 1000 rows, 50/s\n")
        #expect(meter.finish(at: .seconds(25)) == "Extracting: 1000 rows in 20 s, 50/s\n")
    }

    @Test func `A terminal's line is drawn over ten times a second, and never wraps`() {
        var meter = ProgressMeter(title: "Training", unit: "rounds", total: 200, start: .zero, redraws: 60)
        #expect(meter.advance(at: .milliseconds(50)) == nil)
        let line = meter.advance(by: 99, at: .seconds(1))
        #expect(line == "\r\u{1B}[K[██████████░░░░░░░░░░] Training: 100 of 200 rounds, 100/s,…")
        #expect(meter.finish(at: .seconds(2)) == "\r\u{1B}[KTraining: 100 rounds in 2 s, 50/s\n")
    }

    @Test func `Without a total there is no bar and no time left`() {
        var meter = ProgressMeter(title: "Reading", unit: "rows", total: nil, start: .zero, redraws: 80)
        #expect(meter.advance(by: 30, at: .seconds(3)) == "\r\u{1B}[KReading: 30 rows, 10/s")
    }

    static let numbers: [(number: Double, text: String)] = [
        (0, "0"), (-3, "0"), (2.44, "2.4"), (9.99, "10"), (310.9, "310"), (12_500, "12.5k"), (1_200_000, "1.2M"), (1e300, "∞"), (.nan, "∞"),
        (.infinity, "∞"),
    ]

    @Test(arguments: numbers)
    func `Rates are short`(number: Double, text: String) {
        #expect(ProgressMeter.short(number) == text)
    }

    static let times: [(seconds: Double, text: String)] = [
        (0, "0 s"), (0.44, "0.4 s"), (12.7, "12 s"), (200, "3 min 20 s"), (7_500, "2 h 5 min"), (1e12, "a long time"),
        (.nan, "a long time"),
    ]

    @Test(arguments: times)
    func `Times are short`(seconds: Double, text: String) {
        #expect(ProgressMeter.time(seconds) == text)
    }

    @Test func `Any counts and times are survived`() {
        var meter = ProgressMeter(title: "x", unit: "y", total: 0, start: .zero, redraws: 20)
        for (count, now) in [(Int.max, Duration.seconds(1)), (.max, .seconds(2)), (.min, .seconds(3)), (5, .zero)] {
            _ = meter.advance(by: count, at: now)
        }
        #expect(!meter.finish(at: .zero).isEmpty)
    }

    @Test func `A command's progress goes to standard error as it happens`() async {
        let command = Command("count", summary: "Count") { context in
            let progress = ProgressLine("Counting", unit: "rows", total: 3, context: context)
            for _ in 0..<3 { progress.advance() }
            context.errors.print("in between")
            progress.finish()
            return .success
        }
        let run = await ToolRun("count", root: Command(group: "sample", summary: "a sample", subcommands: [command]))
        #expect(run.output == "")
        #expect(run.errors == "in between\nCounting: 3 rows in 0 s\n")
    }
}
