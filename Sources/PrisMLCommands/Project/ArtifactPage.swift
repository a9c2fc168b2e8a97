import PrisML
import PrisMLTraining
import Prisma

/// All that is known of one artifact, for a person.
struct ArtifactPage {
    let artifact: Artifact
    private let store: ArtifactStore
    private let run: JSON?

    init(_ artifact: Artifact, in store: ArtifactStore) {
        self.artifact = artifact
        self.store = store
        run = store.run(artifact.name, version: artifact.version)
    }

    private var metadata: JSON { artifact.metadata }

    func print(on output: Output) {
        output.heading("\(artifact.name) \(artifact.version)")
        for (term, text) in facts { output.print(TextLayout.padded(term, to: 12) + text) }
        output.print()
        features.print(on: output)
        output.print()
        metrics.print(on: output)
        if let classes {
            output.print()
            classes.print(on: output)
        }
    }

    /// `keys 1 to 600, as of 2025-01-01 to 2025-03-31, limited to 600 rows`
    private var window: String? {
        guard let window = metadata["window"], let first = window["firstKey"]?.string, let last = window["lastKey"]?.string else {
            return nil
        }
        var text = "keys \(first) to \(last)"
        if let earliest = window["earliest"]?.string, let latest = window["latest"]?.string {
            text += ", as of \(earliest.prefix(10)) to \(latest.prefix(10))"
        }
        if let limit = metadata["limit"]?.int { text += ", limited to \(limit) rows" }
        return text
    }

    private var facts: [(term: String, text: String)] {
        func rows(_ part: String) -> Int64 { metadata["rows"]?[part]?.int ?? 0 }
        var facts: [(term: String, text: String)] = [
            ("predicts", metadata["label"]?.string.map { ExpressionText(canonical: $0).text } ?? "–"),
            ("of", metadata["model"]?.string ?? "–"),
            ("as", metadata["task"]?.string.map(task) ?? "–"),
            ("algorithm", algorithm),
            (
                "rows",
                "\(rows("training")) to train on, \(rows("validation")) to stop by, \(rows("holdout")) held out"
            ),
            ("size", "\(artifact.modelBytes.count) bytes"),
        ]
        if let window { facts.insert(("window", window), at: facts.count - 1) }
        if let trained = run?["trainedAt"]?.string {
            let seconds = run?["seconds"]?.double.map { ", in \(Figures.short($0)) s" } ?? ""
            facts.append(("trained", trained + seconds))
        }
        if let difference = metadata["parity"]?["largestDifference"]?.double {
            facts.append(("parity", "\(difference) is the largest difference from the trainer's own answers"))
        } else if metadata["parity"] != nil {
            facts.append(("parity", "not compared: the script gave a file, and its Python has no ONNX Runtime that runs it"))
        }
        if let folds = metadata["crossValidation"] {
            let texts = MetricKind.allCases.compactMap { kind in
                folds["metrics"]?[kind.rawValue].flatMap { spread in
                    spread["mean"]?.double.flatMap { mean in
                        spread["deviation"]?.double.map { "\(kind.title) \(Figures.short(mean)) ± \(Figures.short($0))" }
                    }
                }
            }
            facts.append(("\(folds["folds"]?.int ?? 0) folds", texts.joined(separator: ", ")))
        }
        for warning in metadata["warnings"]?.array ?? [] { facts.append(("warning", warning.string ?? "")) }
        facts.append(("report", store.folder(artifact.name, artifact.version) + "/report.html"))
        return facts
    }

    private func task(_ name: String) -> String {
        let classes = metadata["classes"]?.array?.compactMap(\.string) ?? []
        return classes.isEmpty ? "a number" : classes.joined(separator: " or ")
    }

    private var algorithm: String {
        let members = metadata["algorithm"]?.object ?? [:]
        let parameters = members.filter { $0.key != "name" && !$0.value.isNull }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.double.map(Figures.short) ?? $0.value.text)" }
        return (members["name"]?.string ?? "–") + (parameters.isEmpty ? "" : " (" + parameters.joined(separator: ", ") + ")")
    }

    private var features: Table {
        var table = Table([.left("feature"), .right("share"), .left("is")])
        let shares = ArtifactSummary.importances(metadata)
        for feature in metadata["features"]?.array ?? [] {
            let share = shares.first { $0.feature == feature["name"]?.string }?.share
            table.add([
                feature["name"]?.string ?? "", share.map { Figures.percent($0) } ?? "–",
                feature["expression"]?.string.map { ExpressionText(canonical: $0).text } ?? "",
            ])
        }
        return table
    }

    private var metrics: Table {
        var table = Table([.left("metric"), .right("measured"), .right("95 of 100 samples"), .right("baseline")])
        for kind in MetricKind.allCases {
            guard let value = ArtifactSummary.value(kind, in: metadata["metrics"]) else { continue }
            let range = ["lower", "upper"].map { ArtifactSummary.value(kind, in: metadata["metrics"], $0).map { Figures.short($0) } ?? "–" }
            table.add([
                kind.title, Figures.short(value), range.joined(separator: " – "),
                ArtifactSummary.value(kind, in: metadata["baseline"]).map { Figures.short($0) } ?? "–",
            ])
        }
        return table
    }

    /// How well each class is told, where there are classes.
    private var classes: Table? {
        guard let measured = metadata["classMetrics"] else { return nil }
        var table = Table([.left("class"), .right("rows"), .right("precision"), .right("recall"), .right("F1")])
        for name in metadata["classes"]?.array?.compactMap(\.string) ?? [] {
            let own = measured[name]
            table.add(
                [name, "\(own?["rows"]?.int ?? 0)"]
                    + ["precision", "recall", "f1"].map { part in
                        // Of no rows and no answers nothing is measured.
                        own?["rows"]?.int == 0 ? "–" : own?[part]?.double.map { Figures.short($0) } ?? "–"
                    })
        }
        return table
    }
}
