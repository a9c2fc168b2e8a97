/// Operators that give elements another shape or order.
enum ShapeOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Identity": { _ in Identity() },
        "Dropout": { _ in Dropout() },
        "Reshape": { try Reshape($0) },
        "Flatten": { Flatten(axis: try $0.int("axis", 1)) },
        "Squeeze": { Squeeze(axes: try AxesSource($0, input: 1)) },
        "Unsqueeze": { Unsqueeze(axes: try AxesSource($0, input: 1)) },
        "Transpose": { Transpose(order: try $0.node.attribute("perm")?.ints()) },
        "Shape": { ShapeOf(start: try $0.int("start", 0), end: try $0.int("end", .max)) },
        "Size": { _ in SizeOf() },
        "Expand": { _ in Expand() },
    ]
}

struct Identity: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        guard let value = inputs.values.first, let value else {
            throw ONNXError(.invalidGraph, "input 0 is missing", suggestion: "export the model again")
        }
        return [value]
    }
}

/// Nothing is dropped outside of training; the second output says so.
struct Dropout: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        return [.tensor(input), .tensor(Tensor(unchecked: input.shape, .bool([Bool](repeating: true, count: input.count))))]
    }
}

struct Reshape: Operator {
    let attribute: [Int64]?
    let allowsZero: Bool

    init(_ context: NodeContext) throws {
        attribute = try context.node.attribute("shape")?.ints()
        allowsZero = try context.int("allowzero", 0) != 0
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let wanted = try inputs.optionalTensor(1)?.integers() ?? attribute ?? []
        var shape: [Int] = []
        var open: Int?
        for (index, size) in wanted.enumerated() {
            if size == -1 {
                guard open == nil else { throw Self.misfit(input, wanted) }
                open = index
                shape.append(1)
            } else if size == 0 && !allowsZero {
                guard index < input.shape.count else { throw Self.misfit(input, wanted) }
                shape.append(input.shape[index])
            } else {
                guard size >= 0, let fitting = Int(exactly: size) else { throw Self.misfit(input, wanted) }
                shape.append(fitting)
            }
        }
        guard let known = Tensor.count(of: shape) else { throw Self.misfit(input, wanted) }
        if let open {
            guard known > 0, input.count % known == 0 else { throw Self.misfit(input, wanted) }
            shape[open] = input.count / known
        } else if known != input.count {
            throw Self.misfit(input, wanted)
        }
        return [.tensor(input.reshaped(shape))]
    }

    private static func misfit(_ input: Tensor, _ wanted: [Int64]) -> ONNXError {
        ONNXError(
            .invalidInput, "a tensor of shape \(input.shape) cannot get the shape \(wanted)", suggestion: "check the shapes of the inputs")
    }
}

struct Flatten: Operator {
    let axis: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let axis = self.axis == input.shape.count ? input.shape.count : try Axes.resolve(self.axis, rank: input.shape.count)
        return [.tensor(input.reshaped([input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)]))]
    }
}

struct Squeeze: Operator {
    let axes: AxesSource

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let given = try axes.axes(inputs).map { try Axes.resolve($0, rank: input.shape.count) }
        let dropped = Set(given ?? input.shape.indices.filter { input.shape[$0] == 1 })
        guard dropped.allSatisfy({ input.shape.indices.contains($0) && input.shape[$0] == 1 }) else {
            throw ONNXError(
                .invalidInput, "only dimensions of 1 can be left out of \(input.shape)", suggestion: "check the shapes of the inputs")
        }
        return [.tensor(input.reshaped(input.shape.indices.filter { !dropped.contains($0) }.map { input.shape[$0] }))]
    }
}

struct Unsqueeze: Operator {
    let axes: AxesSource

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let given = try axes.axes(inputs) ?? []
        let rank = input.shape.count + given.count
        let added = Set(try Axes.resolve(given, rank: rank))
        var rest = input.shape[...]
        return [.tensor(input.reshaped((0..<rank).map { added.contains($0) ? 1 : rest.popFirst() ?? 1 }))]
    }
}

struct Transpose: Operator {
    let order: [Int64]?

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let rank = input.shape.count
        let order = try self.order.map { try Axes.resolve($0, rank: rank) } ?? Array((0..<rank).reversed())
        guard order.count == rank else {
            throw ONNXError(
                .invalidInput, "the order \(order) does not fit a tensor of shape \(input.shape)", suggestion: "export the model again")
        }
        let shape = order.map { input.shape[$0] }
        guard input.count > 0 else { return [.tensor(input.reshaped(shape))] }
        let steps = Tensor.strides(of: input.shape)
        // The new order's positions, grown dimension by dimension.
        var positions = [0]
        for dimension in order {
            positions = positions.flatMap { start in (0..<input.shape[dimension]).map { start + $0 * steps[dimension] } }
        }
        return [.tensor(Tensor(unchecked: shape, input.elements.picking(positions)))]
    }
}

struct ShapeOf: Operator {
    let start: Int
    let end: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let shape = try inputs.tensor(0).shape
        func bound(_ value: Int) -> Int { min(max(value < 0 ? value + shape.count : value, 0), shape.count) }
        let (first, last) = (bound(start), bound(end))
        let part = first < last ? shape[first..<last] : []
        return [.tensor(Tensor(unchecked: [part.count], .int64(part.map { Int64($0) })))]
    }
}

struct SizeOf: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        [.tensor(Tensor(unchecked: [], .int64([Int64(try inputs.tensor(0).count)])))]
    }
}

struct Expand: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let wanted = try inputs.tensor(1).integers().map { Int(truncatingIfNeeded: $0) }
        guard wanted.allSatisfy({ $0 >= 0 }) else {
            throw ONNXError(.invalidInput, "a tensor cannot get the shape \(wanted)", suggestion: "check the shapes of the inputs")
        }
        let broadcast = try Broadcast(input.shape, wanted, limit: inputs.limit)
        let other = [Bool](repeating: true, count: try inputs.count(of: wanted))
        return [
            .tensor(
                Tensor(unchecked: broadcast.shape, input.elements.picking(broadcast.map(Array(0..<input.count), other) { one, _ in one })))
        ]
    }
}
