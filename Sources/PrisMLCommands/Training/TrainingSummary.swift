import PrisML
import PrisMLTraining
import Prisma

/// What came of one training, as tables for a person and as JSON for a machine.
struct TrainingSummary {
    let predictor: any AnyPredictor
    let outcome: TrainingRun.Outcome
    /// Whether the artifact is one that was there before: the same rows and definition give the same bytes.
    let isKnown: Bool
    let seconds: [TrainingView.Stage: Double]

    private var name: String { predictor.definition.name }
    private var missed: [GateVerdict] { outcome.gates.filter { !$0.passes } }

    func print(in context: CommandContext) {
        let output = context.output
        output.print()
        metrics.print(on: output)
        if !outcome.gates.isEmpty {
            output.print()
            gates.print(on: output)
        }
        let deciding = outcome.importances.filter { $0.share >= 0.005 }.prefix(5)
        if !deciding.isEmpty {
            output.print()
            output.print("what decides: " + deciding.map { "\($0.feature) \(Figures.percent($0.share))" }.joined(separator: ", "))
        }
        output.print()
        guard outcome.passed else {
            output.flush()
            let fate = outcome.rejectedFolder == nil ? "nothing was written" : "it is kept aside, and does not answer"
            context.errors.cross("\(name) missed \(Count.text(missed.count, "gate")); \(fate)")
            if let folder = outcome.rejectedFolder { context.errors.print("  report: \(folder)/report.html") }
            context.errors.help("what was trained before stays as it is; better features or more rows help, or another gate")
            return
        }
        guard let artifact = outcome.artifact else {
            output.tick("\(name) would be trained; --dry-run wrote nothing")
            return
        }
        output.tick(isKnown ? "\(name) is what it was: version \(artifact.version)" : "\(name) is trained: version \(artifact.version)")
        output.print("  report: \(predictor.store.folder(name, artifact.version))/report.html")
        if outcome.parity.largest == nil {
            output.print(
                "  its answers were not compared with others: the script gave a file, and its Python has no ONNX Runtime that runs it")
        }
        if outcome.state == .pending {
            output.print("  it waits until 'prisml models activate \(name) \(artifact.version)' lets it answer")
        }
        if outcome.parity.needsRuntime {
            output.print("  it runs on ONNX Runtime, whose library every program needs that predicts with it")
        }
    }

    private var metrics: Table {
        let folds = outcome.crossValidation
        var table = Table(
            [.left("metric"), .right(name), .right("95 of 100 samples"), .right("baseline")]
                + (outcome.active.evaluation == nil ? [] : [.right("active version")])
                + (folds.map { [.right("\($0.folds) folds")] } ?? []))
        for metric in outcome.evaluation.metrics {
            let spread = folds?[metric.kind].map { "\(Figures.short($0.mean)) ± \(Figures.short($0.deviation))" } ?? "–"
            table.add(
                [
                    metric.kind.title, Figures.short(metric.value), "\(Figures.short(metric.lower)) – \(Figures.short(metric.upper))",
                    outcome.baseline[metric.kind].map { Figures.short($0.value) } ?? "–",
                ] + (outcome.active.evaluation.map { [$0[metric.kind].map { Figures.short($0.value) } ?? "–"] } ?? [])
                    + (folds == nil ? [] : [spread]))
        }
        return table
    }

    private var gates: Table {
        var table = Table([.left("gate"), .right("measured"), .left("wanted"), .left("")])
        for gate in outcome.gates { table.add(gate.cells) }
        return table
    }
}

extension TrainingSummary {
    var json: JSON {
        [
            "predictor": .string(name), "model": .string(predictor.definition.model), "passed": .bool(outcome.passed),
            "version": outcome.artifact.map { .string($0.version) } ?? .null, "isNew": .bool(outcome.artifact != nil && !isKnown),
            "state": outcome.state.map { .string($0.rawValue) } ?? .null,
            "rows": [
                "training": .int(Int64(outcome.rows.training)), "validation": .int(Int64(outcome.rows.validation)),
                "holdout": .int(Int64(outcome.rows.holdout)),
            ],
            "rounds": outcome.rounds.map { .int(Int64($0)) } ?? .null, "metrics": json(outcome.evaluation),
            "baseline": json(outcome.baseline), "active": outcome.active.evaluation.map(json) ?? .null,
            "gates": .array(outcome.gates.map(json)),
            "importances": .array(outcome.importances.map { ["feature": .string($0.feature), "share": .double($0.share)] }),
            "parity": outcome.parity.largest.map(JSON.double) ?? .null, "needsONNXRuntime": .bool(outcome.parity.needsRuntime),
            "warnings": .array(outcome.warnings.map(JSON.string)),
            "crossValidation": outcome.crossValidation?.json ?? .null,
            "rejectedFolder": outcome.rejectedFolder.map(JSON.string) ?? .null,
            "seconds": .object(Dictionary(uniqueKeysWithValues: seconds.map { ($0.rawValue, .double(rounded($1))) })),
        ]
    }

    private func json(_ evaluation: Evaluation) -> JSON {
        .object(
            Dictionary(
                evaluation.metrics.map { metric in
                    (
                        metric.kind.rawValue,
                        ["value": .double(metric.value), "lower": .double(metric.lower), "upper": .double(metric.upper)]
                    )
                }, uniquingKeysWith: { first, _ in first }))
    }

    private func json(_ gate: GateVerdict) -> JSON {
        [
            "metric": .string(gate.metric), "measured": gate.measured.map(JSON.double) ?? .null, "relation": .string(gate.relation),
            "wanted": gate.wanted.map(JSON.double) ?? .null, "passed": .bool(gate.passes),
            "missedBy": gate.missedBy.map(JSON.double) ?? .null, "obstacle": gate.obstacle.map(JSON.string) ?? .null,
        ]
    }

    private func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
