extension Suite {
    /// Every suite, in the order in which they run.
    static let all: [Suite] = [
        .schema, .generator, .drivers, .clients, .training, .onnx, .predictions,
    ]
}
