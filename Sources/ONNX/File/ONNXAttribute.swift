/// A constant of a node, kept as the file's own bytes until it is asked for.
///
/// An ensemble of three million nodes has attributes of tens of millions of numbers; they are checked when the file is read, and decoded
/// once, straight into the form that the operator needs.
public struct ONNXAttribute: Sendable {
    public enum Kind: Int32, Sendable {
        case float = 1
        case int = 2
        case string = 3
        case tensor = 4
        case graph = 5
        case floats = 6
        case ints = 7
        case strings = 8
        case tensors = 9
        case graphs = 10
        case sparseTensor = 11
        case sparseTensors = 12
        case typeProto = 13
        case typeProtos = 14

        /// The number of the field that holds a value of this kind.
        var field: Int {
            switch self {
            case .float: 2
            case .int: 3
            case .string: 4
            case .tensor: 5
            case .graph: 6
            case .floats: 7
            case .ints: 8
            case .strings: 9
            case .tensors: 10
            case .graphs: 11
            case .typeProto: 14
            case .typeProtos: 15
            case .sparseTensor: 22
            case .sparseTensors: 23
            }
        }

        init?(field: Int) {
            guard let kind = Self.byField[field] else { return nil }
            self = kind
        }

        private static let byField = Dictionary(uniqueKeysWithValues: (1...14).compactMap(Kind.init(rawValue:)).map { ($0.field, $0) })
    }

    public let name: String
    public let kind: Kind
    let body: ArraySlice<UInt8>

    private init(_ name: String, _ kind: Kind, build: (inout WireWriter) -> Void) {
        var writer = WireWriter()
        writer.string(1, name)
        build(&writer)
        writer.integer(20, Int64(kind.rawValue))
        self.name = name
        self.kind = kind
        self.body = writer.bytes[...]
    }

    public init(_ name: String, _ value: Float) {
        self.init(name, .float) { $0.float(2, value) }
    }

    public init(_ name: String, _ value: Int64) {
        self.init(name, .int) { $0.integer(3, value) }
    }

    public init(_ name: String, _ value: String) {
        self.init(name, .string) { $0.string(4, value) }
    }

    public init(_ name: String, _ value: Tensor) {
        self.init(name, .tensor) { $0.message(5, ONNXTensor(name: "", value).body) }
    }

    // Repeated numbers are written unpacked, as the schema of ONNX (proto2) has them: some readers accept nothing else.

    public init(_ name: String, _ values: some Collection<Float>) {
        self.init(name, .floats) { for value in values { $0.float(7, value) } }
    }

    public init(_ name: String, _ values: some Collection<Int64>) {
        self.init(name, .ints) { for value in values { $0.integer(8, value) } }
    }

    public init(_ name: String, _ values: some Collection<String>) {
        self.init(name, .strings) { for value in values { $0.string(9, value) } }
    }

    init(bytes: ArraySlice<UInt8>, depth: Int) throws {
        var name = ""
        var declared: Int32?
        var found: Kind?
        var isReference = false
        try WireReader.read(bytes) { reader in
            while let field = try reader.next() {
                switch field.number {
                case 1:
                    try reader.expect(field, .bytes, "an attribute's name")
                    name = try reader.string()
                case 20:
                    try reader.expect(field, .varint, "an attribute's type")
                    declared = Int32(truncatingIfNeeded: try reader.varint())
                case 21:
                    isReference = true
                    try reader.skip(field.kind)
                case 2...11, 14, 15, 22, 23:
                    found = Kind(field: field.number)
                    if field.number == 6 || field.number == 11 {
                        try reader.expect(field, .bytes, "a graph attribute")
                        _ = try ONNXGraph(bytes: reader.slice(), depth: depth + 1)
                    } else {
                        try reader.skip(field.kind)
                        // The entries of a list, of which there may be millions.
                        reader.skipRepeats(of: field)
                    }
                default: try reader.skip(field.kind)
                }
            }
        }
        let place = "attribute '\(name)' at byte \(bytes.startIndex)"
        if let declared, declared != 0 {
            guard let kind = Kind(rawValue: declared) else {
                throw ONNXError(
                    .malformedFile, "type \(declared) is unknown", at: place, suggestion: "the file is damaged or newer than this reader")
            }
            self.kind = kind
        } else if let found {
            self.kind = found
        } else if isReference {
            self.kind = .int
        } else {
            throw ONNXError(.malformedFile, "neither a type nor a value", at: place, suggestion: "the file is damaged")
        }
        self.name = name
        self.body = bytes
    }

