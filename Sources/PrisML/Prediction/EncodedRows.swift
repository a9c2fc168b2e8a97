import Prisma

/// The encoded features of rows, one row after the other, as the model takes them.
struct EncodedRows: Sendable {
    private let loaded: LoadedPredictor
    private(set) var values: [Float] = []
    private(set) var count = 0

    init(_ loaded: LoadedPredictor) {
        self.loaded = loaded
    }

    /// Reads the features from the next columns of a row.
    mutating func append(_ row: inout SQLRow) throws(PrismaError) {
        let start = values.count
        for _ in 0..<loaded.width { values.append(0) }
        let result: Result<Void, PrismaError> = values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .success(()) }
            do throws(PrismaError) {
                try loaded.encode(&row, into: base + start)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        count += 1
    }

    func row(_ index: Int) -> ArraySlice<Float> { values[index * loaded.width..<(index + 1) * loaded.width] }
}
