/// `Scaler`, `Imputer`, `Normalizer` and `Binarizer`: row by row, column by column.
enum ScalingOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Scaler": { try Scaler($0) },
        "Imputer": { try Imputer($0) },
    ]
}

/// (value - offset) * scale, one offset and scale for each column or one for all.
struct Scaler: Operator {
    let offsets: [Float]
    let scales: [Float]

    init(_ context: NodeContext) throws {
        offsets = try context.floats("offset")
        scales = try context.floats("scale")
        guard !offsets.isEmpty, offsets.count == scales.count else {
            throw context.invalid("there are \(offsets.count) offsets and \(scales.count) scales")
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let columns = input.shape.last ?? 1
        guard offsets.count == 1 || offsets.count == columns || input.count == 0 else {
            throw ONNXError(
                .invalidInput, "the scaler has \(offsets.count) columns, the rows have \(columns)",
                suggestion: "pass as many columns as the model was trained with")
        }
        var values = try input.floats()
        for index in values.indices {
            let column = offsets.count == 1 ? 0 : index % columns
            values[index] = (values[index] - offsets[column]) * scales[column]
        }
        return [.tensor(Tensor(unchecked: input.shape, .float(values)))]
    }
}

/// Puts a column's replacement in place of NaN, or in place of the number that stands for a missing one.
struct Imputer: Operator {
    let floats: [Float]
    let integers: [Int64]
    let missingFloat: Float
    let missingInteger: Int64

    init(_ context: NodeContext) throws {
        floats = try context.floats("imputed_value_floats")
        integers = try context.ints("imputed_value_int64s")
        missingFloat = try context.float("replaced_value_float", 0)
        missingInteger = try context.node.attribute("replaced_value_int64")?.int() ?? 0
        guard floats.isEmpty != integers.isEmpty else {
            throw context.invalid("either imputed_value_floats or imputed_value_int64s must be given")
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let columns = input.shape.last ?? 1
        let count = max(floats.count, integers.count)
        guard count == 1 || count == columns || input.count == 0 else {
            throw ONNXError(
                .invalidInput, "the imputer has \(count) columns, the rows have \(columns)",
                suggestion: "pass as many columns as the model was trained with")
        }
        if case .int64(var values) = input.elements {
            guard !integers.isEmpty else {
                throw ONNXError(.invalidGraph, "an imputer of floats is given integers", suggestion: "cast them")
            }
            for index in values.indices where values[index] == missingInteger { values[index] = integers[count == 1 ? 0 : index % columns] }
            return [.tensor(Tensor(unchecked: input.shape, .int64(values)))]
        }
        guard case .float(var values) = input.elements, !floats.isEmpty else {
            throw ONNXError(.invalidGraph, "an imputer is given a tensor of \(input.elementType)", suggestion: "cast it to float")
        }
        for index in values.indices where values[index] == missingFloat || (missingFloat.isNaN && values[index].isNaN) {
            values[index] = floats[count == 1 ? 0 : index % columns]
        }
        return [.tensor(Tensor(unchecked: input.shape, .float(values)))]
    }
}
