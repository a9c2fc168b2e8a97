/// What flows along the edges of a graph: a tensor, or what classifiers make of one with `ZipMap`.
public indirect enum ONNXValue: Sendable, Equatable {
    case tensor(Tensor)
    case sequence([ONNXValue])
    /// Keys and values, side by side in tensors of one dimension.
    case map(keys: Tensor, values: Tensor)

    /// The tensor, if it is one.
    public var tensor: Tensor? {
        if case .tensor(let tensor) = self { tensor } else { nil }
    }
}

extension ONNXValue {
    /// How much it is: numbers, and the bytes of texts.
    var elementCount: Int {
        switch self {
        case .tensor(let tensor): tensor.weight
        case .sequence(let values): values.reduce(0) { $0 + $1.elementCount }
        case .map(let keys, let values): keys.weight + values.weight
        }
    }
}

extension Tensor {
    fileprivate var weight: Int {
        if case .string(let texts) = elements { texts.reduce(0) { $0 + 1 + $1.utf8.count } } else { count }
    }
}
