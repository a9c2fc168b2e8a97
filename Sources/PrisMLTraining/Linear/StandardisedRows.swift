/// Rows whose columns have the mean 0 and the deviation 1, as the exported model makes them: with the same 32-bit steps.
struct StandardisedRows: Sendable {
    let offsets: [Float]
    let scales: [Float]
    let values: [Float]
    let columnCount: Int
    let rowCount: Int

    /// Measures offsets and scales on weighted rows; a missing value counts as the mean, which is 0.
    init(fitting rows: LabelledRows) {
        let width = rows.features.columnCount
        var means = [Double](repeating: 0, count: width)
        var (totals, spreads) = (means, means)
        let each = { (body: (Int, Double, Double) -> Void) in
            for (index, value) in rows.features.values.enumerated() where !value.isNaN {
                body(index % width, Double(value), rows.weights.map { Double($0[index / width]) } ?? 1)
            }
        }
        each { column, value, weight in
            totals[column] += weight
            means[column] += weight * value
        }
        for column in 0..<width where totals[column] > 0 { means[column] /= totals[column] }
        each { column, value, weight in spreads[column] += weight * (value - means[column]) * (value - means[column]) }
        offsets = means.map { Float($0) }
        scales = (0..<width).map { column in
            let deviation = totals[column] > 0 ? (spreads[column] / totals[column]).squareRoot() : 0
            // A column that is constant, or so but for the last bits of its numbers, says nothing.
            let scale = deviation > means[column].magnitude * 1e-6 ? 1 / deviation : 0
            return scale.isFinite && Float(scale).isFinite ? Float(scale) : 0
        }
        (values, columnCount, rowCount) = (Self.standardised(rows.features, offsets, scales), width, rows.count)
    }

    init(_ features: FeatureMatrix, offsets: [Float], scales: [Float]) {
        self.offsets = offsets
        self.scales = scales
        (values, columnCount, rowCount) = (Self.standardised(features, offsets, scales), features.columnCount, features.rowCount)
    }

    private static func standardised(_ features: FeatureMatrix, _ offsets: [Float], _ scales: [Float]) -> [Float] {
        var values = features.values
        let width = features.columnCount
        for index in values.indices {
            let column = index % width
            values[index] = values[index].isNaN ? 0 : (values[index] - offsets[column]) * scales[column]
        }
        return values
    }
}
