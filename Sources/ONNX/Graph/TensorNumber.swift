/// A number that tensors hold, with arithmetic that never traps: integers wrap around, and a division by zero gives zero.
protocol TensorNumber: Comparable, Sendable, BitwiseCopyable {
    static func wrap(_ values: [Self]) -> Tensor.Elements
    static func plus(_ one: Self, _ two: Self) -> Self
    static func minus(_ one: Self, _ two: Self) -> Self
    static func times(_ one: Self, _ two: Self) -> Self
    static func over(_ one: Self, _ two: Self) -> Self
    /// The remainder; with the sign of the divisor, or of the dividend as C's `fmod` has it.
    static func modulo(_ one: Self, _ two: Self, likeC: Bool) -> Self
    static var zero: Self { get }
    static var one: Self { get }
    static var lowest: Self { get }
    static var highest: Self { get }
    var isMissing: Bool { get }
    var asDouble: Double { get }
    /// The nearest number of this type; of a floating-point number, its whole part, and the nearest end where it is out of range.
    init(nearest value: Double)
}

extension TensorNumber where Self: FixedWidthInteger {
    static func plus(_ one: Self, _ two: Self) -> Self { one &+ two }
    static func minus(_ one: Self, _ two: Self) -> Self { one &- two }
    static func times(_ one: Self, _ two: Self) -> Self { one &* two }
    static func over(_ one: Self, _ two: Self) -> Self { two == 0 ? 0 : one.dividedReportingOverflow(by: two).partialValue }
    static func modulo(_ one: Self, _ two: Self, likeC: Bool) -> Self {
        guard two != 0 else { return 0 }
        let rest = one.remainderReportingOverflow(dividingBy: two).partialValue
        return !likeC && rest != 0 && (rest < 0) != (two < 0) ? rest &+ two : rest
    }
    static var zero: Self { 0 }
    static var one: Self { 1 }
    static var lowest: Self { .min }
    static var highest: Self { .max }
    var isMissing: Bool { false }
    var asDouble: Double { Double(self) }
    init(nearest value: Double) {
        if value.isNaN {
            self = 0
        } else {
            // Both ends as doubles; the upper one may round up to the first number that does not fit.
            self = value <= Double(Self.min) ? .min : value >= Double(Self.max) ? .max : Self(value)
        }
    }
}

extension TensorNumber where Self: Score {
    static func plus(_ one: Self, _ two: Self) -> Self { one + two }
    static func minus(_ one: Self, _ two: Self) -> Self { one - two }
    static func times(_ one: Self, _ two: Self) -> Self { one * two }
    static func over(_ one: Self, _ two: Self) -> Self { one / two }
    static func modulo(_ one: Self, _ two: Self, likeC: Bool) -> Self {
        let rest = one.truncatingRemainder(dividingBy: two)
        return !likeC && rest != 0 && (rest < 0) != (two < 0) ? rest + two : rest
    }
    static var zero: Self { 0 }
    static var one: Self { 1 }
    static var lowest: Self { -.infinity }
    static var highest: Self { .infinity }
    var isMissing: Bool { isNaN }
    var asDouble: Double { Double(self) }
    init(nearest value: Double) { self = Self(value) }
}

extension Float: TensorNumber { static func wrap(_ values: [Float]) -> Tensor.Elements { .float(values) } }
extension Double: TensorNumber { static func wrap(_ values: [Double]) -> Tensor.Elements { .double(values) } }
extension Int64: TensorNumber { static func wrap(_ values: [Int64]) -> Tensor.Elements { .int64(values) } }
extension Int32: TensorNumber { static func wrap(_ values: [Int32]) -> Tensor.Elements { .int32(values) } }
extension Int16: TensorNumber { static func wrap(_ values: [Int16]) -> Tensor.Elements { .int16(values) } }
extension Int8: TensorNumber { static func wrap(_ values: [Int8]) -> Tensor.Elements { .int8(values) } }
extension UInt64: TensorNumber { static func wrap(_ values: [UInt64]) -> Tensor.Elements { .uint64(values) } }
extension UInt32: TensorNumber { static func wrap(_ values: [UInt32]) -> Tensor.Elements { .uint32(values) } }
extension UInt16: TensorNumber { static func wrap(_ values: [UInt16]) -> Tensor.Elements { .uint16(values) } }
extension UInt8: TensorNumber { static func wrap(_ values: [UInt8]) -> Tensor.Elements { .uint8(values) } }

/// Something that is done with an array of numbers, whichever they are.
protocol NumberVisitor {
    associatedtype Output
    func visit<Number: TensorNumber>(_ values: [Number]) throws -> Output
}

/// Something that is done with two arrays of the same numbers.
protocol NumberPairVisitor {
    associatedtype Output
    func visit<Number: TensorNumber>(_ one: [Number], _ two: [Number]) throws -> Output
}

extension Tensor.Elements {
    func accept<Visitor: NumberVisitor>(_ visitor: Visitor) throws -> Visitor.Output {
        switch self {
        case .float(let values): try visitor.visit(values)
        case .double(let values): try visitor.visit(values)
        case .int64(let values): try visitor.visit(values)
        case .int32(let values): try visitor.visit(values)
        case .int16(let values): try visitor.visit(values)
        case .int8(let values): try visitor.visit(values)
        case .uint64(let values): try visitor.visit(values)
        case .uint32(let values): try visitor.visit(values)
        case .uint16(let values): try visitor.visit(values)
        case .uint8(let values): try visitor.visit(values)
        case .bool, .string, .float16: throw Self.unsupported(type)
        }
    }

    func accept<Visitor: NumberPairVisitor>(_ other: Tensor.Elements, _ visitor: Visitor) throws -> Visitor.Output {
        switch (self, other) {
        case (.float(let one), .float(let two)): try visitor.visit(one, two)
        case (.double(let one), .double(let two)): try visitor.visit(one, two)
        case (.int64(let one), .int64(let two)): try visitor.visit(one, two)
        case (.int32(let one), .int32(let two)): try visitor.visit(one, two)
        case (.int16(let one), .int16(let two)): try visitor.visit(one, two)
        case (.int8(let one), .int8(let two)): try visitor.visit(one, two)
        case (.uint64(let one), .uint64(let two)): try visitor.visit(one, two)
        case (.uint32(let one), .uint32(let two)): try visitor.visit(one, two)
        case (.uint16(let one), .uint16(let two)): try visitor.visit(one, two)
        case (.uint8(let one), .uint8(let two)): try visitor.visit(one, two)
        default: throw type == other.type ? Self.unsupported(type) : Self.differing(type, other.type)
        }
    }

    static func unsupported(_ type: ElementType) -> ONNXError {
        ONNXError(
            .unsupportedOperator, "the native operator has no form for tensors of \(type)",
            suggestion: "run the model with the engine onnxRuntime")
    }

    static func differing(_ one: ElementType, _ two: ElementType) -> ONNXError {
        ONNXError(.invalidGraph, "the inputs are tensors of \(one) and of \(two)", suggestion: "cast one of them")
    }
}
