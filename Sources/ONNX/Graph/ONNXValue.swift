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
