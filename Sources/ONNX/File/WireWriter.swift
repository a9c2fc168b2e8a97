/// Writes the protocol-buffer wire format.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func tag(_ number: Int, _ kind: WireReader.Kind) {
        varint(UInt64(number) << 3 | kind.rawValue)
    }

    mutating func integer(_ number: Int, _ value: Int64) {
        tag(number, .varint)
        varint(UInt64(bitPattern: value))
    }

    mutating func float(_ number: Int, _ value: Float) {
        tag(number, .fixed32)
        littleEndian(value.bitPattern)
    }

    mutating func string(_ number: Int, _ value: String) {
        tag(number, .bytes)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A string that is left out when empty, as protocol-buffer writers do.
    mutating func stringIfPresent(_ number: Int, _ value: String) {
        if !value.isEmpty { string(number, value) }
    }

    mutating func message(_ number: Int, _ content: ArraySlice<UInt8>) {
        tag(number, .bytes)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func message(_ number: Int, _ build: (inout WireWriter) -> Void) {
        var inner = WireWriter()
        build(&inner)
        message(number, inner.bytes[...])
    }

    /// A field that was read and kept with its tag.
    mutating func kept(_ field: ArraySlice<UInt8>) {
        bytes.append(contentsOf: field)
    }

    mutating func packedFloats(_ number: Int, _ values: some Collection<Float>) {
        tag(number, .bytes)
        varint(UInt64(values.count) * 4)
        for value in values { littleEndian(value.bitPattern) }
    }

    mutating func packedIntegers(_ number: Int, _ values: some Collection<Int64>) {
        var inner = WireWriter()
        for value in values { inner.varint(UInt64(bitPattern: value)) }
        message(number, inner.bytes[...])
    }

    mutating func littleEndian(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
