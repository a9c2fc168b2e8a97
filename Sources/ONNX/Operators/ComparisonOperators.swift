/// Comparisons, logic, and choosing by them.
enum ComparisonOperators {
    static let all: [String: OperatorSet.Factory] = [
        "Equal": { _ in Equal() },
        "Less": { _ in Ordering(kernel: IsLess()) },
        "LessOrEqual": { _ in Ordering(kernel: IsLessOrEqual()) },
        "Greater": { _ in Ordering(kernel: IsGreater()) },
        "GreaterOrEqual": { _ in Ordering(kernel: IsGreaterOrEqual()) },
        "And": { _ in Logic { $0 && $1 } },
        "Or": { _ in Logic { $0 || $1 } },
        "Xor": { _ in Logic { $0 != $1 } },
        "Not": { _ in Not() },
        "IsNaN": { _ in Missing() },
        "IsInf": { context in
            Infinite(negative: try context.int("detect_negative", 1) != 0, positive: try context.int("detect_positive", 1) != 0)
        },
        "Where": { _ in Where() },
    ]
}

protocol OrderingKernel: Sendable {
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Bool
}

struct IsLess: OrderingKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Bool { one < two }
}

struct IsLessOrEqual: OrderingKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Bool { one <= two }
}

struct IsGreater: OrderingKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Bool { one > two }
}

struct IsGreaterOrEqual: OrderingKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Bool { one >= two }
}

struct IsEqual: OrderingKernel {
    @inline(__always)
    func apply<Number: TensorNumber>(_ one: Number, _ two: Number) -> Bool { one == two }
}

struct Ordering<Kernel: OrderingKernel>: Operator {
    let kernel: Kernel

    private struct Visitor: NumberPairVisitor {
        let broadcast: Broadcast
        let kernel: Kernel

        func visit<Number: TensorNumber>(_ one: [Number], _ two: [Number]) -> [Bool] {
            broadcast.map(one, two) { kernel.apply($0, $1) }
        }
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (one, two) = (try inputs.tensor(0), try inputs.tensor(1))
        let broadcast = try Broadcast(one.shape, two.shape, limit: inputs.limit)
        let truths = try one.elements.accept(two.elements, Visitor(broadcast: broadcast, kernel: kernel))
        return [.tensor(Tensor(unchecked: broadcast.shape, .bool(truths)))]
    }
}

/// Equality, which texts and truth values have as well.
struct Equal: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (one, two) = (try inputs.tensor(0), try inputs.tensor(1))
        switch (one.elements, two.elements) {
        case (.bool(let first), .bool(let second)):
            let broadcast = try Broadcast(one.shape, two.shape, limit: inputs.limit)
            return [.tensor(Tensor(unchecked: broadcast.shape, .bool(broadcast.map(first, second) { $0 == $1 })))]
        case (.string(let first), .string(let second)):
            let broadcast = try Broadcast(one.shape, two.shape, limit: inputs.limit)
            return [.tensor(Tensor(unchecked: broadcast.shape, .bool(broadcast.map(first, second) { TextKey($0) == TextKey($1) })))]
        default: return try Ordering(kernel: IsEqual()).run(inputs)
        }
    }
}

struct Logic: Operator {
    let body: @Sendable (Bool, Bool) -> Bool

    init(_ body: @escaping @Sendable (Bool, Bool) -> Bool) {
        self.body = body
    }

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (one, two) = (try inputs.tensor(0), try inputs.tensor(1))
        let broadcast = try Broadcast(one.shape, two.shape, limit: inputs.limit)
        return [.tensor(Tensor(unchecked: broadcast.shape, .bool(broadcast.map(try one.truths(), try two.truths(), body))))]
    }
}

struct Not: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        return [.tensor(Tensor(unchecked: input.shape, .bool(try input.truths().map { !$0 })))]
    }
}

struct Missing: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let truths: [Bool] =
            switch input.elements {
            case .float(let values): values.map(\.isNaN)
            case .double(let values): values.map(\.isNaN)
            case .float16(let values): values.map { Float(halfBits: $0).isNaN }
            default: throw Tensor.Elements.unsupported(input.elementType)
            }
        return [.tensor(Tensor(unchecked: input.shape, .bool(truths)))]
    }
}

struct Infinite: Operator {
    let negative: Bool
    let positive: Bool

    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let input = try inputs.tensor(0)
        let truths = try input.doubles().map { ($0 == .infinity && positive) || ($0 == -.infinity && negative) }
        return [.tensor(Tensor(unchecked: input.shape, .bool(truths)))]
    }
}

/// Elements of one tensor or of another, as a third says.
struct Where: Operator {
    func run(_ inputs: Inputs) throws -> [ONNXValue] {
        let (condition, yes, no) = (try inputs.tensor(0), try inputs.tensor(1), try inputs.tensor(2))
        let sides = try Broadcast(yes.shape, no.shape, limit: inputs.limit)
        let all = try Broadcast(condition.shape, sides.shape, limit: inputs.limit)
        // Positions in the two sides' elements, one behind the other.
        let pairs = sides.map(Array(0..<yes.count), Array(0..<no.count)) { ($0, $1 + yes.count) }
        let positions = all.map(try condition.truths(), pairs) { $0 ? $1.0 : $1.1 }
        guard let both = yes.elements.appending(no.elements) else { throw Tensor.Elements.differing(yes.elementType, no.elementType) }
        return [.tensor(Tensor(unchecked: all.shape, both.picking(positions)))]
    }
}

extension Tensor {
    /// The elements of a tensor of truth values; an error for any other.
    func truths() throws -> [Bool] {
        guard case .bool(let values) = elements else {
            throw ONNXError(
                .invalidGraph, "truth values are wanted where there is a tensor of \(elementType)", suggestion: "cast it to bool")
        }
        return values
    }
}

/// A text that is equal to another where their bytes are, as ONNX has it; Swift's own equality looks at what the bytes mean.
struct TextKey: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (one: TextKey, two: TextKey) -> Bool {
        one.text.utf8.elementsEqual(two.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}
