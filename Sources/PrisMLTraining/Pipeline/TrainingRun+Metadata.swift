import PrisML
package import Prisma

extension TrainingRun {
    /// What the artifact says about the training; it depends on the rows, the definition and the seed only.
    func metadata(
        _ prepared: PreparedRows, _ outcome: Outcome, _ distributions: [FeatureDistribution], _ result: TrainingResult
    ) -> JSON {
        // One score of each row held out: of several classes that of the likeliest.
        let width = max(prepared.task.scoreCount, 1)
        let scores = stride(from: 0, to: result.scores.count, by: width).map {
            result.scores[$0..<min($0 + width, result.scores.count)].max() ?? .nan
        }
        let features: [JSON] = definition.features.map { feature in
            ["name": .string(feature.name), "expression": .string(CanonicalForm.encode(feature.node))]
        }
        let task: JSON =
            switch prepared.task {
            case .binary: "binary"
            case .classes: "classes"
            case .regression: "regression"
            }
        let trainedWith = result.model.versions.merging(["prisml": PrisMLVersion.number]) { own, _ in own }
        var metadata: [String: JSON] = [
            "name": .string(definition.name), "model": .string(definition.model), "task": task,
            "classes": .array(prepared.classes.map(JSON.string)), "threshold": .double(outcome.threshold),
            "label": .string(CanonicalForm.encode(definition.label)), "features": .array(features),
            "columns": .array(prepared.names.map(JSON.string)),
            "encoders": .array(prepared.encoders.map(\.json)), "algorithm": definition.algorithm.canonical,
            "split": definition.split.canonical, "seed": .int(Int64(bitPattern: definition.seed)),
            "rows": [
                "training": .int(Int64(outcome.rows.training)), "validation": .int(Int64(outcome.rows.validation)),
                "holdout": .int(Int64(outcome.rows.holdout)),
            ],
            "metrics": metrics(outcome.evaluation), "baseline": metrics(outcome.baseline),
            "parity": [
                "largestDifference": outcome.parity.largest.map(JSON.double) ?? .null, "rows": .int(Int64(outcome.parity.rows)),
            ],
            "rounds": outcome.rounds.map { .int(Int64($0)) } ?? .null, "trainedWith": .object(trainedWith.mapValues(JSON.string)),
            "window": outcome.window.json,
            "importances": .array(outcome.importances.map { ["feature": .string($0.feature), "share": .double($0.share)] }),
            "distributions": .object(
                Dictionary(zip(definition.features.map(\.name), distributions.map(\.json)), uniquingKeysWith: { first, _ in first })),
        ]
        if let limit { metadata["limit"] = .int(Int64(limit)) }
        if let confusion = outcome.evaluation.confusion {
            metadata["confusion"] = confusion.json
            metadata["classMetrics"] = .object(
                Dictionary(
                    zip(prepared.classes, outcome.evaluation.classes.map(\.json)), uniquingKeysWith: { first, _ in first }))
        }
        if let script = definition.algorithm.script(in: folder) { metadata["script"] = .string(script.hash) }
        if let folds = outcome.crossValidation { metadata["crossValidation"] = folds.json }
        metadata["score"] = FeatureDistribution.numbers(ColumnDistribution(scores, bins: 10)).json
        if !outcome.warnings.isEmpty { metadata["warnings"] = .array(outcome.warnings.map(JSON.string)) }
        return .object(metadata)
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

extension ConfusionMatrix {
    /// Row after row: the true class chooses the row, the answered one the column.
    var json: JSON {
        .array((0..<classes).map { label in .array((0..<classes).map { .int(Int64(self[label, $0])) }) })
    }
}

extension ClassMetrics {
    var json: JSON {
        ["precision": .double(precision), "recall": .double(recall), "f1": .double(f1), "rows": .int(Int64(rows))]
    }
}

extension CrossValidation {
    package var json: JSON {
        let spreads = metrics.map { ($0.kind.rawValue, ["mean": .double($0.mean), "deviation": .double($0.deviation)] as JSON) }
        return ["folds": .int(Int64(folds)), "metrics": .object(Dictionary(spreads, uniquingKeysWith: { first, _ in first }))]
    }
}

extension FeatureDistribution {
    var json: JSON {
        switch self {
        case .numbers(let numbers):
            [
                "count": .int(Int64(numbers.count)), "missing": .int(Int64(numbers.missing)), "mean": .double(numbers.mean),
                "deviation": .double(numbers.deviation), "edges": .array(numbers.edges.map(JSON.double)),
                "counts": .array(numbers.counts.map { .int(Int64($0)) }), "cuts": .array(numbers.cuts.map(JSON.double)),
                "bins": .array(numbers.bins.map { .int(Int64($0)) }),
            ]
        case .categories(let categories, let others, let missing):
            [
                "values": .object(
                    Dictionary(categories.map { ($0.name, JSON.int(Int64($0.count))) }, uniquingKeysWith: { first, _ in first })),
                "others": .int(Int64(others)), "missing": .int(Int64(missing)),
            ]
        }
    }
}

extension PreparedRows {
    /// How the features lie among the training rows, before they are encoded.
    func distributions(_ rows: ExtractedRows, _ features: [Feature]) -> [FeatureDistribution] {
        rows.columns.map { column in
            switch column {
            case .numbers(let values): .numbers(ColumnDistribution(split.training.map { values[$0] }))
            case .categories(let codes, let vocabulary):
                .counting(split.training.lazy.map { codes[$0] < 0 ? nil : vocabulary.texts[Int(codes[$0])] })
            }
        }
    }
}

extension TrainingRun {
    func report(
        _ outcome: Outcome, _ scored: ScoredRows, _ prepared: PreparedRows, _ result: TrainingResult, active: Evaluation?,
        _ distributions: [FeatureDistribution]
    ) -> TrainingReport {
        TrainingReport(
            name: definition.name, subject: definition.model, rows: scored, classes: prepared.classes, evaluation: outcome.evaluation,
            baseline: outcome.baseline, active: active, gates: outcome.gates, importances: outcome.importances,
            distributions: zip(definition.features, distributions).map { ($0.name, $1) }, losses: result.losses,
            crossValidation: outcome.crossValidation,
            split: [("training", outcome.rows.training), ("validation", outcome.rows.validation), ("holdout", outcome.rows.holdout)],
            facts: [
                ("algorithm", definition.algorithm.canonical["name"]?.string ?? ""), ("seed", "\(definition.seed)"),
                ("threshold", "\(outcome.threshold)"),
                ("largest difference to the trainer", outcome.parity.largest.map { "\($0)" } ?? "not compared"),
            ] + outcome.warnings.map { ("warning", $0) })
    }
}
