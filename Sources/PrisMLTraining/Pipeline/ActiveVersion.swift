import PrisML
import Prisma
import PrismaSchema

/// How the version that answers now does on the rows that a new one is measured on.
package enum ActiveVersion: Sendable {
    /// None answers.
    case none
    case measured(Evaluation, version: String)
    /// There is one of another definition: what it reached on its own rows, by the metric that versions are compared by.
    case recorded(Double, version: String)
    /// There is one, and it cannot be measured on these rows.
    case incomparable(version: String, reason: String)

    package var evaluation: Evaluation? {
        if case .measured(let evaluation, _) = self { evaluation } else { nil }
    }
}

extension TrainingRun {
    /// Measures the version that answers.
    func activeVersion(_ rows: ExtractedRows, _ prepared: PreparedRows) async throws -> ActiveVersion {
        let known = try await ModelRegistry.known(of: definition.name, for: engine, store: store)
        let named = known.active ?? store.versions(of: definition.name).last ?? ""
        let artifact: Artifact
        do throws(PredictorError) {
            artifact = try PredictorCache.answering(definition, in: store, schema: engine.schema, known: known, folder: folder)
        } catch {
            switch error.code {
            case .notTrained, .invalidState: return .none
            case .stale: return recorded(named, prepared)
            default: return .incomparable(version: named, reason: error.message)
            }
        }
        do {
            return try measured(artifact, rows, prepared)
        } catch {
            // The old model must not keep the new one from being trained.
            return .incomparable(version: artifact.version, reason: "it does not answer for the rows held out: \(error)")
        }
    }

    private func recorded(_ version: String, _ prepared: PreparedRows) -> ActiveVersion {
        let metadata = try? store.read(definition.name, version: version).metadata
        let value = metadata?["metrics"]?[MetricKind.compared(prepared.task).rawValue]?["value"]?.double
        guard let value, metadata?["classes"]?.array?.compactMap(\.string) == prepared.classes else {
            return .incomparable(version: version, reason: "it is of another definition with another label; train once without this gate")
        }
        return .recorded(value, version: version)
    }

    private func measured(_ artifact: Artifact, _ rows: ExtractedRows, _ prepared: PreparedRows) throws -> ActiveVersion {
        let active = try LoadedPredictor(artifact, of: definition)
        guard active.classes == prepared.classes else {
            return .incomparable(version: artifact.version, reason: "it knows other classes: \(active.classes.joined(separator: ", "))")
        }
        if artifact.metadata["seed"] != .int(Int64(bitPattern: definition.seed)) {
            // It says nothing about the new version, and so is no part of its artifact.
            progress(
                .warning(
                    """
                    version \(artifact.version), which answers, was trained with another seed: it has seen some of the rows that both are \
                    measured on
                    """))
        }
        let holdout = prepared.split.holdout
        var scores = try active.scores(FeatureMatrix(rows.columns, active.encoders, rows: holdout).values)
        if prepared.task == .binary, active.scoreCount == 2 { scores = stride(from: 1, to: scores.count, by: 2).map { scores[$0] } }
        let scored = try ScoredRows(
            prepared.task, labels: holdout.map { prepared.labels[$0] }, scores: scores, threshold: Float(active.threshold))
        return .measured(try Evaluation(scored, samples: 0), version: artifact.version)
    }
}
