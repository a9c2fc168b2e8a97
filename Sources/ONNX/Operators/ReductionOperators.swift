/// Sums, means and extremes along dimensions, and where the extremes are.
enum ReductionOperators {
    static let all: [String: OperatorSet.Factory] = [
        "ReduceSum": { try Reduction($0, { $0 }, { $0 + $1 }) },
        "ReduceMean": { try Reduction($0, { $0 }, { $0 + $1 }, finish: { $0 / Double($1) }) },
        "ReduceMax": { try Reduction($0, start: -.infinity, { $0 }, { $0.isNaN ? $0 : $1.isNaN ? $1 : max($0, $1) }) },
        "ReduceMin": { try Reduction($0, start: .infinity, { $0 }, { $0.isNaN ? $0 : $1.isNaN ? $1 : min($0, $1) }) },
        "ReduceProd": { try Reduction($0, start: 1, { $0 }, { $0 * $1 }) },
        "ReduceL1": { try Reduction($0, { $0.magnitude }, { $0 + $1 }) },
        "ReduceL2": { try Reduction($0, { $0 * $0 }, { $0 + $1 }, finish: { sum, _ in sum.squareRoot() }) },
        "ReduceSumSquare": { try Reduction($0, { $0 * $0 }, { $0 + $1 }) },
        "ReduceLogSum": { try Reduction($0, { $0 }, { $0 + $1 }, finish: { sum, _ in Double.logarithm(sum) }) },
        "ReduceLogSumExp": { try Reduction($0, logSumExp: true) },
        "ArgMax": { try Extreme($0, largest: true) },
        "ArgMin": { try Extreme($0, largest: false) },
        "CumSum": { try RunningSum($0) },
    ]
}

/// Folds dimensions away, in 64 bits.
struct Reduction: Operator {
    private let axes: AxesSource
    private let keepsDimensions: Bool
    private let keepsAllWithoutAxes: Bool
    private let start: Double
    private let map: @Sendable (Double) -> Double
    private let combine: @Sendable (Double, Double) -> Double
    private let finish: @Sendable (Double, Int) -> Double
    private let isLogSumExp: Bool

    init(
        _ context: NodeContext, start: Double = 0, _ map: @escaping @Sendable (Double) -> Double,
        _ combine: @escaping @Sendable (Double, Double) -> Double,
        finish: @escaping @Sendable (Double, Int) -> Double = { value, _ in value },
        logSumExp: Bool = false
    ) throws {
        axes = try AxesSource(context, input: 1)
        keepsDimensions = try context.int("keepdims", 1) != 0
        keepsAllWithoutAxes = try context.int("noop_with_empty_axes", 0) != 0
        (self.start, self.map, self.combine, self.finish, isLogSumExp) = (start, map, combine, finish, logSumExp)
    }

    init(_ context: NodeContext, logSumExp: Bool) throws {
        try self.init(context, { $0 }, { $0 + $1 }, logSumExp: true)
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let given = try axes.axes(inputs) ?? []
        if given.isEmpty && keepsAllWithoutAxes { return [.tensor(input)] }
        let rank = input.shape.count
        let reduced = Set(given.isEmpty ? Array(0..<rank) : try Axes.resolve(given, rank: rank))
        let groups = input.count == 0 ? [] : Self.groups(input.shape, reduced)
        let values = try input.doubles()
        var kept: [Int] = []
        for (index, size) in input.shape.enumerated() {
            if !reduced.contains(index) { kept.append(size) } else if keepsDimensions { kept.append(1) }
        }
        let count = try inputs.count(of: kept)
        var results = [Double](repeating: start, count: count)
        let size = count == 0 ? 0 : input.count / count
        if isLogSumExp {
            // The largest is taken out first, so that the exponentials stay in range.
            var largest = [Double](repeating: -.infinity, count: count)
            for (index, value) in values.enumerated() { largest[groups[index]] = max(largest[groups[index]], value) }
            for (index, value) in values.enumerated() where largest[groups[index]].isFinite {
                results[groups[index]] += Double.exponential(value - largest[groups[index]])
            }
            for index in results.indices {
                results[index] = largest[index].isFinite ? largest[index] + Double.logarithm(results[index]) : largest[index]
            }
        } else {
            for (index, value) in values.enumerated() { results[groups[index]] = combine(results[groups[index]], map(value)) }
            for index in results.indices { results[index] = finish(results[index], size) }
        }
        return [.tensor(Tensor(unchecked: kept, try input.elements.likewise(results)))]
    }

