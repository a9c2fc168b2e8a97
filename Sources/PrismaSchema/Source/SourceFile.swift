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

/// A part of a file, as byte offsets. They are kept in 32 bits, since larger files are refused and there are spans by the million.
struct Span: Hashable {
    private var first: UInt32
    private var last: UInt32

    init(start: Int, end: Int) {
        first = UInt32(truncatingIfNeeded: start)
        last = UInt32(truncatingIfNeeded: end)
    }

    var start: Int {
        get { Int(first) }
        set { first = UInt32(truncatingIfNeeded: newValue) }
    }

    var end: Int {
        get { Int(last) }
        set { last = UInt32(truncatingIfNeeded: newValue) }
    }

    var isEmpty: Bool { end <= start }

    func through(_ other: Span) -> Span { Span(start: start, end: max(end, other.end)) }
}

/// A span and the file it is in.
struct Place: Hashable {
    private let fileIndex: UInt32
    let span: Span

    init(file: Int, span: Span) {
        fileIndex = UInt32(truncatingIfNeeded: file)
        self.span = span
    }

    var file: Int { Int(fileIndex) }
}

enum UTF8Scalar {
    /// The number of bytes of the well-formed scalar at `offset`, or 0 when the bytes there are none.
    static func length(in bytes: [UInt8], at offset: Int) -> Int {
        let first = bytes[offset]
        if first < 0x80 { return 1 }
        func continuation(_ distance: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            offset + distance < bytes.count && range.contains(bytes[offset + distance])
        }
        switch first {
        case 0xC2...0xDF: return continuation(1) ? 2 : 0
        case 0xE0: return continuation(1, 0xA0...0xBF) && continuation(2) ? 3 : 0
        case 0xED: return continuation(1, 0x80...0x9F) && continuation(2) ? 3 : 0
        case 0xE1...0xEF: return continuation(1) && continuation(2) ? 3 : 0
        case 0xF0: return continuation(1, 0x90...0xBF) && continuation(2) && continuation(3) ? 4 : 0
        case 0xF1...0xF3: return continuation(1) && continuation(2) && continuation(3) ? 4 : 0
        case 0xF4: return continuation(1, 0x80...0x8F) && continuation(2) && continuation(3) ? 4 : 0
        default: return 0
        }
    }
}
