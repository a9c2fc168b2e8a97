/// Columns chosen, joined and scaled by their row.
enum FeatureOperators {
    static let all: [String: OperatorSet.Factory] = [
        "ArrayFeatureExtractor": { _ in ArrayFeatureExtractor() },
        "FeatureVectorizer": { FeatureVectorizer(widths: try $0.ints("inputdimensions")) },
        "Normalizer": { try Normalizer($0) },
        "Binarizer": { Binarizer(threshold: try $0.float("threshold", 0)) },
    ]
}

/// Columns by their positions.
struct ArrayFeatureExtractor: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (input, indices) = (try inputs.tensor(0), try inputs.tensor(1))
        guard let width = input.shape.last else {
            throw ONNXError(.invalidInput, "a single number has no columns", suggestion: "pass a matrix")
        }
        let positions = try SelectionOperators.positions(try indices.integers(), size: width)
        let lines = input.shape.dropLast().reduce(1, *)
        let shape = (input.shape.count == 1 ? [1] : Array(input.shape.dropLast())) + [positions.count]
        _ = try inputs.count(of: shape)
        return [
            .tensor(Tensor(unchecked: shape, input.elements.picking((0..<lines).flatMap { line in positions.map { line * width + $0 } })))
        ]
    }
}

/// Columns of several inputs side by side, as floats.
struct FeatureVectorizer: Operator {
    let widths: [Int64]

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        guard widths.count == inputs.values.count, widths.allSatisfy({ (0...Int64(1 << 24)).contains($0) }) else {
            throw ONNXError(
                .invalidGraph, "inputdimensions does not fit \(inputs.values.count) inputs", suggestion: "export the model again")
        }
        let parts = try inputs.values.indices.map { try inputs.tensor($0) }
        let shapes = try parts.map { try RowShape($0) }
        guard let rows = shapes.first?.rows, shapes.allSatisfy({ $0.rows == rows }) else {
            throw ONNXError(.invalidInput, "the inputs differ in their number of rows", suggestion: "pass as many rows for each input")
        }
        let width = widths.reduce(0) { $0 + Int($1) }
        var columns = [Float](repeating: 0, count: try inputs.count(of: [rows, width]))
        var start = 0
        for ((part, shape), size) in zip(zip(parts, shapes), widths) {
            let values = try part.floats()
            let used = min(Int(size), shape.columns)
            for row in 0..<rows { for column in 0..<used { columns[row * width + start + column] = values[row * shape.columns + column] } }
            start += Int(size)
        }
        return [.tensor(Tensor(unchecked: [rows, width], .float(columns)))]
    }
}

/// Rows divided by their largest value, their sum or their length.
struct Normalizer: Operator {
    private enum Norm: String {
        case largest = "MAX"
        case sum = "L1"
        case length = "L2"
    }

    private let norm: Norm

    init(_ context: NodeContext) throws {
        let name = try context.string("norm", "MAX")
        guard let norm = Norm(rawValue: name) else { throw context.invalid("norm '\(name)' is unknown") }
        self.norm = norm
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let shape = try RowShape(input)
        var values = try input.floats()
        for row in 0..<shape.rows {
            let range = (row * shape.columns)..<((row + 1) * shape.columns)
            switch norm {
            case .largest:
                let largest = values[range].max() ?? 0
                if largest != 0 { for index in range { values[index] /= largest } }
            case .sum:
                let sum = values[range].reduce(0) { $0 + $1.magnitude }
                if sum != 0 { for index in range { values[index] /= sum } }
            case .length:
                let sum = values[range].reduce(0) { $0 + $1 * $1 }
                if sum != 0 {
                    for index in range {
                        let part = (values[index] * values[index] / sum).squareRoot()
                        values[index] = values[index] < 0 ? -part : part
                    }
                }
            }
        }
        return [.tensor(Tensor(unchecked: input.shape, .float(values)))]
    }
}

/// 1 for numbers above a threshold, 0 for others.
struct Binarizer: Operator {
    let threshold: Float

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let results = try input.elements.likewise(try input.doubles().map { $0 > Double(threshold) ? 1 : 0 })
        return [.tensor(Tensor(unchecked: input.shape, results))]
    }
}
