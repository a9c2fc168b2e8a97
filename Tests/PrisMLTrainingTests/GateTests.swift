import PrisML
import Testing

@testable import PrisMLTraining

@Suite struct GateTests {
    static func evaluation(_ scores: [Float]) throws -> Evaluation {
        try Evaluation(ScoredRows(.binary, labels: [0, 0, 0, 1, 1], scores: scores), samples: 0)
    }

    @Test func verdictsSayByHowMuchAGateWasMissed() throws {
        let better = try Self.evaluation([0.1, 0.2, 0.6, 0.7, 0.9])
        let worse = try Self.evaluation([0.1, 0.8, 0.6, 0.7, 0.9])
        let rows: [(Gate, Evaluation, ActiveVersion, [String])] = [
            (.atLeast(.accuracy, 0.8), better, .none, ["accuracy", "0.8", "at least 0.8", "passed"]),
            (.atLeast(.accuracy, 0.85), better, .none, ["accuracy", "0.8", "at least 0.85", "missed by 0.05"]),
            (.atMost(.brier, 0.05), better, .none, ["Brier score", "0.102", "at most 0.05", "missed by 0.052"]),
            (
                .improvesOnActive, better, .measured(worse, version: "1"),
                ["log loss", "0.3414", "below the active version's 0.6186", "passed"]
            ),
            (
                .improvesOnActive, worse, .measured(better, version: "1"),
                ["log loss", "0.6186", "below the active version's 0.3414", "missed by 0.2773"]
            ),
            (
                .improvesOnActive, better, .measured(better, version: "1"),
                ["log loss", "0.3414", "below the active version's 0.3414", "no better"]
            ),
            (.improvesOnActive, worse, .none, ["log loss", "0.6186", "better than the active version", "passed: none is active"]),
            (
                .improvesOnActive, better, .incomparable(version: "0007-a", reason: "it is of another definition"),
                ["log loss", "0.3414", "better than the active version", "0007-a cannot be compared: it is of another definition"]
            ),
            (
                .improvesOnActive, better, .recorded(0.5, version: "0007-a"),
                ["log loss", "0.3414", "below what 0007-a reached on its own rows, 0.5", "passed"]
            ),
            (.atLeast(Metric(rawValue: "beauty"), 1), better, .none, ["beauty", "not measurable", "at least 1", "missed"]),
        ]
        for (gate, evaluation, active, cells) in rows {
            #expect(gate.verdict(evaluation, active: active, task: .binary).cells == cells)
        }
        let oneClass = try Evaluation(ScoredRows(.binary, labels: [0, 0], scores: [0.1, 0.2]), samples: 0)
        let verdict = Gate.atLeast(.rocAUC, 0.5).verdict(oneClass, task: .binary)
        #expect(!verdict.passes && verdict.cells == ["ROC AUC", "not measurable", "at least 0.5", "missed"])
    }

    @Test func gatesThatCannotBeJudgedAreNamedTogether() {
        let problems = Gate.problems(
            [.atLeast(.rmse, 1), .atLeast(.accuracy, 1.5), .atMost(.logLoss, -1), .atLeast(.accuracy, .nan), .atLeast(.f1, 0.5)],
            task: .binary)
        #expect(problems.count == 4)
        #expect(problems.first?.contains("rmse cannot be judged: what is measured here is accuracy, precision") ?? false)
        #expect(Gate.problems([.improvesOnActive, .atLeast(.r2, 0.5), .atMost(.mae, 10)], task: .regression).isEmpty)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (0.8, "0.8"), (0.83333, "0.8333"), (12.3456, "12.35"), (1234.5678, "1235"), (123456, "123456"),
            (-0.00012345, "-0.0001235"),
            (1e-9, "0.000000001"), (.nan, "–"), (.infinity, "∞"), (-1e20, "-1e+20"), (0.99996, "1"), (999.96, "1000"), (1e-14, "0"),
        ] as [(Double, String)])
    func figuresAreShort(value: Double, text: String) {
        #expect(Figures.short(value) == text)
    }
}
