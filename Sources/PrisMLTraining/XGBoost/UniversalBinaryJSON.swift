/// A value of Universal Binary JSON (ubjson.org), as XGBoost writes its models in.
enum UniversalBinaryJSON {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([UniversalBinaryJSON])
    case object([String: UniversalBinaryJSON])
    /// Arrays of one type, as they are stored.
    case integers([Int64])
    case floats([Float])

    init(_ bytes: [UInt8]) throws {
        var reader = UniversalBinaryJSONReader(bytes: bytes)
        self = try reader.value(depth: 0)
    }

    subscript(_ key: String) -> UniversalBinaryJSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var elements: [UniversalBinaryJSON]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// Whole numbers, however they are stored.
    var integers: [Int64]? {
        switch self {
        case .integers(let values): values
        case .list(let values):
            values.reduce(into: [] as [Int64]?) { all, value in
                if case .integer(let number) = value { all?.append(number) } else { all = nil }
            }
        default: nil
        }
    }

    var floats: [Float]? {
        switch self {
        case .floats(let values): values
        case .list(let values) where values.isEmpty: []
        default: nil
        }
    }
}

struct UniversalBinaryJSONReader {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func value(depth: Int) throws -> UniversalBinaryJSON {
        try value(of: marker(), depth: depth)
    }

    private mutating func value(of type: UInt8, depth: Int) throws -> UniversalBinaryJSON {
        guard depth < 64 else { throw malformed("is nested too deep") }
        switch type {
        case UInt8(ascii: "Z"): return .null
        case UInt8(ascii: "T"): return .bool(true)
        case UInt8(ascii: "F"): return .bool(false)
        case UInt8(ascii: "d"): return .number(Double(Float(bitPattern: try fixed(UInt32.self))))
        case UInt8(ascii: "D"): return .number(Double(bitPattern: try fixed(UInt64.self)))
        case UInt8(ascii: "S"): return .text(try text())
        case UInt8(ascii: "C"): return .text(String(decoding: try take(1), as: UTF8.self))
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "{"): return try object(depth: depth)
        default: return .integer(try integer(of: type))
        }
    }

    private mutating func array(depth: Int) throws -> UniversalBinaryJSON {
        var type: UInt8?
        if peek() == UInt8(ascii: "$") {
            position += 1
            type = try marker()
        }
        guard peek() == UInt8(ascii: "#") else {
            guard type == nil else { throw malformed("has a typed array without a length") }
            var elements: [UniversalBinaryJSON] = []
            while peek() != UInt8(ascii: "]") { elements.append(try value(depth: depth + 1)) }
            position += 1
            return .list(elements)
        }
        position += 1
        let count = try length()
        guard let type else { return .list(try (0..<count).map { _ in try value(depth: depth + 1) }) }
        switch type {
        case UInt8(ascii: "d"): return .floats(try fixedArray(UInt32.self, count).map(Float.init(bitPattern:)))
        case UInt8(ascii: "l"): return .integers(try fixedArray(UInt32.self, count).map { Int64(Int32(bitPattern: $0)) })
        case UInt8(ascii: "L"): return .integers(try fixedArray(UInt64.self, count).map { Int64(bitPattern: $0) })
        case UInt8(ascii: "I"): return .integers(try fixedArray(UInt16.self, count).map { Int64(Int16(bitPattern: $0)) })
        case UInt8(ascii: "U"): return .integers(try fixedArray(UInt8.self, count).map { Int64($0) })
        case UInt8(ascii: "i"): return .integers(try fixedArray(UInt8.self, count).map { Int64(Int8(bitPattern: $0)) })
        default: return .list(try (0..<count).map { _ in try value(of: type, depth: depth + 1) })
        }
    }

    private mutating func object(depth: Int) throws -> UniversalBinaryJSON {
        var count: Int?
        if peek() == UInt8(ascii: "#") {
            position += 1
            count = try length()
        }
        var members: [String: UniversalBinaryJSON] = [:]
        while count.map({ members.count < $0 }) ?? (peek() != UInt8(ascii: "}")) {
            let name = try text()
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else { throw malformed("has '\(name)' twice") }
        }
        if count == nil { position += 1 }
        return .object(members)
    }

    // MARK: Parts

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func marker() throws -> UInt8 { try fixed(UInt8.self) }

    private mutating func text() throws -> String { String(decoding: try take(try length()), as: UTF8.self) }

    private mutating func length() throws -> Int {
        let number = try integer(of: try marker())
        // Every element has at least a byte, so that a length beyond the end is a mistake before anything is made for it.
        guard number >= 0, number <= bytes.count - position else { throw malformed("has a length of \(number)") }
        return Int(number)
    }

    private mutating func integer(of type: UInt8) throws -> Int64 {
        switch type {
        case UInt8(ascii: "i"): Int64(Int8(bitPattern: try fixed(UInt8.self)))
        case UInt8(ascii: "U"): Int64(try fixed(UInt8.self))
        case UInt8(ascii: "I"): Int64(Int16(bitPattern: try fixed(UInt16.self)))
        case UInt8(ascii: "l"): Int64(Int32(bitPattern: try fixed(UInt32.self)))
        case UInt8(ascii: "L"): Int64(bitPattern: try fixed(UInt64.self))
        default: throw malformed("has an unknown type \(type)")
        }
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw malformed("ends too early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    private mutating func fixed<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type) throws -> Word {
        try take(Word.bitWidth / 8).reduce(0) { ($0 << 8) | Word(truncatingIfNeeded: $1) }
    }

    private mutating func fixedArray<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type, _ count: Int) throws -> [Word] {
        guard count <= (bytes.count - position) / (Word.bitWidth / 8) else { throw malformed("ends too early") }
        return try (0..<count).map { _ in try fixed(Word.self) }
    }

    private func malformed(_ reason: String) -> TrainingError {
        TrainingError(.invalidModel, "the trees that XGBoost handed over are not readable: byte \(position) \(reason)")
    }
}
