extension Tensor {
    /// The elements as 64-bit floating point numbers; an error for text.
    public func doubles() throws -> [Double] {
        switch elements {
        case .float(let values): values.map { Double($0) }
        case .double(let values): values
        case .int64(let values): values.map { Double($0) }
        case .int32(let values): values.map { Double($0) }
        case .int16(let values): values.map { Double($0) }
        case .int8(let values): values.map { Double($0) }
        case .uint64(let values): values.map { Double($0) }
        case .uint32(let values): values.map { Double($0) }
        case .uint16(let values): values.map { Double($0) }
        case .uint8(let values): values.map { Double($0) }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .float16(let values): values.map { Double(Float(halfBits: $0)) }
        case .string: throw notNumbers()
        }
    }

    /// The elements as 32-bit floating point numbers, rounded to nearest; an error for text.
    public func floats() throws -> [Float] {
        switch elements {
        case .float(let values): values
        case .double(let values): values.map { Float($0) }
        case .int64(let values): values.map { Float($0) }
        case .int32(let values): values.map { Float($0) }
        case .uint64(let values): values.map { Float($0) }
        case .uint32(let values): values.map { Float($0) }
        case .float16(let values): values.map { Float(halfBits: $0) }
        default: try doubles().map { Float($0) }
        }
    }

    /// The elements of a tensor of integers or truth values; an error for any other.
    public func integers() throws -> [Int64] {
        switch elements {
        case .int64(let values): values
        case .int32(let values): values.map { Int64($0) }
        case .int16(let values): values.map { Int64($0) }
        case .int8(let values): values.map { Int64($0) }
        case .uint32(let values): values.map { Int64($0) }
        case .uint16(let values): values.map { Int64($0) }
        case .uint8(let values): values.map { Int64($0) }
        case .uint64(let values): values.map { Int64(truncatingIfNeeded: $0) }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .float, .double, .float16, .string:
            throw ONNXError(.invalidGraph, "integers are wanted where there is a tensor of \(elementType)", suggestion: "cast it to int64")
        }
    }

    /// The elements of a tensor of text; an error for any other.
    public func strings() throws -> [String] {
        guard case .string(let values) = elements else {
            throw ONNXError(.invalidGraph, "text is wanted where there is a tensor of \(elementType)", suggestion: "cast it to string")
        }
        return values
    }

    private func notNumbers() -> ONNXError {
        ONNXError(.invalidGraph, "numbers are wanted where there is a tensor of text", suggestion: "encode the text as numbers first")
    }
}

extension Float {
    /// A half-precision number by its bits.
    init(halfBits bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1F
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            // Zero and subnormal numbers: the fraction counts units of 2^-24.
            let magnitude = Float(fraction) * 0x1p-24
            self = sign == 0 ? magnitude : -magnitude
        case 31: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
