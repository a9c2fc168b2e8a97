/// A schema file: its name and its bytes.
public struct SourceFile: Sendable, Hashable {
    /// The name that diagnostics show.
    public let path: String
    /// The content, without a byte order mark.
    let bytes: [UInt8]

    /// A file from text.
    public init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    /// A file as it was read, of any bytes; those that are not UTF-8 are reported by the parser.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// A hundred times the largest schema anyone would write.
    static let maximumSize = 64 * 1024 * 1024

    /// The content as text; bytes that are not UTF-8 become replacement characters.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text of a span; bytes that are not UTF-8 become replacement characters.
    func text(_ span: Span) -> String {
        let range = bytes.indices.clamped(to: span.start..<max(span.start, span.end))
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// The offset of the first byte that is not UTF-8.
    var firstInvalidByte: Int? {
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] < 0x80 {
                offset += 1
                continue
            }
            let length = UTF8Scalar.length(in: bytes, at: offset)
            if length == 0 { return offset }
            offset += length
        }
        return nil
    }
}
