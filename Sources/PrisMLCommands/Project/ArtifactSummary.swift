import PrisML
import PrisMLTraining
import Prisma

/// What an artifact's metadata says, as commands show it.
enum ArtifactSummary {
    /// `accuracy 0.842, ROC AUC 0.871`: the two metrics that say most.
    static func measured(_ metadata: JSON) -> String {
        let kinds: [MetricKind] = metadata["task"]?.string == "regression" ? [.rmse, .r2] : [.accuracy, .rocAUC]
        let texts = kinds.compactMap { kind in value(kind, in: metadata["metrics"]).map { "\(kind.title) \(Figures.short($0))" } }
        return texts.isEmpty ? "–" : texts.joined(separator: ", ")
    }

    static func value(_ kind: MetricKind, in metrics: JSON?, _ part: String = "value") -> Double? {
        metrics?[kind.rawValue]?[part]?.double
    }

    /// The features with their share of what decides, the most important first.
    static func importances(_ metadata: JSON) -> [(feature: String, share: Double)] {
        (metadata["importances"]?.array ?? []).compactMap { entry in
            entry["feature"]?.string.flatMap { name in entry["share"]?.double.map { (name, $0) } }
        }
    }

    /// How many rows it was trained, tuned and measured on.
    static func rows(_ metadata: JSON) -> Int64 {
        ["training", "validation", "holdout"].reduce(0) { $0 + (metadata["rows"]?[$1]?.int ?? 0) }
    }
}
