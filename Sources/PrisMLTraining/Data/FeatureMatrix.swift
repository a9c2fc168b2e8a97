/// Rows of numbers, one row after the other; NaN stands for what is missing.
///
/// Row after row is how the evaluator reads them and how XGBoost takes them, so that nothing is laid out twice.
package struct FeatureMatrix: Sendable, Hashable {
    /// A name for each column.
    package let names: [String]
    package let rowCount: Int
    /// `rowCount` × `names.count` numbers.
    package let values: [Float]

    package var columnCount: Int { names.count }

    package init(names: [String], values: [Float]) throws {
        guard !names.isEmpty else {
            throw TrainingError(.invalidData, "there are no features", suggestion: "define at least one")
        }
        guard values.count % names.count == 0 else {
            throw TrainingError(
                .invalidData, "\(values.count) numbers are no rows of \(names.count) columns", suggestion: "pass whole rows")
        }
        if let first = values.firstIndex(where: \.isInfinite) {
            let column = first % names.count
            let rows = stride(from: column, to: values.count, by: names.count).count { values[$0].isInfinite }
            throw TrainingError(
                .invalidData, "\(rows) of \(values.count / names.count) rows hold an infinite number, or one too large for 32 bits",
                at: "feature '\(names[column])'", suggestion: "make it null, or limit it in the feature's expression")
        }
        self.names = names
        self.values = values
        rowCount = values.count / names.count
    }

    private init(names: [String], rowCount: Int, checked values: [Float]) {
        self.names = names
        self.rowCount = rowCount
        self.values = values
    }

    /// Some of the rows, in the given order; indices outside are left out.
    package func rows(_ indices: [Int]) -> FeatureMatrix {
        let kept = indices.filter { (0..<rowCount).contains($0) }
        let width = columnCount
        let part = [Float](unsafeUninitializedCapacity: kept.count * width) { target, count in
            values.withUnsafeBufferPointer { source in
                for (place, row) in kept.enumerated() {
                    for column in 0..<width { target.initializeElement(at: place * width + column, to: source[row * width + column]) }
                }
            }
            count = kept.count * width
        }
        return FeatureMatrix(names: names, rowCount: kept.count, checked: part)
    }

    /// The numbers of one column.
    package func column(_ index: Int) -> [Float] {
        guard names.indices.contains(index) else { return [] }
        return stride(from: index, to: values.count, by: columnCount).map { values[$0] }
    }
}
