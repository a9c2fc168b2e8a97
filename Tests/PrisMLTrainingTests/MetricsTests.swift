import Foundation
import Testing

@testable import PrisMLTraining

@Suite struct MetricsTests {
    struct Fixture: Decodable {
        struct Case: Decodable {
            struct Own: Decodable {
                var precision, recall, f1: Double
                var rows: Int
            }
            var name: String
            var task: String
            var labels: [Float]
            var scores: [Float]
            var threshold: Float?
            var metrics: [String: Double]
            var confusion: [[Int]]?
            var classes: [Own]?

            var rows: ScoredRows {
                get throws {
                    let task: LearningTask =
                        switch task {
                        case "binary": .binary
                        case "regression": .regression
                        default: .classes(Int(task.dropFirst("classes:".count)) ?? 0)
                        }
                    return try ScoredRows(task, labels: labels, scores: scores, threshold: threshold ?? 0.5)
                }
            }
        }
        var cases: [Case]
    }

    static func fixture() throws -> [Fixture.Case] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/metrics.json")
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file)).cases
    }

    /// What scikit-learn measures, `scripts/make-metric-fixtures` wrote down.
    @Test func metricsAreThoseOfScikitLearn() throws {
        let cases = try Self.fixture()
        #expect(cases.count > 15)
        for fixture in cases {
            let evaluation = try Evaluation(fixture.rows, samples: 0)
            #expect(Set(evaluation.metrics.map(\.kind.rawValue)) == Set(fixture.metrics.keys), "\(fixture.name)")
            for metric in evaluation.metrics {
                let wanted = fixture.metrics[metric.kind.rawValue] ?? .nan
                #expect(abs(metric.value - wanted) <= 1e-9 * max(1, abs(wanted)), "\(fixture.name): \(metric.kind)")
            }
            if let confusion = fixture.confusion { #expect(evaluation.confusion?.counts == confusion.flatMap { $0 }, "\(fixture.name)") }
            for (own, wanted) in zip(evaluation.classes, fixture.classes ?? []) {
                #expect(abs(own.precision - wanted.precision) < 1e-12 && abs(own.recall - wanted.recall) < 1e-12)
                #expect(abs(own.f1 - wanted.f1) < 1e-12 && own.rows == wanted.rows)
            }
        }
    }

    @Test func rangesHoldTheValueAndComeOutTheSameInAnyOrder() throws {
        for fixture in try Self.fixture() where fixture.labels.count >= 200 && fixture.name != "perfect" {
            let rows = try fixture.rows
            let evaluation = try Evaluation(rows, samples: 120, seed: 5)
            for metric in evaluation.metrics where metric.kind != .calibrationError {
                let slack = 1e-12 * abs(metric.value)
                #expect(metric.lower - slack <= metric.value && metric.value <= metric.upper + slack, "\(fixture.name): \(metric.kind)")
                #expect(
                    metric.upper - metric.lower < max(1, 0.5 * abs(metric.value)) || metric.kind == .mape, "\(fixture.name): \(metric.kind)"
                )
            }
            let width = rows.task.scoreCount
            var order = Array(rows.labels.indices)
            var random = RandomSequence(seed: 3)
            order.shuffle(using: &random)
            let shuffled = try ScoredRows(
                rows.task, labels: order.map { rows.labels[$0] },
                scores: order.flatMap { row in (0..<width).map { rows.scores[row * width + $0] } }, threshold: rows.threshold)
            #expect(try Evaluation(shuffled, samples: 120, seed: 5) == evaluation, "\(fixture.name)")
            #expect(try Evaluation(rows, samples: 120, seed: 6) != evaluation)
        }
    }

    /// The half-width of a mean's range is known: 1.96 standard errors.
    @Test func rangeOfAccuracyIsAsWideAsTheoryHasIt() throws {
        let labels = (0..<2000).map { Float($0 % 5 == 0 ? 0 : 1) }
        let rows = try ScoredRows(.binary, labels: labels, scores: labels.map { _ in 0.9 })
        let accuracy = try #require(try Evaluation(rows, samples: 1000)[.accuracy])
        let expected = 1.96 * (0.8 * 0.2 / 2000).squareRoot()
        #expect(abs(accuracy.value - 0.8) < 1e-12)
        #expect(abs((accuracy.upper - accuracy.lower) / 2 - expected) < expected * 0.1)
    }

    @Test func baselineAnswersTheMajority() throws {
        let training: [Float] = [0, 0, 0, 1, 1, 2]
        let evaluation = try Evaluation.baseline(.classes(3), training: training, measuredOn: [0, 1, 2, 0])
        #expect(evaluation[.accuracy]?.value == 0.5)
        #expect(evaluation[.rocAUC]?.value == 0.5)
        let mean = try Evaluation.baseline(.regression, training: [1, 2, 3], measuredOn: [2, 4])
        #expect(mean[.mae]?.value == 1)
    }

    @Test(
        arguments: [
            ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), ([0, 1], [0.2, 0.2]), ([1], [0.7]), ([0], [0]), ([1, 1, 0], [0, 0, 0]),
            ([0, 1, 0, 1, 1, 0], [0.3, 0.3, 0.1, 0.9, 0.05, 0.6]),
        ] as [([Float], [Float])])
    func thresholdHasTheLargestF1(labels: [Float], scores: [Float]) throws {
        let f1 = { (threshold: Float) in
            try Evaluation(ScoredRows(.binary, labels: labels, scores: scores, threshold: threshold), samples: 0)[.f1]?.value ?? 0
        }
        let chosen = try f1(DecisionThreshold.largestF1(labels: labels, scores: scores))
        for threshold in scores + [-1, 0.15, 0.5, 1] { #expect(try f1(threshold) <= chosen) }
    }

    @Test func answersThatAreNoNumbersAreRefused() throws {
        #expect(throws: TrainingError.self) { try ScoredRows(.binary, labels: [0, 1], scores: [0.5, .nan]) }
        #expect(throws: TrainingError.self) { try ScoredRows(.binary, labels: [0, 1], scores: [0.5]) }
        #expect(throws: TrainingError.self) { try ScoredRows(.classes(2), labels: [2], scores: [0.5, 0.5]) }
        #expect(throws: TrainingError.self) { try ScoredRows(.binary, labels: [.nan], scores: [0.5]) }
        #expect(throws: TrainingError.self) { try Evaluation(ScoredRows(.binary, labels: [], scores: [])) }
    }

    /// Of a single row, of labels that are all the same, and of a class without rows.
    static let unmeasurable: [(name: String, task: LearningTask, labels: [Float], scores: [Float], kinds: Set<MetricKind>)] = [
        ("one row of two classes", .binary, [1], [0.7], [.logLoss, .brier]),
        ("one row of three classes", .classes(3), [1], [0.1, 0.8, 0.1], [.logLoss, .brier]),
        ("one number", .regression, [3], [4], [.rmse, .mae, .mape]),
        ("one label only", .regression, [3, 3, 3], [3, 3, 3], [.rmse, .mae, .mape]),
    ]

    @Test(arguments: unmeasurable)
    func whatMeansNothingIsLeftOut(name: String, task: LearningTask, labels: [Float], scores: [Float], kinds: Set<MetricKind>) throws {
        let evaluation = try Evaluation(ScoredRows(task, labels: labels, scores: scores), samples: 20)
        #expect(Set(evaluation.metrics.map(\.kind)) == kinds, "\(name)")
    }

    /// The mean over classes is over those that have rows, in what is drawn for the ranges, too.
    @Test func aClassWithoutRowsSpoilsNoMean() throws {
        var random = RandomSequence(seed: 8)
        let labels = (0..<120).map { _ in Float(random.next(below: 3)) }
        let scores = labels.flatMap { label in
            let own = 0.4 + Float(random.nextUnit()) * 0.5
            return (0..<4).map { $0 == 3 ? 0 : Float($0) == label ? own : (1 - own) / 2 }
        }
        let three = try ScoredRows(
            .classes(3), labels: labels, scores: scores.indices.filter { $0 % 4 != 3 }.map { scores[$0] })
        let four = try ScoredRows(.classes(4), labels: labels, scores: scores)
        let (expected, found) = (try Evaluation(three, samples: 50), try Evaluation(four, samples: 50))
        #expect(found.metrics == expected.metrics)
        #expect(found[.rocAUC] != nil && found[.prAUC] != nil)
    }

    @Test(
        arguments: [
            (0, 0), (-3, 0), (.nan, 0), (-.infinity, 0), (.infinity, 9), (1e30, 9), (1, 9), (0.999_999_94, 9), (0.35, 3),
            (.leastNonzeroMagnitude, 0),
        ] as [(Float, Int)])
    func everyNumberHasARangeOfProbabilities(probability: Float, bin: Int) {
        #expect(CalibrationBins.bin(probability) == bin)
    }

    @Test func samplingEndsWhenItsTaskIsCancelled() async throws {
        let labels = (0..<20_000).map { Float($0 % 2) }
        let rows = try ScoredRows(.binary, labels: labels, scores: labels.map { 0.3 + $0 * 0.4 })
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try Evaluation(rows)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
