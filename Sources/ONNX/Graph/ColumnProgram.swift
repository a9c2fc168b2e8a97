/// One column of a prepared row: where it comes from, and what is done with it.
struct PreparedColumn: Sendable {
    enum Source: Sendable, Hashable {
        /// A column of the row as it is given.
        case column(Int)
        /// 1 where an encoder puts the row's value in that place, otherwise 0.
        case place(encoder: Int, Int)
    }

    enum Step: Sendable {
        case impute(missing: Float, value: Float)
        case scale(offset: Float, scale: Float)
    }

    let source: Source
    var steps: [Step] = []
}

/// A one-hot encoder of one column.
struct ColumnEncoder: Sendable {
    enum Table: Sendable {
        /// The place of each code of a text; -1 for none.
        case codes([Int32])
        case integers([Int64: Int])
    }

    let source: Int
    let table: Table
    let count: Int

    @inline(__always)
    func place(of value: Float) -> Int? {
        switch table {
        case .codes(let places):
            guard value >= 0, value < Float(places.count) else { return nil }
            let place = Int(places[Int(value)])
            return place < 0 ? nil : place
        case .integers(let places): return places[Int64(nearest: Double(value))]
        }
    }
}

/// What is done to rows before an estimator sees them, fused: each value goes from the given row to its place in the estimator's input in one
/// pass, with the arithmetic that the operators would have done, in the same order.
struct ColumnProgram: Sendable {
    /// Neighbours that are imputed for NaN, shifted and scaled, with their parameters side by side. A column without a replacement has NaN
    /// for one, and one without a scaler is shifted by 0 and scaled by 1, which changes no number.
    private struct Numbers {
        let source: Int
        let target: Int
        var parameters: [Parameters]
    }

    private struct Parameters {
        var replacement: Float = .nan
        var offset: Float = 0
        var scale: Float = 1
    }

    private enum Operation {
        case numbers(Numbers)
        /// All places of an encoder, one behind the other.
        case encode(ColumnEncoder, target: Int)
        /// Anything else.
        case other(PreparedColumn, target: Int)
    }

    let width: Int
    private let operations: [Operation]
    private let encoders: [ColumnEncoder]

    init(_ columns: [PreparedColumn], encoders: [ColumnEncoder]) {
        self.encoders = encoders
        width = columns.count
        var operations: [Operation] = []
        var index = 0
        while index < columns.count {
            let column = columns[index]
            if case .column(let source) = column.source, let parameters = Self.parameters(column.steps) {
                if case .numbers(var last)? = operations.last, last.source + last.parameters.count == source,
                    last.target + last.parameters.count == index
                {
                    last.parameters.append(parameters)
                    operations[operations.count - 1] = .numbers(last)
                } else {
                    operations.append(.numbers(Numbers(source: source, target: index, parameters: [parameters])))
                }
                index += 1
            } else if case .place(let encoder, 0) = column.source, Self.isWhole(columns[index...], encoder, encoders[encoder].count) {
                operations.append(.encode(encoders[encoder], target: index))
                index += encoders[encoder].count
            } else {
                operations.append(.other(column, target: index))
                index += 1
            }
        }
        self.operations = operations
    }

    /// Whether columns begin with all places of an encoder, untouched.
    private static func isWhole(_ columns: ArraySlice<PreparedColumn>, _ encoder: Int, _ count: Int) -> Bool {
        guard columns.count >= count else { return false }
        return columns.prefix(count).enumerated().allSatisfy { place, column in
            column.steps.isEmpty && column.source == .place(encoder: encoder, place)
        }
    }

    /// The parameters of the usual order, a replacement before a scaler; nil for any other.
    private static func parameters(_ steps: [PreparedColumn.Step]) -> Parameters? {
        var found = Parameters()
        var rest = steps[...]
        if case .impute(let missing, let value)? = rest.first {
            guard missing.isNaN else { return nil }
            found.replacement = value
            rest.removeFirst()
        }
        if case .scale(let offset, let scale)? = rest.first {
            (found.offset, found.scale) = (offset, scale)
            rest.removeFirst()
        }
        return rest.isEmpty ? found : nil
    }

    /// Writes `count` prepared rows of ``width`` columns.
    func prepare(_ rows: UnsafePointer<Float>, columns: Int, count: Int, into block: UnsafeMutablePointer<Float>) {
        block.update(repeating: 0, count: count * width)
        for operation in operations {
            switch operation {
            case .numbers(let numbers):
                numbers.parameters.withUnsafeBufferPointer { parameters in
                    for row in 0..<count {
                        let source = rows + row * columns + numbers.source
                        let target = block + row * width + numbers.target
                        for (index, parameter) in parameters.enumerated() {
                            let value = source[index].isNaN ? parameter.replacement : source[index]
                            target[index] = (value - parameter.offset) * parameter.scale
                        }
                    }
                }
            case .encode(let encoder, let target):
                for row in 0..<count {
                    if let place = encoder.place(of: rows[row * columns + encoder.source]) { block[row * width + target + place] = 1 }
                }
            case .other(let column, let target):
                for row in 0..<count { block[row * width + target] = value(column, rows + row * columns) }
            }
        }
    }

    private func value(_ column: PreparedColumn, _ row: UnsafePointer<Float>) -> Float {
        var value: Float
        switch column.source {
        case .column(let source): value = row[source]
        case .place(let encoder, let place): value = encoders[encoder].place(of: row[encoders[encoder].source]) == place ? 1 : 0
        }
        for step in column.steps {
            switch step {
            case .impute(let missing, let replacement):
                if value == missing || (missing.isNaN && value.isNaN) { value = replacement }
            case .scale(let offset, let scale): value = (value - offset) * scale
            }
        }
        return value
    }
}
