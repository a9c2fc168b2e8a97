import Prisma

extension EncodedRows {
    /// The answer for each row and what moved it, or the row's error.
    func explained<Label>(
        by labels: PredictedLabels<Label>, _ explainer: ModelExplainer
    ) throws -> [Result<ExplainedPrediction<Label>, PredictorError>] {
        let scores = try scores()
        return zip(try predictions(by: labels, of: scores), 0...).map { prediction, row in
            prediction.flatMap { prediction in
                Result { () throws(PredictorError) in
                    ExplainedPrediction(prediction: prediction, explanation: try explanation(of: row, scores, explainer))
                }
            }
        }
    }

    /// What moved the answer for each row; all of them could be read.
    func explanations(_ explainer: ModelExplainer) throws -> [Explanation] {
        let scores = try scores()
        return try (0..<count).map { row in
            // A row without an answer has no reasons for it.
            _ = try loaded.finiteScore(scores[ofRow: row, loaded.scoreCount])
            return try explanation(of: row, scores, explainer)
        }
    }

    private func explanation(of row: Int, _ scores: [Float], _ explainer: ModelExplainer) throws(PredictorError) -> Explanation {
        try loaded.explanation(
            self.row(row), predicted: loaded.predictedClass(scores[ofRow: row, loaded.scoreCount]), explainer)
    }
}

extension [Float] {
    fileprivate subscript(ofRow row: Int, width: Int) -> ArraySlice<Float> { self[row * width..<(row + 1) * width] }
}
