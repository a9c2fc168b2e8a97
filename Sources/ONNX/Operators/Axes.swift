/// Dimensions as ONNX counts them: negative ones from the end.
enum Axes {
    static func resolve(_ axis: Int, rank: Int) throws -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        guard (0..<max(rank, 1)).contains(resolved) else {
            throw ONNXError(.invalidInput, "dimension \(axis) does not exist in a tensor of \(rank)", suggestion: "export the model again")
        }
        return resolved
    }

    static func resolve(_ axes: [Int64], rank: Int) throws -> [Int] {
        let resolved = try axes.map { try resolve(Int(truncatingIfNeeded: $0), rank: rank) }
        guard Set(resolved).count == resolved.count else {
            throw ONNXError(.invalidInput, "the dimensions \(axes) name one twice", suggestion: "export the model again")
        }
        return resolved
    }
}

/// A shape seen from one dimension: what is before it, itself, and what is behind it.
struct AxisView {
    let outer: Int
    let length: Int
    let inner: Int

    init(_ shape: [Int], axis: Int) {
        outer = shape[..<axis].reduce(1, *)
        length = axis < shape.count ? shape[axis] : 1
        inner = axis < shape.count ? shape[(axis + 1)...].reduce(1, *) : 1
    }

    /// The position of an element in row-major order.
    @inline(__always)
    func position(_ outer: Int, _ index: Int, _ inner: Int) -> Int {
        (outer * length + index) * self.inner + inner
    }
}

/// Dimensions that an old file gives as an attribute and a new one as an input.
struct AxesSource {
    private let attribute: [Int64]?
    private let inputIndex: Int

    init(_ context: NodeContext, input: Int) throws {
        attribute = try context.node.attribute("axes")?.ints()
        inputIndex = input
    }

    /// Nil where the node gives none.
    func axes(_ inputs: Inputs) throws -> [Int64]? {
        if let tensor = try inputs.optionalTensor(inputIndex) { return try tensor.integers() }
        return attribute
    }
}
