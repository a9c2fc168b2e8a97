/// Tensors put together and taken apart.
enum PartOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Concat": { Concat(axis: try $0.int("axis", 1)) },
        "Split": { try Split($0) },
        "Slice": { try Slice($0) },
        "Tile": { _ in Tile() },
        "Pad": { try Pad($0) },
    ]
}

struct Concat: Operator {
    let axis: Int

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let tensors = try inputs.values.indices.map { try inputs.tensor($0) }
        return [.tensor(try Self.joined(tensors, axis: axis, limit: inputs.limit))]
    }

    static func joined(_ tensors: [Tensor], axis: Int, limit: Int) throws -> Tensor {
        guard let first = tensors.first else {
            throw ONNXError(.invalidGraph, "there is nothing to put together", suggestion: "export the model again")
        }
        let axis = try Axes.resolve(axis, rank: first.shape.count)
        guard !first.shape.isEmpty else {
            throw ONNXError(.invalidInput, "single numbers cannot be put together", suggestion: "give them a dimension")
        }
        var elements = Tensor.Elements.empty(first.elementType)
        var starts: [Int] = []
        var shape = first.shape
        shape[axis] = 0
        for tensor in tensors {
            guard tensor.shape.count == shape.count, shape.indices.allSatisfy({ $0 == axis || tensor.shape[$0] == first.shape[$0] }) else {
                throw ONNXError(
                    .invalidInput, "tensors of shapes \(first.shape) and \(tensor.shape) do not fit along dimension \(axis)",
                    suggestion: "check the shapes of the inputs")
            }
            guard let both = elements.appending(tensor.elements) else {
                throw Tensor.Elements.differing(first.elementType, tensor.elementType)
            }
            starts.append(elements.count)
            elements = both
            shape[axis] += tensor.shape[axis]
        }
        _ = try Inputs.count(of: shape, limit: limit)
        let views = tensors.map { AxisView($0.shape, axis: axis) }
        guard views[0].outer > 1 else { return Tensor(unchecked: shape, elements) }
        var positions: [Int] = []
        positions.reserveCapacity(elements.count)
        for outer in 0..<views[0].outer {
            for (view, start) in zip(views, starts) {
                let size = view.length * view.inner
                positions.append(contentsOf: (start + outer * size)..<(start + (outer + 1) * size))
            }
        }
        return Tensor(unchecked: shape, elements.picking(positions))
    }
}

struct Split: Operator {
    private let axis: Int
    private let attribute: [Int64]?
    private let outputCount: Int

    init(_ context: NodeContext) throws {
        axis = try context.int("axis", 0)
        attribute = try context.node.attribute("split")?.ints()
        outputCount = max(context.node.outputs.count, 1)
        guard try context.int("num_outputs", outputCount) == outputCount else {
            throw context.invalid("num_outputs is not the number of outputs")
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        let view = AxisView(input.shape, axis: axis)
        let sizes: [Int]
        if let given = try inputs.optionalTensor(1)?.integers() ?? attribute {
            sizes = given.map { Int(truncatingIfNeeded: $0) }
        } else {
            // Equal parts; the last one may be smaller.
            let size = (view.length + outputCount - 1) / outputCount
            sizes = (0..<min(outputCount, view.length + 1)).map { min(size, max(view.length - $0 * size, 0)) }
        }
        guard sizes.allSatisfy({ (0...view.length).contains($0) }), sizes.reduce(0, +) == view.length, !input.shape.isEmpty else {
            throw ONNXError(
                .invalidInput, "\(view.length) elements cannot be split into \(sizes)", suggestion: "check the shapes of the inputs")
        }
        var start = 0
        return sizes.map { size in
            let positions = (0..<view.outer).flatMap { outer in view.position(outer, start, 0)..<view.position(outer, start + size, 0) }
            start += size
            var shape = input.shape
            shape[axis] = size
            return .tensor(Tensor(unchecked: shape, input.elements.picking(positions)))
        }
    }
}

struct Slice: Operator {
    private let starts: [Int64]?
    private let ends: [Int64]?
    private let axes: [Int64]?

    init(_ context: NodeContext) throws {
        starts = try context.node.attribute("starts")?.ints()
        ends = try context.node.attribute("ends")?.ints()
        axes = try context.node.attribute("axes")?.ints()
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let starts = try inputs.optionalTensor(1)?.integers() ?? starts ?? []
        let ends = try inputs.optionalTensor(2)?.integers() ?? ends ?? []
        let axes = try inputs.optionalTensor(3)?.integers() ?? axes ?? starts.indices.map { Int64($0) }
        let steps = try inputs.optionalTensor(4)?.integers() ?? starts.map { _ in 1 }
        guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
            throw ONNXError(.invalidInput, "starts, ends, dimensions and steps do not fit each other", suggestion: "export the model again")
        }
        var ranges = input.shape.map { Array(0..<$0) }
        for (index, axis) in try Axes.resolve(axes, rank: input.shape.count).enumerated() {
            guard ranges.indices.contains(axis) else { continue }
            ranges[axis] = Self.indices(input.shape[axis], start: starts[index], end: ends[index], step: steps[index])
        }
        let shape = ranges.map(\.count)
        guard !shape.contains(0) else { return [.tensor(Tensor(unchecked: shape, .empty(input.elementType)))] }
        let distances = Tensor.strides(of: input.shape)
        var positions = [0]
        for (range, distance) in zip(ranges, distances) { positions = positions.flatMap { start in range.map { start + $0 * distance } } }
        return [.tensor(Tensor(unchecked: shape, input.elements.picking(positions)))]
    }

