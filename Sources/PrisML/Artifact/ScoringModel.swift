package import ONNX

/// A model that gives scores for rows of floats: as a chain of steps for rows where the graph is one, else by running the whole graph,
/// as for neural networks, support vectors and estimators that vote.
package final class ScoringModel: Sendable {
    private enum Form: Sendable {
        case rows(RowPredictor)
        case graph(Session, output: String)
    }

    private let form: Form
    package let columnCount: Int
    /// The scores of a row: one for each class, or one.
    package let outputCount: Int
    /// Working space that is not in use; a task takes one and gives it back.
    private let spaces = WorkerSpaces<Space>()

    private final class Space {
        var scratch: RowPredictor.Scratch

        init(_ predictor: RowPredictor) { scratch = predictor.makeScratch() }
    }

    /// The model as a chain of steps for rows; nil where it is run as a graph.
    package var rowPredictor: RowPredictor? {
        if case .rows(let predictor) = form { predictor } else { nil }
    }

    /// Whether it needs ONNX Runtime's library.
    package var needsRuntime: Bool {
        if case .graph(let session, _) = form { session.engine == .onnxRuntime } else { false }
    }

    /// - Parameters:
    ///   - columns: how many columns the rows have, for graphs that leave it open.
    ///   - isClassifier: whether the scores are probabilities.
    package init(_ session: Session, columns: Int, isClassifier: Bool) throws {
        if let predictor = try? session.rowPredictor() {
            form = .rows(predictor)
            columnCount = predictor.columnCount
            outputCount = predictor.outputCount
            return
        }
        let output = isClassifier ? PipelineBuilder.probabilitiesName : PipelineBuilder.predictionName
        form = .graph(session, output: output)
        columnCount = columns
        // What a graph gives for a row, it says best itself.
        outputCount = try Self.run(session, output, [Float](repeating: 0, count: columns), rows: 1).count
    }

    /// The scores of rows, which lie one after the other.
    package func scores(_ rows: [Float]) throws -> [Float] { try scores(rows[...]) }

    /// The same for a part of an array, without copying it.
    package func scores(_ rows: ArraySlice<Float>) throws -> [Float] {
        let count = columnCount == 0 ? 0 : rows.count / columnCount
        guard count > 0 else { return [] }
        switch form {
        case .graph(let session, let output):
            let scores = try Self.run(session, output, Array(rows), rows: count)
            guard scores.count == count * outputCount else {
                throw ONNXError(
                    .invalidGraph, "the model gave \(scores.count) numbers for \(count) rows, not \(outputCount) for each",
                    at: "output \(output)",
                    suggestion: "export a model that answers each row by itself")
            }
            return scores
        case .rows(let predictor):
            var scores = [Float](repeating: 0, count: count * outputCount)
            let space = spaces.take() ?? Space(predictor)
            defer { spaces.giveBack(space) }
            try rows.withUnsafeBufferPointer { rows in
                try scores.withUnsafeMutableBufferPointer { scores in
                    try predictor.predict(rows: rows, rowCount: count, into: scores, scratch: &space.scratch)
                }
            }
            return scores
        }
    }

    private static func run(_ session: Session, _ output: String, _ values: [Float], rows: Int) throws -> [Float] {
        let input = session.inputs.first?.name ?? PipelineBuilder.inputName
        let found = try session.run([input: Tensor([rows, values.count / rows], values)])
        guard case .tensor(let scores)? = found[output] else {
            throw ONNXError(
                .invalidGraph, "the model has no output '\(output)'", at: "graph",
                suggestion: "name its outputs 'label' and 'probabilities', or 'prediction' for numbers")
        }
        return try scores.floats()
    }
}
