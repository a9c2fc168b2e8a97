/// Lists of tensors.
enum SequenceOperators {
    static let all: [String: OperatorSet.Factory] = [
        "SequenceConstruct": { _ in SequenceConstruct() },
        "SequenceAt": { _ in SequenceAt() },
        "SequenceLength": { _ in SequenceLength() },
        "ConcatFromSequence": { ConcatFromSequence(axis: try $0.int("axis", 0), addsDimension: try $0.int("new_axis", 0) != 0) },
    ]
}

extension Inputs {
    func sequence(_ index: Int) throws -> [ONNXValue] {
        guard values.indices.contains(index), case .sequence(let values) = values[index] else {
            throw ONNXError(.invalidGraph, "input \(index) is not a sequence", suggestion: "export the model again")
        }
        return values
    }
}

struct SequenceConstruct: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        [.sequence(try inputs.values.indices.map { .tensor(try inputs.tensor($0)) })]
    }
}

struct SequenceAt: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let values = try inputs.sequence(0)
        let positions = try SelectionOperators.positions(try inputs.tensor(1).integers(), size: values.count)
        guard let position = positions.first else {
            throw ONNXError(.invalidInput, "the position is missing", suggestion: "check the inputs")
        }
        return [values[position]]
    }
}

struct SequenceLength: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        [.tensor(Tensor(unchecked: [], .int64([Int64(try inputs.sequence(0).count)])))]
    }
}

struct ConcatFromSequence: Operator {
    let axis: Int
    let addsDimension: Bool

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        var tensors: [Tensor] = []
        for value in try inputs.sequence(0) {
            guard let tensor = value.tensor else {
                throw ONNXError(.invalidGraph, "a sequence holds something else than tensors", suggestion: "export the model again")
            }
            guard addsDimension else {
                tensors.append(tensor)
                continue
            }
            var shape = tensor.shape
            shape.insert(1, at: try Axes.resolve(axis, rank: shape.count + 1))
            tensors.append(tensor.reshaped(shape))
        }
        return [.tensor(try Concat.joined(tensors, axis: axis, limit: inputs.limit))]
    }
}
