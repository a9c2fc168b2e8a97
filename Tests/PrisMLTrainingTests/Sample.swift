@testable import PrisMLTraining

/// Rows that several suites learn from: noise, steps, interactions, and holes.
enum Sample {
    static func features(rows: Int, columns: Int = 6, missing: Double = 0.1, seed: UInt64 = 1) throws -> FeatureMatrix {
        var random = RandomSequence(seed: seed)
        let values = (0..<(rows * columns)).map { _ in
            let value = Float(random.nextUnit() * 4 - 2)
            return random.nextUnit() < missing ? Float.nan : value
        }
        return try FeatureMatrix(names: (0..<columns).map { "f\($0)" }, values: values)
    }

    static func rows(_ task: LearningTask, rows: Int, columns: Int = 6, missing: Double = 0.1, seed: UInt64 = 1) throws -> LabelledRows {
        let features = try features(rows: rows, columns: columns, missing: missing, seed: seed)
        var random = RandomSequence(seed: seed, 7)
        let labels = (0..<rows).map { row -> Float in
            let value = { (column: Int) in
                let number = features.values[row * columns + column]
                return number.isNaN ? Float(0.5) : number
            }
            let signal = value(0) * 1.5 + (value(1) > 0.3 ? 1 : -0.5) + value(2) * value(3) + Float(random.nextUnit() - 0.5)
            return switch task {
            case .binary: signal > 0 ? 1 : 0
            case .classes(let count): Float(min(max(Int(signal + 2), 0), count - 1))
            case .regression: signal * 100 + 1000
            }
        }
        return try LabelledRows(features, labels: labels)
    }

    /// The same rows with the negative of each column beside it, and with weights of very different sizes.
    static func mirrored(_ rows: LabelledRows) throws -> LabelledRows {
        let width = rows.features.columnCount
        let values = (0..<rows.count).flatMap { row in
            let own = rows.features.values[(row * width)..<((row + 1) * width)]
            return own + own.map { -$0 }
        }
        var random = RandomSequence(seed: 21)
        let weights = rows.labels.map { _ in
            Float(sign: .plus, exponent: random.next(below: 24) - 18, significand: 1 + Float(random.nextUnit()))
        }
        return try LabelledRows(
            FeatureMatrix(names: rows.features.names + rows.features.names.map { "-" + $0 }, values: values), labels: rows.labels,
            weights: weights)
    }
}
