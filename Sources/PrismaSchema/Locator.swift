/// Turns byte offsets into lines and columns. Asked in ascending order, it walks each file once.
struct Locator {
    let files: [SourceFile]
    private var file = -1
    private var offset = 0
    private var lineStart = 0
    private var line = 1
    /// Characters between the start of the line and `offset`.
    private var column = 0

    init(files: [SourceFile]) {
        self.files = files
    }

    mutating func diagnostic(_ problem: Report.Problem) -> Diagnostic {
        let source = files[problem.place.file]
        let span = problem.place.span
        move(to: min(span.start, source.bytes.count), in: problem.place.file)
        let end = lineEnd(source.bytes)
        let length = scalars(source.bytes, offset..<max(offset, min(span.end, end)))
        return Diagnostic(
            code: problem.rule.code, rule: problem.rule.rawValue, severity: problem.severity, message: problem.message,
            help: problem.help, path: source.path, line: line, column: column + 1, length: max(1, length),
            excerpt: excerpt(source, end))
    }

    private mutating func move(to target: Int, in index: Int) {
        if index != file || target < offset {
            (file, offset, lineStart, line, column) = (index, 0, 0, 1, 0)
        }
        let bytes = files[index].bytes
        while offset < target {
            let byte = bytes[offset]
            offset += 1
            if byte == ASCII.newline || byte == ASCII.carriageReturn && !(offset < bytes.count && bytes[offset] == ASCII.newline) {
                (lineStart, column) = (offset, 0)
                line += 1
            } else if !isContinuation(byte) {
                column += 1
            }
        }
    }

    private func lineEnd(_ bytes: [UInt8]) -> Int {
        // Beyond this the excerpt is cut anyway, and a caret of that length says nothing.
        let limit = min(bytes.count, offset + 400)
        var end = offset
        while end < limit, bytes[end] != ASCII.newline, bytes[end] != ASCII.carriageReturn { end += 1 }
        return end
    }

    /// The line from at most 100 bytes before the problem to 100 bytes behind it.
    private func excerpt(_ source: SourceFile, _ end: Int) -> Diagnostic.Excerpt {
        let bytes = source.bytes
        var start = offset - lineStart > 200 ? offset - 100 : lineStart
        while start < offset, isContinuation(bytes[start]) { start += 1 }
        var stop = end - start > 240 ? max(offset, start + 200) : end
        while stop < end, isContinuation(bytes[stop]) { stop += 1 }
        let before = scalars(bytes, start..<offset)
        let text = printable(source.text(Span(start: start, end: stop)))
        let head = start > lineStart ? "…" : ""
        let tail = stop < bytes.count && bytes[stop] != ASCII.newline && bytes[stop] != ASCII.carriageReturn ? "…" : ""
        return Diagnostic.Excerpt(text: head + text + tail, offset: before + head.unicodeScalars.count)
    }

    /// Control characters could move a terminal's cursor; a symbol stands for each.
    private func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < ASCII.space && $0 != ASCII.tab || $0 == 0x7F }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
    }

    private func scalars(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        bytes[range].reduce(0) { isContinuation($1) ? $0 : $0 + 1 }
    }

    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
