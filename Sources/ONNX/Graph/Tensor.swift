/// A block of numbers, truth values or strings with a shape, in row-major order.
///
/// ```swift
/// let rows = try Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float])
/// ```
public struct Tensor: Sendable, Equatable {
    public enum Elements: Sendable, Equatable {
        case float([Float])
        case double([Double])
        case int64([Int64])
        case int32([Int32])
        case int16([Int16])
        case int8([Int8])
        case uint64([UInt64])
        case uint32([UInt32])
        case uint16([UInt16])
        case uint8([UInt8])
        case bool([Bool])
        case string([String])
        /// Half-precision numbers by their bits.
        case float16([UInt16])
    }

    public let shape: [Int]
    public let elements: Elements

    /// No tensor may have more elements; nor may its dimensions without those of 0 say more.
    static let largestCount = 1 << 28

    /// A tensor of that shape; an error where the elements are more or fewer than the shape says.
    public init(_ shape: [Int], elements: Elements) throws {
        guard let count = Self.count(of: shape), count == elements.count else {
            throw ONNXError(
                .invalidInput, "the shape \(shape) does not fit \(elements.count) elements",
                suggestion: "multiply the dimensions: they must give the count")
        }
        self.shape = shape
        self.elements = elements
    }

    /// A tensor whose shape is known to fit.
    init(unchecked shape: [Int], _ elements: Elements) {
        self.shape = shape
        self.elements = elements
    }

    public init(_ shape: [Int], _ values: [Float]) throws { try self.init(shape, elements: .float(values)) }
    public init(_ shape: [Int], _ values: [Double]) throws { try self.init(shape, elements: .double(values)) }
    public init(_ shape: [Int], _ values: [Int64]) throws { try self.init(shape, elements: .int64(values)) }
    public init(_ shape: [Int], _ values: [Int32]) throws { try self.init(shape, elements: .int32(values)) }
    public init(_ shape: [Int], _ values: [Bool]) throws { try self.init(shape, elements: .bool(values)) }
    public init(_ shape: [Int], _ values: [String]) throws { try self.init(shape, elements: .string(values)) }

    /// The number of elements.
    public var count: Int { elements.count }

    public var elementType: ElementType { elements.type }

    /// The product of the dimensions, or nil where one is negative or the product is beyond all reason.
    static func count(of shape: [Int]) -> Int? {
        var count = 1
        var isEmpty = false
        for dimension in shape {
            guard dimension >= 0 else { return nil }
            if dimension == 0 {
                isEmpty = true
                continue
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= largestCount else { return nil }
            count = product
        }
        return isEmpty ? 0 : count
    }
}

extension Tensor.Elements {
    public var count: Int {
        switch self {
        case .float(let values): values.count
        case .double(let values): values.count
        case .int64(let values): values.count
        case .int32(let values): values.count
        case .int16(let values): values.count
        case .int8(let values): values.count
        case .uint64(let values): values.count
        case .uint32(let values): values.count
        case .uint16(let values): values.count
        case .uint8(let values): values.count
        case .bool(let values): values.count
        case .string(let values): values.count
        case .float16(let values): values.count
        }
    }

    public var type: ElementType {
        switch self {
        case .float: .float
        case .double: .double
        case .int64: .int64
        case .int32: .int32
        case .int16: .int16
        case .int8: .int8
        case .uint64: .uint64
        case .uint32: .uint32
        case .uint16: .uint16
        case .uint8: .uint8
        case .bool: .bool
        case .string: .string
        case .float16: .float16
        }
    }
}

extension Tensor {
    /// The elements as a file's raw data has them; empty for strings.
    func littleEndianBytes() -> [UInt8] {
        func bytes<Value>(_ values: [Value], _ bits: (Value) -> some FixedWidthInteger) -> [UInt8] {
            var writer = WireWriter()
            for value in values { writer.littleEndian(bits(value)) }
            return writer.bytes
        }
        return switch elements {
        case .float(let values): bytes(values) { $0.bitPattern }
        case .double(let values): bytes(values) { $0.bitPattern }
        case .int64(let values): bytes(values) { $0 }
        case .int32(let values): bytes(values) { $0 }
        case .int16(let values): bytes(values) { $0 }
        case .int8(let values): bytes(values) { $0 }
        case .uint64(let values): bytes(values) { $0 }
        case .uint32(let values): bytes(values) { $0 }
        case .uint16(let values): bytes(values) { $0 }
        case .uint8(let values): values
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .string: []
        case .float16(let values): bytes(values) { $0 }
        }
    }
}

extension Tensor.Elements {
    /// Elements from a file's raw data; a rest that makes no whole element is left to the caller's count to notice.
    init(_ type: ElementType, littleEndian raw: ArraySlice<UInt8>) {
        func words<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
            let size = MemoryLayout<Word>.size
            // Bytes that are left over count as one more element, so that the shape never fits them.
            return raw.withUnsafeBytes { buffer in
                (0..<((buffer.count + size - 1) / size)).map { index in
                    index * size + size <= buffer.count
                        ? Word(littleEndian: buffer.loadUnaligned(fromByteOffset: index * size, as: Word.self)) : 0
                }
            }
        }
        switch type {
        case .float: self = .float(words(UInt32.self).map(Float.init(bitPattern:)))
        case .double: self = .double(words(UInt64.self).map(Double.init(bitPattern:)))
        case .int64: self = .int64(words(Int64.self))
        case .int32: self = .int32(words(Int32.self))
        case .int16: self = .int16(words(Int16.self))
        case .int8: self = .int8(words(Int8.self))
        case .uint64: self = .uint64(words(UInt64.self))
        case .uint32: self = .uint32(words(UInt32.self))
        case .uint16: self = .uint16(words(UInt16.self))
        case .uint8: self = .uint8(Array(raw))
        case .bool: self = .bool(raw.map { $0 != 0 })
        case .float16: self = .float16(words(UInt16.self))
        case .string: self = .string([])
        }
    }
}