    /// For each element, the element of the result that it goes into.
    private static func groups(_ shape: [Int], _ reduced: Set<Int>) -> [Int] {
        var groups = [0]
        for (index, size) in shape.enumerated() {
            groups =
                reduced.contains(index)
                ? groups.flatMap { [Int](repeating: $0, count: size) } : groups.flatMap { group in (0..<size).map { group * size + $0 } }
        }
        return groups
    }
}

extension Tensor.Elements {
    /// Numbers of these elements' type.
    func likewise(_ values: [Double]) throws -> Tensor.Elements {
        struct Visitor: NumberVisitor {
            let values: [Double]
            func visit<Number: TensorNumber>(_: [Number]) -> Tensor.Elements { Number.wrap(values.map { Number(nearest: $0) }) }
        }
        // The largest of no truth values, an infinity below zero, is false.
        if case .bool = self { return .bool(values.map { $0 > 0 }) }
        return try Tensor.Elements.empty(type).accept(Visitor(values: values))
    }
}

/// The position of the largest or smallest along a dimension: the first of several, or the last.
struct Extreme: Operator {
    private let axis: Int
    private let keepsDimensions: Bool
    private let takesLast: Bool
    private let largest: Bool

    init(_ context: NodeContext, largest: Bool) throws {
        axis = try context.int("axis", 0)
        keepsDimensions = try context.int("keepdims", 1) != 0
        takesLast = try context.int("select_last_index", 0) != 0
        self.largest = largest
    }

    private struct Visitor: NumberVisitor {
        let view: AxisView
        let largest: Bool
        let takesLast: Bool

        func visit<Number: TensorNumber>(_ values: [Number]) -> [Int64] {
            var found: [Int64] = []
            found.reserveCapacity(view.outer * view.inner)
            for outer in 0..<view.outer {
                for inner in 0..<view.inner {
                    var best = 0
                    for index in 1..<max(view.length, 1) {
                        let (value, other) = (values[view.position(outer, index, inner)], values[view.position(outer, best, inner)])
                        if largest ? value > other : value < other { best = index } else if takesLast && value == other { best = index }
                    }
                    found.append(Int64(best))
                }
            }
            return found
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let axis = try Axes.resolve(self.axis, rank: input.shape.count)
        var shape = input.shape
        guard !shape.isEmpty else { return [.tensor(Tensor(unchecked: [], .int64([0])))] }
        guard shape[axis] > 0 else {
            throw ONNXError(.invalidInput, "there is no largest or smallest of no elements", suggestion: "pass at least one row")
        }
        let view = AxisView(shape, axis: axis)
        let found = try input.elements.accept(Visitor(view: view, largest: largest, takesLast: takesLast))
        if keepsDimensions { shape[axis] = 1 } else { shape.remove(at: axis) }
        return [.tensor(Tensor(unchecked: shape, .int64(found)))]
    }
}

/// Sums so far along a dimension.
struct RunningSum: Operator {
    private let isExclusive: Bool
    private let isReverse: Bool

    init(_ context: NodeContext) throws {
        isExclusive = try context.int("exclusive", 0) != 0
        isReverse = try context.int("reverse", 0) != 0
    }

    private struct Visitor: NumberVisitor {
        let view: AxisView
        let isExclusive: Bool
        let isReverse: Bool

        func visit<Number: TensorNumber>(_ values: [Number]) -> Tensor.Elements {
            var results = values
            for outer in 0..<view.outer {
                for inner in 0..<view.inner {
                    var sum = Number.zero
                    for step in 0..<view.length {
                        let position = view.position(outer, isReverse ? view.length - 1 - step : step, inner)
                        let next = Number.plus(sum, values[position])
                        results[position] = isExclusive ? sum : next
                        sum = next
                    }
                }
            }
            return Number.wrap(results)
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let axis = try Axes.resolve(Int(truncatingIfNeeded: try inputs.tensor(1).integers().first ?? 0), rank: input.shape.count)
        guard !input.shape.isEmpty else { return [.tensor(input)] }
        let visitor = Visitor(view: AxisView(input.shape, axis: axis), isExclusive: isExclusive, isReverse: isReverse)
        return [.tensor(Tensor(unchecked: input.shape, try input.elements.accept(visitor)))]
    }
}
