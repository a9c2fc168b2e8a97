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
