import Prisma

/// The encoded features of rows, one row after the other, as the model takes them.
struct EncodedRows: Sendable {
    let loaded: LoadedPredictor
    /// Whether a row that cannot be read fails all of them.
    private let isStrict: Bool
    /// What reads rows in which a record's own columns serve; nil where the features' columns are side by side.
    private let reader: FeatureReader?
    private var registers: [CellNumber] = []
    /// Room for some rows more than there are.
    private var buffer: [Float] = []
    private(set) var count = 0
    /// The rows that could not be read, by their positions.
    private(set) var failures: [Int: PredictorError] = [:]

    init(_ loaded: LoadedPredictor, isStrict: Bool = true) {
        self.loaded = loaded
        self.isStrict = isStrict
        reader = nil
    }

    /// - Parameter now: what `.now` stands for, in microseconds since 1970.
    init(_ loaded: LoadedPredictor, _ reader: FeatureReader, now: Int64, isStrict: Bool = true) {
        self.loaded = loaded
        self.isStrict = isStrict
        self.reader = reader
        registers = reader.makeRegisters(now: now)
    }

    var values: [Float] { Array(buffer[..<(count * loaded.width)]) }

    /// Throws where the record in a row is of another model than the predictor.
    func requireRecord(in row: SQLRow) throws(PrismaError) { try reader?.requireRecord(in: row) }

    /// Reads the features from the next columns of a row.
    mutating func append(_ row: inout SQLRow) throws(PredictorError) {
        let first = row.position
        let start = makeRoom()
        let result: Result<Void, PredictorError> = buffer.withUnsafeMutableBufferPointer { buffer in
            registers.withUnsafeMutableBufferPointer { registers in
                guard let base = buffer.baseAddress else { return .success(()) }
                return Result { () throws(PredictorError) in
                    if let reader, let registers = registers.baseAddress {
                        try reader.encode(row, record: row.recordStart, further: first, registers: registers, into: base + start)
                    } else {
                        try loaded.encode(&row, into: base + start)
                    }
                }
            }
        }
        try note(result)
        row.move(to: first + (reader?.selections.count ?? loaded.selectionCount))
    }

    /// Makes room for a row and lets it be filled.
    mutating func append(_ encode: (UnsafeMutablePointer<Float>) throws(PredictorError) -> Void) throws(PredictorError) {
        let start = makeRoom()
        let result: Result<Void, PredictorError> = buffer.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .success(()) }
            return Result { () throws(PredictorError) in try encode(base + start) }
        }
        try note(result)
    }

    /// The place of a further row.
    @inline(__always)
    private mutating func makeRoom() -> Int {
        let start = count * loaded.width
        if start + loaded.width > buffer.count {
            buffer.append(contentsOf: repeatElement(.nan, count: max(64 * loaded.width, buffer.count)))
        }
        return start
    }

    @inline(__always)
    private mutating func note(_ result: Result<Void, PredictorError>) throws(PredictorError) {
        if case .failure(let error) = result {
            guard !isStrict else { throw error }
            failures[count] = error
            for index in count * loaded.width..<(count + 1) * loaded.width { buffer[index] = .nan }
        }
        count += 1
    }

    func row(_ index: Int) -> ArraySlice<Float> { buffer[index * loaded.width..<(index + 1) * loaded.width] }

    /// The scores of the rows.
    func scores() throws -> [Float] { try loaded.scores(of: buffer[..<(count * loaded.width)]) }

    /// The answer for each row; the first that fails fails all.
    @specialized(where Label == Bool)
    @specialized(where Label == Double)
    @specialized(where Label == Int)
    @specialized(where Label == String)
    func allPredictions<Label>(by labels: PredictedLabels<Label>) throws -> [Prediction<Label>] {
        if let failure = failures.min(by: { $0.key < $1.key }) { throw failure.value }
        guard count > 0 else { return [] }
        let (scores, labels, width) = (try scores(), try VersionLabels(labels, of: loaded), loaded.scoreCount)
        defer { sketch(scores) }
        var answers: [Prediction<Label>] = []
        answers.reserveCapacity(count)
        try scores.withUnsafeBufferPointer { scores in
            for row in 0..<count {
                answers.append(try labels.prediction(loaded.answer(UnsafeBufferPointer(rebasing: scores[row * width..<(row + 1) * width]))))
            }
        }
        return answers
    }

    /// The answer for each row, or its error.
    func predictions<Label>(by labels: PredictedLabels<Label>) throws -> [Result<Prediction<Label>, PredictorError>] {
        try predictions(by: labels, of: scores())
    }

    /// The same of scores that are known.
    func predictions<Label>(
        by labels: PredictedLabels<Label>, of scores: [Float]
    ) throws -> [Result<Prediction<Label>, PredictorError>] {
        let width = loaded.scoreCount
        defer { sketch(scores) }
        let labels = Result { () throws(PredictorError) in try VersionLabels(labels, of: loaded) }
        return scores.withUnsafeBufferPointer { scores in
            (0..<count).map { row in
                if let error = failures[row] { return .failure(error) }
                return Result { () throws(PredictorError) in
                    try labels.get().prediction(loaded.answer(UnsafeBufferPointer(rebasing: scores[row * width..<(row + 1) * width])))
                }
            }
        }
    }

    /// Lets the rows that were answered be counted in passing.
    private func sketch(_ scores: [Float]) {
        let width = loaded.scoreCount
        buffer.withUnsafeBufferPointer { features in
            guard let features = features.baseAddress else { return }
            loaded.sketch.pass(features, width: loaded.width, rows: count) { row in
                guard failures[row] == nil else { return nil }
                let score = loaded.score(scores[row * width..<(row + 1) * width])
                return score.isFinite ? score : nil
            }
        }
    }
}
