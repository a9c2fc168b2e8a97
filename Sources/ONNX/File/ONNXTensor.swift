/// A tensor as a file holds it: its name, type and shape are known, its elements are decoded by ``tensor()``.
public struct ONNXTensor: Sendable {
    public let name: String
    public let shape: [Int]
    /// The number that the file gives for the element type; ``ElementType`` names those that are read here.
    public let elementTypeNumber: Int32
    /// Whether the elements are in another file, which is refused when they are asked for.
    public let isExternal: Bool
    let body: ArraySlice<UInt8>

    public init(name: String, _ tensor: Tensor) {
        var writer = WireWriter()
        for dimension in tensor.shape { writer.integer(1, Int64(dimension)) }
        writer.integer(2, Int64(tensor.elementType.rawValue))
        switch tensor.elements {
        case .string(let values): for value in values { writer.string(6, value) }
        default: writer.message(9, tensor.littleEndianBytes()[...])
        }
        writer.stringIfPresent(8, name)
        self.name = name
        self.shape = tensor.shape
        self.elementTypeNumber = tensor.elementType.rawValue
        self.isExternal = false
        self.body = writer.bytes[...]
    }

    init(bytes: ArraySlice<UInt8>) throws {
        var name = ""
        var shape: [Int] = []
        var type: Int32 = 0
        var isExternal = false
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch field.number {
                case 1: try reader.numbers(field) { shape.append(try Self.dimension($0, of: bytes)) }
                case 2:
                    try reader.expect(field, .varint, "a tensor's type")
                    type = Int32(truncatingIfNeeded: try reader.varint())
                case 8:
                    try reader.expect(field, .bytes, "a tensor's name")
                    name = try reader.string()
                case 14:
                    try reader.expect(field, .varint, "a tensor's data location")
                    isExternal = try reader.varint() == 1
                default: try reader.skip(field.kind)
                }
            }
        }
        self.name = name
        self.shape = shape
        self.elementTypeNumber = type
        self.isExternal = isExternal
        self.body = bytes
    }

    private static func dimension(_ bits: UInt64, of bytes: ArraySlice<UInt8>) throws -> Int {
        guard let value = Int(exactly: bits), value <= Tensor.largestCount else {
            throw ONNXError(
                .malformedFile, "a tensor has a dimension of \(Int64(bitPattern: bits))", at: "byte \(bytes.startIndex)",
                suggestion: "the file is damaged")
        }
        return value
    }

    /// The elements; an error where there are more or fewer than the shape says.
    public func tensor() throws -> Tensor {
        let place = name.isEmpty ? "a tensor at byte \(body.startIndex)" : "tensor '\(name)'"
        guard !isExternal else {
            throw ONNXError(
                .unsupportedFile, "its elements are in another file", at: place,
                suggestion: "save the model with its data inside of one file")
        }
        guard let type = ElementType(rawValue: elementTypeNumber) else {
            throw ONNXError(
                .unsupportedFile, "element type \(elementTypeNumber) is not read here", at: place,
                suggestion: "run the model with the engine onnxRuntime")
        }
        guard let count = Tensor.count(of: shape) else {
            throw ONNXError(.malformedFile, "the shape \(shape) has too many elements", at: place, suggestion: "the file is damaged")
        }
        let elements = try decode(type, count: count)
        guard elements.count == count else {
            throw ONNXError(
                .malformedFile, "the shape \(shape) needs \(count) elements, the file holds \(elements.count)", at: place,
                suggestion: "the file is damaged")
        }
        return Tensor(unchecked: shape, elements)
    }

    private func decode(_ type: ElementType, count: Int) throws -> Tensor.Elements {
        var raw: ArraySlice<UInt8>?
        var floats: [Float] = []
        var doubles: [Double] = []
        var integers: [Int64] = []
        var strings: [String] = []
        try WireReader.read(body) { reader in
            while let field = try reader.next() {
                switch field.number {
                case 4: try reader.words32(field) { floats.append(Float(bitPattern: $0)) }
                case 5, 7, 11: try reader.numbers(field) { integers.append(Int64(bitPattern: $0)) }
                case 6:
                    try reader.expect(field, .bytes, "a string element")
                    strings.append(try reader.string())
                case 9:
                    try reader.expect(field, .bytes, "raw data")
                    raw = try reader.slice()
                case 10: try reader.words64(field) { doubles.append(Double(bitPattern: $0)) }
                default: try reader.skip(field.kind)
                }
            }
        }
        if let raw, type != .string { return Tensor.Elements(type, littleEndian: raw) }
        switch type {
        case .float: return .float(floats)
        case .double: return .double(doubles)
        case .string: return .string(strings)
        case .bool: return .bool(integers.map { $0 != 0 })
        case .int64: return .int64(integers)
        case .int32: return .int32(integers.map { Int32(truncatingIfNeeded: $0) })
        case .int16: return .int16(integers.map { Int16(truncatingIfNeeded: $0) })
        case .int8: return .int8(integers.map { Int8(truncatingIfNeeded: $0) })
        case .uint64: return .uint64(integers.map { UInt64(bitPattern: $0) })
        case .uint32: return .uint32(integers.map { UInt32(truncatingIfNeeded: $0) })
        case .uint16: return .uint16(integers.map { UInt16(truncatingIfNeeded: $0) })
        case .uint8: return .uint8(integers.map { UInt8(truncatingIfNeeded: $0) })
        case .float16: return .float16(integers.map { UInt16(truncatingIfNeeded: $0) })
        }
    }
}
