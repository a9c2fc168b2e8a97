/// Elements by their positions, and positions by their elements.
enum SelectionOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Gather": { Gather(axis: try $0.int("axis", 0)) },
        "GatherElements": { GatherElements(axis: try $0.int("axis", 0)) },
        "GatherND": { GatherBlocks(batchDimensions: try $0.int("batch_dims", 0)) },
        "Compress": { Compress(axis: try $0.node.attribute("axis").map { Int(truncatingIfNeeded: try $0.int()) }) },
        "TopK": { try TopK($0) },
        "NonZero": { _ in NonZero() },
        "OneHot": { OneHot(axis: try $0.int("axis", -1)) },
    ]

    /// Positions from the front; negative ones count from the end.
    static func positions(_ indices: [Int64], size: Int) throws -> [Int] {
        try indices.map { index in
            let position = index < 0 ? index + Int64(size) : index
            guard position >= 0, position < Int64(size) else {
                throw ONNXError(.invalidInput, "index \(index) is outside of \(size) elements", suggestion: "check the indices")
            }
            return Int(position)
        }
    }
}

struct Gather: Operator {
    let axis: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (input, indices) = (try inputs.tensor(0), try inputs.tensor(1))
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        let view = AxisView(input.shape, axis: axis)
        let positions = try SelectionOperators.positions(try indices.integers(), size: view.length)
        let shape = input.shape[..<axis] + indices.shape + input.shape[min(axis + 1, input.shape.count)...]
        _ = try inputs.count(of: Array(shape))
        var all: [Int] = []
        for outer in 0..<view.outer {
            for position in positions {
                let start = view.position(outer, position, 0)
                all.append(contentsOf: start..<(start + view.inner))
            }
        }
        return [.tensor(Tensor(unchecked: Array(shape), input.elements.picking(all)))]
    }
}

struct GatherElements: Operator {
    let axis: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (input, indices) = (try inputs.tensor(0), try inputs.tensor(1))
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        guard indices.shape.count == input.shape.count, !input.shape.isEmpty,
            zip(indices.shape, input.shape).enumerated().allSatisfy({ $0.offset == axis || $0.element.0 <= $0.element.1 })
        else {
            throw ONNXError(
                .invalidInput, "indices of shape \(indices.shape) do not fit a tensor of shape \(input.shape)",
                suggestion: "check the indices")
        }
        let positions = try SelectionOperators.positions(try indices.integers(), size: input.shape[axis])
        let (steps, ownSteps) = (Tensor.strides(of: input.shape), Tensor.strides(of: indices.shape))
        let all = positions.enumerated().map { place, position in
            var rest = place
            var target = 0
            for dimension in steps.indices {
                let index = rest / ownSteps[dimension]
                rest %= ownSteps[dimension]
                target += (dimension == axis ? position : index) * steps[dimension]
            }
            return target
        }
        return [.tensor(Tensor(unchecked: indices.shape, input.elements.picking(all)))]
    }
}

struct GatherBlocks: Operator {
    let batchDimensions: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (input, indices) = (try inputs.tensor(0), try inputs.tensor(1))
        let batch = batchDimensions
        guard batch >= 0, let depth = indices.shape.last, indices.shape.count > batch, depth >= 0, depth + batch <= input.shape.count,
            indices.shape[..<batch] == input.shape[..<batch]
        else {
            throw ONNXError(
                .invalidInput, "indices of shape \(indices.shape) do not fit a tensor of shape \(input.shape)",
                suggestion: "check the indices")
        }
        let steps = Tensor.strides(of: input.shape)
        let values = try indices.integers()
        let shape = Array(indices.shape.dropLast() + input.shape[(batch + depth)...])
        _ = try inputs.count(of: shape)
        let block = input.shape[(batch + depth)...].reduce(1, *)
        let lines = indices.shape.dropLast().reduce(1, *)
        let linesPerBatch = max(indices.shape[batch...].dropLast().reduce(1, *), 1)
        let batchStep = input.shape[batch...].reduce(1, *)
        var all: [Int] = []
        for line in 0..<lines {
            var start = (line / linesPerBatch) * batchStep
            for dimension in 0..<depth {
                let position = try SelectionOperators.positions([values[line * depth + dimension]], size: input.shape[batch + dimension])
                start += position[0] * steps[batch + dimension]
            }
            all.append(contentsOf: start..<(start + block))
        }
        return [.tensor(Tensor(unchecked: shape, input.elements.picking(all)))]
    }
}

