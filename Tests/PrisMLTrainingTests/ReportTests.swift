import Foundation
import PrisML
import TestSupport
import Testing

@testable import PrisMLTraining

@Suite struct ReportTests {
    static let hostile = "<script>alert('x')</script> & \"quotes\""

    /// A report of a real training, with names that try to break out of the page.
    static func report(_ task: LearningTask) throws -> TrainingReport {
        let rows = try Sample.rows(task, rows: 1500)
        let validation = try Sample.rows(task, rows: 300, seed: 8)
        let holdout = try Sample.rows(task, rows: 400, seed: 9)
        let parameters = TreeParameters(rounds: 40, depth: 3, learningRate: 0.2)
        let result = try TreeTrainer(task, parameters).train(on: rows, validation: validation, scoring: holdout.features)
        let scored = try ScoredRows(task, labels: holdout.labels, scores: result.scores)
        let evaluation = try Evaluation(scored, samples: 100)
        let active = try Evaluation(
            ScoredRows(
                task, labels: holdout.labels,
                scores: TreeTrainer(task, TreeParameters(rounds: 2)).train(on: rows, scoring: holdout.features).scores), samples: 0)
        let gates: [Gate] =
            task == .regression ? [.atLeast(.r2, 0.5), .improvesOnActive] : [.atLeast(.accuracy, 0.7), .atMost(.logLoss, 0.01)]
        let names = ["free", "pro", hostile, "enterprise with a name that is rather long"]
        var distributions = zip(rows.features.names, 0...).map { name, column in
            (feature: name, distribution: FeatureDistribution.numbers(ColumnDistribution(rows.features.column(column))))
        }
        distributions.append(("empty", .numbers(ColumnDistribution([.nan]))))
        distributions.append(("plan", .counting((0..<500).map { $0 % 7 == 0 ? nil : names[$0 * $0 % 4] })))
        return TrainingReport(
            name: "churn", subject: "User.isChurned \(hostile)", rows: scored, classes: Array(names.prefix(task.classCount)),
            evaluation: evaluation,
            baseline: try .baseline(task, training: rows.labels, measuredOn: holdout.labels), active: active,
            gates: gates.map { $0.verdict(evaluation, active: .measured(active, version: "1"), task: task) },
            importances: result.model.importances(),
            distributions: distributions, losses: result.losses, split: [("training", 1500), ("validation", 300), ("holdout", 400)],
            facts: [("Algorithm", "gradient boosted trees"), ("Trained", "2026-03-01 12:00 UTC"), ("Rows", "2200"), ("Seed", "0")])
    }

    @Test(arguments: [LearningTask.binary, .classes(4), .regression])
    func pageIsWholeAndNeedsNothingElse(task: LearningTask) throws {
        let html = try ReportPage(Self.report(task)).html
        if let folder = ProcessInfo.processInfo.environment["PRISML_REPORTS"] {
            try html.write(toFile: "\(folder)/\(task.classCount).html", atomically: true, encoding: .utf8)
        }
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quotes&quot;"))
        for address in ["http://", "https://", "src=", "@import", "url("] { #expect(!html.contains(address), "\(address)") }
        for title in ["Gates", "Metrics", "Curves", "What matters", "Rounds", "Features"] { #expect(html.contains("<h2>\(title)</h2>")) }
        #expect(html.contains("<h2>Classes</h2>") == (task != .regression))
        #expect(!html.contains("nan") && !html.contains("Optional("))
        #expect(Self.unclosed(html) == [])
    }

    /// Names of elements that are opened and never closed, or closed and never opened.
    static func unclosed(_ html: String) -> [String] {
        var open: [String] = []
        for part in html.split(separator: "<").dropFirst() where !part.hasPrefix("!") {
            let isEnd = part.hasPrefix("/")
            let name = String(part.dropFirst(isEnd ? 1 : 0).prefix { $0.isLetter || $0.isNumber })
            let tag = part.prefix { $0 != ">" }
            if isEnd {
                if open.last == name { open.removeLast() } else { return open + [name] }
            } else if name != "meta", tag.last != "/" {
                open.append(name)
            }
        }
        return open
    }

    /// A browser builds the page that was meant; it is looked at only where one is installed.
    @Test(.enabled(if: browser != nil)) func aBrowserBuildsThePage() throws {
        let folder = try TemporaryFolder()
        let page = folder.file("report.html")
        try ReportPage(Self.report(.classes(4))).html.write(toFile: page, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.browser))
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=\(folder.path)/profile",
            "--dump-dom",
            "file://\(page)",
        ]
        let output = folder.file("dom")
        try Data().write(to: URL(filePath: output))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let built = try String(contentsOfFile: output, encoding: .utf8)
        #expect(built.contains("<h2>Metrics</h2>"))
        #expect(built.split(separator: "<svg").count > 15)
        #expect(!built.contains("<script"))
    }

    static let browser = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    }.first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(arguments: [0...1, 0...0.3, -5...5, 0...200, 17...17.5, 0...1e9, 3...3, 0...7] as [ClosedRange<Double>])
    func axesHaveAFewRoundSteps(range: ClosedRange<Double>) {
        let steps = Chart.steps(range)
        #expect((1...10).contains(steps.count))
        #expect(steps.count >= 3 || range.lowerBound == range.upperBound)
        #expect(steps.allSatisfy { range.contains($0) })
    }

    @Test func curvesEndWhereTheyMust() throws {
        let rows = try ScoredRows(.binary, labels: [0, 1, 0, 1, 1], scores: [0.1, 0.9, 0.4, 0.4, 0.8])
        let curves = Curves(rows)
        let own = try #require(curves.classes.first)
        #expect(own.roc.first == .init(x: 0, y: 0) && own.roc.last == .init(x: 1, y: 1))
        #expect(own.roc.contains(.init(x: 0.5, y: 1)))
        #expect(own.precision.last == .init(x: 1, y: 0.6))
        // The area under the line is the metric.
        let area = zip(own.roc, own.roc.dropFirst()).reduce(0) { $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2 }
        #expect(abs(area - (try Evaluation(rows, samples: 0)[.rocAUC]?.value ?? 0)) < 1e-12)
        #expect(curves.calibration.reduce(0) { $0 + $1.rows } == 5)
        #expect(Curves(try ScoredRows(.binary, labels: [0, 0], scores: [0.1, 0.2])).classes.isEmpty)
    }

    /// A number that is the same in all rows is one full bar.
    @Test(arguments: [0, 7, -1e30] as [Float]) func aConstantIsOneBar(value: Float) throws {
        let chart = DistributionChart(.numbers(ColumnDistribution([Float](repeating: value, count: 40)))).markup.description
        #expect(!chart.contains("nan") && !chart.contains("inf"))
        #expect(chart.contains(#"<rect class="bin" x="0.0" y="2.0" width="199.6" height="50.0"/>"#), "\(chart)")
    }
}