    private static func indices(_ size: Int, start: Int64, end: Int64, step: Int64) -> [Int] {
        func bound(_ value: Int64, _ lowest: Int, _ highest: Int) -> Int {
            let fromFront = value < 0 ? value.addingReportingOverflow(Int64(size)).partialValue : value
            return Int(min(max(fromFront, Int64(lowest)), Int64(highest)))
        }
        // Steps as large as the dimension are as good as larger ones, and their sums do not overflow.
        let stride = Int(min(max(step, -Int64(size) - 1), Int64(size) + 1))
        if step > 0 { return Array(Swift.stride(from: bound(start, 0, size), to: bound(end, 0, size), by: stride)) }
        return Array(Swift.stride(from: bound(start, 0, size - 1), to: end < -Int64(size) ? -1 : bound(end, -1, size - 1), by: stride))
            .filter {
                $0 >= 0 && $0 < size
            }
    }
}

struct Tile: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let repeats = try inputs.tensor(1).integers()
        guard repeats.count == input.shape.count, repeats.allSatisfy({ $0 >= 0 && $0 <= Int64(inputs.limit) }) else {
            throw ONNXError(
                .invalidInput, "a tensor of shape \(input.shape) cannot be repeated \(repeats) times", suggestion: "check the inputs")
        }
        guard
            let shape = zip(input.shape, repeats).reduce(
                into: [Int]?([]),
                { shape, pair in
                    let (size, overflow) = pair.0.multipliedReportingOverflow(by: Int(pair.1))
                    if overflow { shape = nil } else { shape?.append(size) }
                })
        else { throw ONNXError(.invalidInput, "the repeated tensor is too large", suggestion: "repeat it less often") }
        guard try inputs.count(of: shape) > 0 else { return [.tensor(Tensor(unchecked: shape, .empty(input.elementType)))] }
        var positions = [0]
        for (dimension, distance) in Tensor.strides(of: input.shape).enumerated() {
            let size = input.shape[dimension]
            positions = positions.flatMap { start in (0..<shape[dimension]).map { start + $0 % size * distance } }
        }
        return [.tensor(Tensor(unchecked: shape, input.elements.picking(positions)))]
    }
}

/// A tensor with a constant, its edge or its mirror image around it.
struct Pad: Operator {
    private let mode: String
    private let attribute: [Int64]?
    private let value: Float

    init(_ context: NodeContext) throws {
        mode = try context.string("mode", "constant")
        attribute = try context.node.attribute("pads")?.ints()
        value = try context.float("value", 0)
        guard ["constant", "edge", "reflect", "wrap"].contains(mode) else { throw context.invalid("mode '\(mode)' is unknown") }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let pads = try inputs.optionalTensor(1)?.integers() ?? attribute ?? []
        let axes =
            try inputs.optionalTensor(3).map { try Axes.resolve(try $0.integers(), rank: input.shape.count) } ?? Array(input.shape.indices)
        guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude <= UInt64(inputs.limit) }) else {
            throw ONNXError(
                .invalidInput, "\(pads.count) pads do not fit a tensor of shape \(input.shape)", suggestion: "check the inputs of Pad")
        }
        var filler = try inputs.optionalTensor(2)?.elements
        if filler == nil || filler?.count == 0 {
            filler = input.elementType == .string ? .string([""]) : try input.elements.likewise([Double(value)])
        }
        guard let filler, let elements = input.elements.appending(filler) else {
            throw ONNXError(.invalidInput, "the padding is of another type than the tensor", suggestion: "check the inputs of Pad")
        }
        var before = [Int](repeating: 0, count: input.shape.count)
        var shape = input.shape
        for (index, axis) in axes.enumerated() {
            before[axis] = Int(pads[index])
            shape[axis] += Int(pads[index]) + Int(pads[axes.count + index])
        }
        guard try inputs.count(of: shape) > 0 else { return [.tensor(Tensor(unchecked: shape, .empty(input.elementType)))] }
        let filling = input.count
        var positions = [0]
        for (axis, distance) in Tensor.strides(of: input.shape).enumerated() {
            let sources = (0..<shape[axis]).map { source($0 - before[axis], input.shape[axis]) }
            positions = positions.flatMap { start in
                sources.map { source in source.flatMap { start == filling ? nil : start + $0 * distance } ?? filling }
            }
        }
        return [.tensor(Tensor(unchecked: shape, elements.picking(positions)))]
    }

    /// Where an element of a padded dimension comes from; nil for the filler.
    private func source(_ index: Int, _ size: Int) -> Int? {
        if (0..<size).contains(index) { return index }
        guard size > 0 else { return nil }
        switch mode {
        case "edge": return index < 0 ? 0 : size - 1
        case "reflect":
            guard size > 1 else { return 0 }
            let period = 2 * (size - 1)
            let place = ((index % period) + period) % period
            return place < size ? place : period - place
        case "wrap": return ((index % size) + size) % size
        default: return nil
        }
    }
}
