/// The name and type of a graph's input or output.
public struct ONNXValueInfo: Sendable, Hashable {
    public var name: String
    public var type: ONNXType

    public init(name: String, type: ONNXType) {
        self.name = name
        self.type = type
    }

    init(bytes: ArraySlice<UInt8>) throws {
        var name = ""
        var type: ONNXType?
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .bytes): name = try reader.string()
                case (2, .bytes): type = try ONNXType(bytes: reader.slice(), depth: 0)
                case (1, _), (2, _): throw reader.malformed("value field \(field.number) has the wrong wire type")
                default: try reader.skip(field.kind)
                }
            }
        }
        self.name = name
        self.type = type ?? .unknown
    }

    func encode(into writer: inout WireWriter) {
        writer.string(1, name)
        writer.message(2) { type.encode(into: &$0) }
    }
}

/// The type of a value that flows through a graph.
public indirect enum ONNXType: Sendable, Hashable {
    /// A tensor; the shape is nil where even the number of dimensions is open.
    case tensor(ElementType, shape: [ONNXDimension]?)
    case sequence(ONNXType)
    case map(key: ElementType, value: ONNXType)
    case optional(ONNXType)
    /// A type that is not read here; ONNX Runtime may know it.
    case unknown

    static let deepestNesting = 16

    init(bytes: ArraySlice<UInt8>, depth: Int) throws {
        guard depth <= Self.deepestNesting else {
            throw ONNXError(
                .malformedFile, "types nest deeper than \(Self.deepestNesting)", at: "byte \(bytes.startIndex)",
                suggestion: "the file is damaged or hostile")
        }
        var type = ONNXType.unknown
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .bytes): type = try Self.tensor(reader.slice())
                case (4, .bytes): type = .sequence(try Self.inner(reader.slice(), field: 1, depth: depth).value)
                case (5, .bytes):
                    let (key, value) = try Self.inner(reader.slice(), field: 2, depth: depth)
                    type = ElementType(rawValue: key).map { .map(key: $0, value: value) } ?? .unknown
                case (9, .bytes): type = .optional(try Self.inner(reader.slice(), field: 1, depth: depth).value)
                default: try reader.skip(field.kind)
                }
            }
        }
        self = type
    }

    private static func inner(_ bytes: ArraySlice<UInt8>, field wanted: Int, depth: Int) throws -> (key: Int32, value: ONNXType) {
        var key: Int32 = 0
        var value = ONNXType.unknown
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (wanted, .bytes): value = try ONNXType(bytes: reader.slice(), depth: depth + 1)
                case (1, .varint): key = Int32(truncatingIfNeeded: try reader.varint())
                default: try reader.skip(field.kind)
                }
            }
        }
        return (key, value)
    }

    private static func tensor(_ bytes: ArraySlice<UInt8>) throws -> ONNXType {
        var element: Int32 = 0
        var shape: [ONNXDimension]?
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .varint): element = Int32(truncatingIfNeeded: try reader.varint())
                case (2, .bytes): shape = try Self.shape(reader.slice())
                default: try reader.skip(field.kind)
                }
            }
        }
        return ElementType(rawValue: element).map { .tensor($0, shape: shape) } ?? .unknown
    }

    private static func shape(_ bytes: ArraySlice<UInt8>) throws -> [ONNXDimension] {
        var shape: [ONNXDimension] = []
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                guard field.number == 1 else {
                    try reader.skip(field.kind)
                    continue
                }
                try reader.expect(field, .bytes, "a dimension")
                shape.append(try dimension(reader.slice()))
            }
        }
        return shape
    }

    private static func dimension(_ bytes: ArraySlice<UInt8>) throws -> ONNXDimension {
        var dimension = ONNXDimension.any
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch (field.number, field.kind) {
                case (1, .varint):
                    // Some exporters write -1 or 0 for an open dimension.
                    let value = Int64(bitPattern: try reader.varint())
                    dimension = value < 0 ? .any : .fixed(Int(value))
                case (2, .bytes): dimension = .named(try reader.string())
                default: try reader.skip(field.kind)
                }
            }
        }
        return dimension
    }

    func encode(into writer: inout WireWriter) {
        switch self {
        case .tensor(let element, let shape):
            writer.message(1) {
                $0.integer(1, Int64(element.rawValue))
                guard let shape else { return }
                $0.message(2) { for dimension in shape { $0.message(1, dimension.encode(into:)) } }
            }
        case .sequence(let inner): writer.message(4) { $0.message(1, inner.encode(into:)) }
        case .map(let key, let value):
            writer.message(5) {
                $0.integer(1, Int64(key.rawValue))
                $0.message(2, value.encode(into:))
            }
        case .optional(let inner): writer.message(9) { $0.message(1, inner.encode(into:)) }
        case .unknown: break
        }
    }
}

/// One dimension of a tensor's shape.
public enum ONNXDimension: Sendable, Hashable {
    case fixed(Int)
    /// Open, with a name that other dimensions may share: `batch`.
    case named(String)
    case any

    func encode(into writer: inout WireWriter) {
        switch self {
        case .fixed(let value): writer.integer(1, Int64(value))
        case .named(let name): writer.string(2, name)
        case .any: break
        }
    }
}

extension ONNXType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tensor(let element, nil): "\(element)"
        case .tensor(let element, let shape?): "\(element)[\(shape.map(\.description).joined(separator: ", "))]"
        case .sequence(let inner): "sequence(\(inner))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let inner): "optional(\(inner))"
        case .unknown: "unknown"
        }
    }
}

extension ONNXDimension: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fixed(let value): "\(value)"
        case .named(let name): name
        case .any: "?"
        }
    }
}
