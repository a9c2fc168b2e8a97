/// A change of an array that is the same whatever the array holds.
protocol ArrayTransform {
    func callAsFunction<Value>(_ values: [Value]) -> [Value]
}

/// Takes the elements at some positions, which are known to exist.
struct Picking: ArrayTransform {
    let positions: [Int]

    func callAsFunction<Value>(_ values: [Value]) -> [Value] {
        positions.map { values[$0] }
    }
}

extension Tensor.Elements {
    func transformed(_ transform: some ArrayTransform) -> Tensor.Elements {
        switch self {
        case .float(let values): .float(transform(values))
        case .double(let values): .double(transform(values))
        case .int64(let values): .int64(transform(values))
        case .int32(let values): .int32(transform(values))
        case .int16(let values): .int16(transform(values))
        case .int8(let values): .int8(transform(values))
        case .uint64(let values): .uint64(transform(values))
        case .uint32(let values): .uint32(transform(values))
        case .uint16(let values): .uint16(transform(values))
        case .uint8(let values): .uint8(transform(values))
        case .bool(let values): .bool(transform(values))
        case .string(let values): .string(transform(values))
        case .float16(let values): .float16(transform(values))
        }
    }

    func picking(_ positions: [Int]) -> Tensor.Elements {
        transformed(Picking(positions: positions))
    }

    /// These elements and others of the same type; nil where the types differ.
    func appending(_ other: Tensor.Elements) -> Tensor.Elements? {
        switch (self, other) {
        case (.float(let one), .float(let two)): .float(one + two)
        case (.double(let one), .double(let two)): .double(one + two)
        case (.int64(let one), .int64(let two)): .int64(one + two)
        case (.int32(let one), .int32(let two)): .int32(one + two)
        case (.int16(let one), .int16(let two)): .int16(one + two)
        case (.int8(let one), .int8(let two)): .int8(one + two)
        case (.uint64(let one), .uint64(let two)): .uint64(one + two)
        case (.uint32(let one), .uint32(let two)): .uint32(one + two)
        case (.uint16(let one), .uint16(let two)): .uint16(one + two)
        case (.uint8(let one), .uint8(let two)): .uint8(one + two)
        case (.bool(let one), .bool(let two)): .bool(one + two)
        case (.string(let one), .string(let two)): .string(one + two)
        case (.float16(let one), .float16(let two)): .float16(one + two)
        default: nil
        }
    }

    /// No elements, of a type.
    static func empty(_ type: ElementType) -> Tensor.Elements {
        Tensor.Elements(type, littleEndian: [])
    }
}

extension Tensor {
    /// A tensor of the same elements in another shape, which is known to hold as many.
    func reshaped(_ shape: [Int]) -> Tensor {
        Tensor(unchecked: shape, elements)
    }

    /// The distance between neighbours along each dimension.
    static func strides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() { strides[index] = strides[index + 1] * shape[index + 1] }
        return strides
    }
}
