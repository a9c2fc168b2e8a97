/// Reads the protocol-buffer wire format, never past the end of what it was given.
///
/// A reader lives inside ``read(_:_:)``, which is the only place that turns bytes into a pointer; each access below is checked against
/// the end. Sub-messages are handed out as slices that share the file's storage, so reading a file copies nothing but what is asked for.
struct WireReader {
    enum Kind: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    struct Field {
        let number: Int
        let kind: Kind
    }

    private let whole: ArraySlice<UInt8>
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var offset = 0

    private init(whole: ArraySlice<UInt8>, base: UnsafePointer<UInt8>, count: Int) {
        self.whole = whole
        self.base = base
        self.count = count
    }

    static func read<Result>(_ bytes: ArraySlice<UInt8>, _ body: (inout WireReader) throws -> Result) throws -> Result {
        try bytes.withUnsafeBufferPointer { buffer in
            // An empty buffer may have no address; a reader of zero bytes never touches this one.
            try withUnsafePointer(to: 0 as UInt8) { nothing in
                var reader = WireReader(whole: bytes, base: buffer.baseAddress ?? nothing, count: buffer.count)
                return try body(&reader)
            }
        }
    }

    /// The next field's number and kind, or nil at the end.
    @inline(__always)
    mutating func next() throws -> Field? {
        guard offset < count else { return nil }
        let start = offset
        let tag = try varint()
        guard let kind = Kind(rawValue: tag & 7) else {
            throw malformed("wire type \(tag & 7) is not used by ONNX", start)
        }
        guard tag >> 3 >= 1, tag >> 3 <= 0x1FFF_FFFF else { throw malformed("field number \(tag >> 3) is out of range", start) }
        return Field(number: Int(tag >> 3), kind: kind)
    }

    @inline(__always)
    mutating func varint() throws -> UInt64 {
        guard offset < count else { throw truncated() }
        let first = base[offset]
        if first < 0x80 {
            offset += 1
            return UInt64(first)
        }
        if count - offset >= 2, base[offset + 1] < 0x80 {
            offset += 2
            return UInt64(first & 0x7F) | UInt64(base[offset - 1]) << 7
        }
        return try longVarint()
    }