    // MARK: Values

    public func float() throws -> Float {
        var value: Float = 0
        try each(.float) { field, reader in try reader.words32(field) { value = Float(bitPattern: $0) } }
        return value
    }

    public func int() throws -> Int64 {
        var value: Int64 = 0
        try each(.int) { field, reader in try reader.numbers(field) { value = Int64(bitPattern: $0) } }
        return value
    }

    public func string() throws -> String {
        var value = ""
        try each(.string) { field, reader in
            try reader.expect(field, .bytes, "a string")
            value = try reader.string()
        }
        return value
    }

    public func floats() throws -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(body.count / 5)
        try each(.floats) { field, reader in try reader.words32(field) { values.append(Float(bitPattern: $0)) } }
        return values
    }

    public func ints() throws -> [Int64] {
        try ints(as: Int64.self)
    }

    public func strings() throws -> [String] {
        var values: [String] = []
        try eachString { values.append(String(decoding: $0, as: UTF8.self)) }
        return values
    }

    public func tensor() throws -> Tensor {
        var found: Tensor?
        try each(.tensor) { field, reader in
            try reader.expect(field, .bytes, "a tensor")
            found = try ONNXTensor(bytes: reader.slice()).tensor()
        }
        guard let found else { throw wrong("holds no tensor") }
        return found
    }

    public func graph() throws -> ONNXGraph {
        var found: ONNXGraph?
        try each(.graph) { field, reader in
            try reader.expect(field, .bytes, "a graph")
            found = try ONNXGraph(bytes: reader.slice(), depth: 1)
        }
        guard let found else { throw wrong("holds no graph") }
        return found
    }

    /// The integers in a narrower type; a value that does not fit is an error.
    func ints<Number: FixedWidthInteger>(as type: Number.Type) throws -> [Number] {
        var values: [Number] = []
        // A number takes two bytes or more with its tag; three are a good first guess.
        values.reserveCapacity(body.count / 3)
        guard kind == .ints else { throw wrong("is of kind \(kind) where \(Kind.ints) is wanted") }
        func checked(_ bits: UInt64) throws -> Number {
            guard let value = Number(exactly: Int64(bitPattern: bits)) else {
                throw wrong("holds \(Int64(bitPattern: bits)), which is out of range")
            }
            return value
        }
        try WireReader.read(body) { reader in
            while let field = try reader.next() {
                if field.number != Kind.ints.field {
                    try reader.skip(field.kind)
                } else if field.kind == .varint {
                    // One after the other with the same tag: there may be millions.
                    repeat { values.append(try checked(reader.varint())) } while reader.repeats(field)
                } else {
                    try reader.numbers(field) { values.append(try checked($0)) }
                }
            }
        }
        return values
    }

    /// Calls `body` with the bytes of each string.
    func eachString(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        try each(.strings) { field, reader in
            try reader.expect(field, .bytes, "a string")
            try body(reader.borrowedBytes())
        }
    }

    @inline(__always)
    private func each(_ wanted: Kind, _ body: (WireReader.Field, inout WireReader) throws -> Void) throws {
        guard kind == wanted else { throw wrong("is of kind \(kind) where \(wanted) is wanted") }
        let number = wanted.field
        try WireReader.read(self.body) { reader in
            while let field = try reader.next() {
                if field.number == number { try body(field, &reader) } else { try reader.skip(field.kind) }
            }
        }
    }

    private func wrong(_ message: String) -> ONNXError {
        ONNXError(.invalidGraph, message, at: "attribute '\(name)'", suggestion: "export the model again")
    }
}
