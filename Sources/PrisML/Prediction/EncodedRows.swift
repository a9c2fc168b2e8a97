import Prisma

/// The encoded features of rows, one row after the other, as the model takes them.
struct EncodedRows: Sendable {
    private let loaded: LoadedPredictor
    /// Whether a row that cannot be read fails all of them.
    private let isStrict: Bool
    private(set) var values: [Float] = []
    private(set) var count = 0
    /// The rows that could not be read, by their positions.
    private(set) var failures: [Int: PredictorError] = [:]

    init(_ loaded: LoadedPredictor, isStrict: Bool = true) {
        self.loaded = loaded
        self.isStrict = isStrict
    }

    /// Reads the features from the next columns of a row.
    mutating func append(_ row: inout SQLRow) throws(PredictorError) {
        let first = row.position
        let loaded = loaded
        try append { (target) throws(PredictorError) in try loaded.encode(&row, into: target) }
        row.move(to: first + loaded.selectionCount)
    }

    /// Makes room for a row and lets it be filled.
    mutating func append(_ encode: (UnsafeMutablePointer<Float>) throws(PredictorError) -> Void) throws(PredictorError) {
        let start = values.count
        values.append(contentsOf: repeatElement(.nan, count: loaded.width))
        let result: Result<Void, PredictorError> = values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .success(()) }
            return Result { () throws(PredictorError) in try encode(base + start) }
        }
        if case .failure(let error) = result {
            guard !isStrict else { throw error }
            failures[count] = error
        }
        count += 1
    }

    func row(_ index: Int) -> ArraySlice<Float> { values[index * loaded.width..<(index + 1) * loaded.width] }

    /// The answer for each row, or its error.
    func predictions<Label>(by labels: PredictedLabels<Label>) throws -> [Result<Prediction<Label>, PredictorError>] {
        let scores = try loaded.scores(values)
        let width = loaded.scoreCount
        return scores.withUnsafeBufferPointer { scores in
            (0..<count).map { row in
                if let error = failures[row] { return .failure(error) }
                return Result { () throws(PredictorError) in
                    try labels.prediction(UnsafeBufferPointer(rebasing: scores[row * width..<(row + 1) * width]), loaded)
                }
            }
        }
    }
}
