import PrisML
import PrisMLTraining
import Prisma

extension Command {
    private static let name = Parameter<String>.argument("NAME", "The predictor")
    private static let version = Parameter<String>.argument("VERSION", "The version, or the number it begins with")
    private static let other = Parameter<String>.argument("OTHER", "The version to compare it with")

    static let modelsCompare = Command(
        "compare",
        summary: "Compare the metrics, features and importances of two versions",
        examples: [
            Example(line: "prisml models compare churn 1 2", meaning: "See what the second version does better"),
            Example(line: "prisml models compare churn 1 2 --json", meaning: "The same, for a script"),
        ],
        parameters: [modelsFolder, modelsJSON, name, version, other]
    ) { context in
        let name = try context[name]
        let store = try modelsStore(of: name, in: context)
        let comparison = VersionComparison(
            try store.read(name, version: try chosenVersion(try context[version], of: name, in: store)),
            try store.read(name, version: try chosenVersion(try context[other], of: name, in: store)))
        if try context[modelsJSON] {
            context.output.send(comparison.json.prettyText)
        } else {
            comparison.print(on: context.output)
            context.output.flush()
            context.errors.help("each version was measured on the rows that its own training held out")
        }
        return .success
    }
}

/// Two versions of a predictor side by side.
private struct VersionComparison {
    let first: Artifact
    let second: Artifact

    init(_ first: Artifact, _ second: Artifact) {
        (self.first, self.second) = (first, second)
    }

    /// The metrics that both have.
    private var metrics: [(kind: MetricKind, first: Double, second: Double)] {
        MetricKind.allCases.compactMap { kind in
            guard let left = ArtifactSummary.value(kind, in: first.metadata["metrics"]),
                let right = ArtifactSummary.value(kind, in: second.metadata["metrics"])
            else { return nil }
            return (kind, left, right)
        }
    }

    private func better(_ kind: MetricKind, _ left: Double, _ right: Double) -> String? {
        left == right ? nil : (kind.rises ? right > left : right < left) ? second.version : first.version
    }

    /// The features that only one of them has, and those that were defined anew.
    private var features: [(what: String, names: [String])] {
        let (old, new) = (first.manifest.featureHashes, second.manifest.featureHashes)
        return [
            ("added", new.keys.filter { old[$0] == nil }.sorted()), ("removed", old.keys.filter { new[$0] == nil }.sorted()),
            ("changed", new.keys.filter { old[$0] != nil && old[$0] != new[$0] }.sorted()),
        ]
    }

    /// What decides in either, the most important of the second version first.
    private var importances: [(feature: String, first: Double?, second: Double?)] {
        let (old, new) = (ArtifactSummary.importances(first.metadata), ArtifactSummary.importances(second.metadata))
        let gone = old.filter { entry in !new.contains { $0.feature == entry.feature } }
        return new.map { entry in (entry.feature, old.first { $0.feature == entry.feature }?.share, entry.share) }
            + gone.map { ($0.feature, $0.share, nil) }
    }

    func print(on output: Output) {
        var table = Table([.left(""), .right(first.version), .right(second.version), .left("better")])
        for (kind, left, right) in metrics {
            table.add([kind.title, Figures.short(left), Figures.short(right), better(kind, left, right) ?? ""])
        }
        table.add(["rows", "\(ArtifactSummary.rows(first.metadata))", "\(ArtifactSummary.rows(second.metadata))"])
        for (feature, left, right) in importances {
            table.add(["decides: \(feature)", left.map(Figures.percent) ?? "–", right.map(Figures.percent) ?? "–"])
        }
        table.print(on: output)
        for (what, names) in features where !names.isEmpty { output.print("features \(what): " + names.joined(separator: ", ")) }
    }

    var json: JSON {
        func versions(_ left: Double?, _ right: Double?) -> [String: JSON] {
            ["first": left.map(JSON.double) ?? .null, "second": right.map(JSON.double) ?? .null]
        }
        let measured = metrics.map { kind, left, right in
            let value = versions(left, right).merging(["better": better(kind, left, right).map(JSON.string) ?? .null]) { $1 }
            return (kind.rawValue, JSON.object(value))
        }
        return [
            "predictor": .string(first.name), "first": .string(first.version), "second": .string(second.version),
            "metrics": .object(Dictionary(measured) { $1 }),
            "rows": ["first": .int(ArtifactSummary.rows(first.metadata)), "second": .int(ArtifactSummary.rows(second.metadata))],
            "importances": .object(Dictionary(importances.map { ($0.feature, .object(versions($0.first, $0.second))) }) { $1 }),
            "features": .object(Dictionary(features.map { ($0.what, .array($0.names.map(JSON.string))) }) { $1 }),
        ]
    }
}
