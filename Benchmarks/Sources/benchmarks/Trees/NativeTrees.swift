import ONNX

/// This library's evaluator over the same rows.
final class NativeTrees {
    let predictor: RowPredictor
    private let rows: TreeRows
    private let scores: UnsafeMutableBufferPointer<Float>
    private var scratch: RowPredictor.Scratch
    /// The rows with their texts' places open, which are looked up in each run.
    private var space: [Float]
    private let textColumns: [(place: Int, column: RowPredictor.Column)]

    init(_ model: [UInt8], rows: TreeRows, threads: Int = 1) throws {
        predictor = try Session(contentsOf: model, engine: .native, threads: threads).rowPredictor()
        self.rows = rows
        scratch = predictor.makeScratch()
        scores = .allocate(capacity: rows.count * predictor.outputCount)
        scores.initialize(repeating: 0)
        textColumns = predictor.columns.enumerated().filter(\.element.isText).map { ($0.offset, $0.element) }
        space = [Float](repeating: 0, count: textColumns.isEmpty ? 0 : rows.count * predictor.columnCount)
    }

    deinit {
        scores.deallocate()
    }

    /// Predicts `batch` rows from one on.
    func predict(from first: Int, _ batch: Int) throws {
        guard !textColumns.isEmpty else {
            let part = UnsafeBufferPointer(start: rows.row(first), count: batch * rows.columns)
            try predictor.predict(rows: part, rowCount: batch, into: scores, scratch: &scratch)
            return
        }
        let width = predictor.columnCount
        try space.withUnsafeMutableBufferPointer { space in
            for row in 0..<batch {
                let source = rows.row(first + row)
                for column in 0..<rows.columns { space[row * width + column] = source[column] }
                for (index, text) in textColumns.enumerated() {
                    space[row * width + text.place] = text.column.code(of: rows.texts[first + row][index])
                }
            }
            try predictor.predict(
                rows: UnsafeBufferPointer(rebasing: space[..<(batch * width)]), rowCount: batch, into: scores, scratch: &scratch)
        }
    }

    /// The score of the last class of the first rows of the last batch.
    func last(_ count: Int) -> [Double] {
        (0..<count).map { Double(scores[($0 + 1) * predictor.outputCount - 1]) }
    }
}
