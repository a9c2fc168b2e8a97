import PrisML
import Prisma

extension TrainingRun {
    /// What the artifact says about the training; it depends on the rows, the definition and the seed only.
    func metadata(_ prepared: PreparedRows, _ outcome: Outcome, _ result: TrainingResult) -> JSON {
        let features: [JSON] = definition.features.map { feature in
            ["name": .string(feature.name), "expression": .string(CanonicalForm.encode(feature.node))]
        }
        let task: JSON =
            switch prepared.task {
            case .binary: "binary"
            case .classes: "classes"
            case .regression: "regression"
            }
        return [
            "name": .string(definition.name), "model": .string(definition.model), "task": task,
            "classes": .array(prepared.classes.map(JSON.string)), "threshold": .double(0.5),
            "label": .string(CanonicalForm.encode(definition.label)), "features": .array(features),
            "columns": .array(prepared.labelled.features.names.map(JSON.string)),
            "encoders": .array(prepared.encoders.map(\.json)), "algorithm": definition.algorithm.canonical,
            "split": definition.split.canonical, "seed": .int(Int64(bitPattern: definition.seed)),
            "rows": [
                "training": .int(Int64(outcome.rows.training)), "validation": .int(Int64(outcome.rows.validation)),
                "holdout": .int(Int64(outcome.rows.holdout)),
            ],
            "metrics": metrics(outcome.evaluation), "baseline": metrics(outcome.baseline),
            "parity": ["largestDifference": .double(outcome.parity.largest), "rows": .int(Int64(outcome.parity.rows))],
            "rounds": .int(Int64(outcome.rounds)),
        ]
    }

    private func metrics(_ evaluation: Evaluation) -> JSON {
        .object(
            Dictionary(
                evaluation.metrics.map { metric in
                    (
                        metric.kind.rawValue,
                        ["value": .double(metric.value), "lower": .double(metric.lower), "upper": .double(metric.upper)] as JSON
                    )
                }, uniquingKeysWith: { first, _ in first }))
    }
}