struct Compress: Operator {
    let axis: Int?

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        var input = try inputs.tensor(0)
        let condition = try inputs.tensor(1).truths()
        if axis == nil { input = input.reshaped([input.count]) }
        let axis = try Axes.resolve(self.axis ?? 0, rank: input.shape.count)
        guard !input.shape.isEmpty else {
            throw ONNXError(.invalidInput, "a single number has no elements to choose from", suggestion: "pass a vector")
        }
        let chosen = condition.prefix(input.shape[axis]).indices.filter { condition[$0] }
        return try Gather(axis: axis).run(
            Inputs([.tensor(input), .tensor(Tensor(unchecked: [chosen.count], .int64(chosen.map { Int64($0) })))]))
    }
}

/// The k largest or smallest along a dimension, and where they are; of equal ones the first.
struct TopK: Operator {
    private let axis: Int
    private let largest: Bool
    private let attribute: Int?

    init(_ context: NodeContext) throws {
        axis = try context.int("axis", -1)
        largest = try context.int("largest", 1) != 0
        attribute = try context.node.attribute("k").map { Int(truncatingIfNeeded: try $0.int()) }
    }

    private struct Visitor: NumberVisitor {
        let view: AxisView
        let count: Int
        let largest: Bool

        func visit<Number: TensorNumber>(_ values: [Number]) -> [Int] {
            var positions = [Int](repeating: 0, count: view.outer * count * view.inner)
            for outer in 0..<view.outer {
                for inner in 0..<view.inner {
                    let order = (0..<view.length).sorted { one, two in
                        let (first, second) = (values[view.position(outer, one, inner)], values[view.position(outer, two, inner)])
                        if first == second { return one < two }
                        return largest ? first > second : first < second
                    }
                    for place in 0..<count { positions[(outer * count + place) * view.inner + inner] = order[place] }
                }
            }
            return positions
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        let wanted = try inputs.optionalTensor(1)?.integers().first.map { Int(truncatingIfNeeded: $0) } ?? attribute ?? 1
        guard !input.shape.isEmpty, (0...input.shape[axis]).contains(wanted) else {
            throw ONNXError(
                .invalidInput, "there are no \(wanted) elements along dimension \(axis) of \(input.shape)", suggestion: "ask for fewer")
        }
        let view = AxisView(input.shape, axis: axis)
        let indices = try input.elements.accept(Visitor(view: view, count: wanted, largest: largest))
        var shape = input.shape
        shape[axis] = wanted
        let positions = indices.enumerated().map { place, index in
            view.position(wanted == 0 ? 0 : place / (wanted * view.inner), index, place % max(view.inner, 1))
        }
        return [
            .tensor(Tensor(unchecked: shape, input.elements.picking(positions))),
            .tensor(Tensor(unchecked: shape, .int64(indices.map { Int64($0) }))),
        ]
    }
}

/// The positions of all elements that are not zero, a line for each dimension.
struct NonZero: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let found = try input.doubles().enumerated().filter { $0.element != 0 }.map(\.offset)
        let steps = Tensor.strides(of: input.shape)
        let lines = zip(steps, input.shape).flatMap { step, size in found.map { Int64($0 / step % max(size, 1)) } }
        return [.tensor(Tensor(unchecked: [input.shape.count, found.count], .int64(lines)))]
    }
}

/// A new dimension in which the position that an index names is "on".
struct OneHot: Operator {
    let axis: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (indices, depthTensor, values) = (try inputs.tensor(0), try inputs.tensor(1), try inputs.tensor(2))
        guard values.count == 2, let depthValue = try depthTensor.doubles().first, depthValue >= 1, depthValue <= Double(inputs.limit)
        else {
            throw ONNXError(.invalidInput, "a depth of at least 1 and two values are needed", suggestion: "check the inputs of OneHot")
        }
        let depth = Int(depthValue)
        let axis = try Axes.resolve(self.axis, rank: indices.shape.count + 1)
        var shape = indices.shape
        shape.insert(depth, at: axis)
        let count = try inputs.count(of: shape)
        var positions = [Int](repeating: 0, count: count)
        let inner = shape[(axis + 1)...].reduce(1, *)
        for (place, value) in try indices.doubles().enumerated() {
            let index = value < 0 ? value + Double(depth) : value
            guard index >= 0, index < Double(depth) else { continue }
            positions[((place / inner) * depth + Int(index)) * inner + place % inner] = 1
        }
        return [.tensor(Tensor(unchecked: shape, values.elements.picking(positions)))]
    }
}
