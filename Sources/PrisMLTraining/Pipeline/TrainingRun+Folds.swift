import ONNX
import PrisML
import Prisma

extension TrainingRun {
    /// Trains a model for each fold on the other ones, with encodings fitted there, and measures it on the fold.
    ///
    /// The rows are those to train on and to stop by; the holdout stays unseen.
    func crossValidate(_ rows: ExtractedRows, _ prepared: PreparedRows, with python: PythonTrainer?) async throws -> CrossValidation? {
        guard let folds = folds ?? definition.folds else { return nil }
        let pool = (prepared.split.training + prepared.split.validation).sorted()
        let plan = SplitPlan(validation: 0, holdout: 0, seed: definition.seed)
        let parts = try plan.folds(folds, pool.map { rows.keys[$0] }, prepared.strategy(definition.split.method, rows, pool))
        var evaluations: [Evaluation] = []
        for (index, part) in parts.enumerated() {
            try Task.checkCancellation()
            progress(.crossValidating(fold: index, folds: parts.count))
            let split = try carved(part.training.map { pool[$0] }, holdout: part.holdout.map { pool[$0] }, rows, prepared)
            let fold = try PreparedRows(rows, definition, schema: engine.schema, split: split)
            let holdout = try fold.rows(split.holdout)
            let result = try await request(fold, holdout).train(with: python)
            let labels: ClassLabels? = fold.classes.isEmpty ? nil : .strings(fold.classes)
            let threshold = try threshold(try result.model.onnx(labels: labels), fold)
            let scored = try ScoredRows(fold.task, labels: holdout.labels, scores: result.scores, threshold: Float(threshold))
            evaluations.append(try Evaluation(scored, samples: 0))
        }
        progress(.crossValidating(fold: parts.count, folds: parts.count))
        return CrossValidation(evaluations)
    }

    /// A fold's rows, with some of those to train on set apart to stop by, in the proportion of the whole.
    private func carved(_ training: [Int], holdout: [Int], _ rows: ExtractedRows, _ prepared: PreparedRows) throws -> RowSplit {
        let share = definition.split.validation / (1 - definition.split.holdout)
        guard share > 0 else { return RowSplit(training: training, holdout: holdout) }
        let part = try SplitPlan(validation: share, holdout: 0, seed: definition.seed).split(
            training.map { rows.keys[$0] }, prepared.strategy(definition.split.method, rows, training))
        return RowSplit(
            training: part.training.map { training[$0] }, validation: part.validation.map { training[$0] }, holdout: holdout)
    }
}