    private mutating func longVarint() throws -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < count {
            let byte = base[offset]
            offset += 1
            // The tenth byte holds one bit; more of it is lost, as protocol-buffer readers do.
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { throw malformed("a number of more than 10 bytes", start) }
        }
        throw truncated()
    }

    mutating func fixed32() throws -> UInt32 {
        guard count - offset >= 4 else { throw truncated() }
        defer { offset += 4 }
        return UInt32(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self))
    }

    mutating func fixed64() throws -> UInt64 {
        guard count - offset >= 8 else { throw truncated() }
        defer { offset += 8 }
        return UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    /// The bytes of a length-delimited field, valid while the reader is.
    mutating func borrowedBytes() throws -> UnsafeBufferPointer<UInt8> {
        let start = offset
        let length = try varint()
        guard length <= UInt64(count - offset) else {
            throw malformed("a field claims \(length) bytes where \(count - offset) are left", start)
        }
        defer { offset += Int(length) }
        return UnsafeBufferPointer(start: base + offset, count: Int(length))
    }

    /// The bytes of a length-delimited field, sharing the file's storage.
    mutating func slice() throws -> ArraySlice<UInt8> {
        let length = try borrowedBytes().count
        let end = whole.startIndex + offset
        return whole[(end - length)..<end]
    }

    mutating func string() throws -> String {
        String(decoding: try borrowedBytes(), as: UTF8.self)
    }

    mutating func skip(_ kind: Kind) throws {
        switch kind {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .fixed32: _ = try fixed32()
        case .bytes: _ = try borrowedBytes()
        }
    }

    /// Whether the next field has the same tag as that one, which is then behind the reader.
    @inline(__always)
    mutating func repeats(_ field: Field) -> Bool {
        guard field.number < 16, offset < count, base[offset] == UInt8(truncatingIfNeeded: UInt64(field.number) << 3 | field.kind.rawValue)
        else { return false }
        offset += 1
        return true
    }

    /// Skips further fields with the same tag, as many as are whole; what is odd is left to ``next()``.
    mutating func skipRepeats(of field: Field) {
        guard field.number < 16 else { return }
        let tag = UInt8(truncatingIfNeeded: UInt64(field.number) << 3 | field.kind.rawValue)
        switch field.kind {
        case .fixed32: while count - offset >= 5, base[offset] == tag { offset += 5 }
        case .fixed64: while count - offset >= 9, base[offset] == tag { offset += 9 }
        case .varint:
            // Numbers of up to four bytes, of which there is all that may be looked at.
            while count - offset >= 5, base[offset] == tag {
                if base[offset + 1] < 0x80 {
                    offset += 2
                } else if base[offset + 2] < 0x80 {
                    offset += 3
                } else if base[offset + 3] < 0x80 {
                    offset += 4
                } else {
                    return
                }
            }
        case .bytes:
            // Of up to 127 bytes.
            while count - offset >= 2, base[offset] == tag, base[offset + 1] < 0x80, Int(base[offset + 1]) <= count - offset - 2 {
                offset += 2 + Int(base[offset + 1])
            }
        }
    }

    /// Skips a field and gives it back with its tag, for the parts of a file that are kept but not understood.
    mutating func skipKeeping(_ field: Field) throws -> ArraySlice<UInt8> {
        var tag = WireWriter()
        tag.varint(UInt64(field.number) << 3 | field.kind.rawValue)
        let start = whole.startIndex + offset
        try skip(field.kind)
        return (tag.bytes + whole[start..<(whole.startIndex + offset)])[...]
    }

    func expect(_ field: Field, _ kind: Kind, _ name: StaticString) throws {
        guard field.kind == kind else { throw malformed("\(name) has the wrong wire type", offset) }
    }

    func malformed(_ message: String, _ offset: Int? = nil) -> ONNXError {
        let place = whole.startIndex + (offset ?? self.offset)
        return ONNXError(.malformedFile, message, at: "byte \(place)", suggestion: "the file is damaged or is not an ONNX model")
    }

    private func truncated() -> ONNXError {
        malformed("the data ends in the middle of a field", count)
    }
}

extension WireReader {
    /// Calls `body` with each number of a repeated field, packed or not.
    @inline(__always)
    mutating func numbers(_ field: Field, _ body: (UInt64) throws -> Void) throws {
        switch field.kind {
        case .varint: try body(varint())
        case .bytes:
            let length = try borrowedBytes().count
            let end = offset
            offset -= length
            while offset < end {
                let value = try varint()
                guard offset <= end else { throw malformed("a packed number runs over the end of its field") }
                try body(value)
            }
        default: throw malformed("a repeated integer has the wrong wire type")
        }
    }

    /// Calls `body` with the bits of each 32-bit value of a repeated field, packed or not.
    @inline(__always)
    mutating func words32(_ field: Field, _ body: (UInt32) throws -> Void) throws {
        switch field.kind {
        case .fixed32: try body(fixed32())
        case .bytes:
            let length = try borrowedBytes().count
            guard length % 4 == 0 else { throw malformed("packed 32-bit values take \(length) bytes") }
            offset -= length
            for _ in 0..<(length / 4) { try body(fixed32()) }
        default: throw malformed("a repeated float has the wrong wire type")
        }
    }

    /// Calls `body` with the bits of each 64-bit value of a repeated field, packed or not.
    mutating func words64(_ field: Field, _ body: (UInt64) throws -> Void) throws {
        switch field.kind {
        case .fixed64: try body(fixed64())
        case .bytes:
            let length = try borrowedBytes().count
            guard length % 8 == 0 else { throw malformed("packed 64-bit values take \(length) bytes") }
            offset -= length
            for _ in 0..<(length / 8) { try body(fixed64()) }
        default: throw malformed("a repeated double has the wrong wire type")
        }
    }
}
