/// A `.env` file: lines of `NAME=value` that stand in for environment variables.
///
/// Read as dotenv reads it: `export` in front is skipped, quotes of three kinds may go over several lines, `\n` is a line break in
/// double quotes, `#` begins a comment, and `$NAME`, `${NAME}` and `${NAME:-otherwise}` stand for other variables.
struct EnvironmentFile {
    /// The values in the order of the file, before other variables are put in.
    private(set) var entries: [(name: String, value: String)] = []

    init(_ text: String) {
        var scanner = Scanner(text: Array(text.unicodeScalars))
        while scanner.position < scanner.text.count {
            if let entry = scanner.entry() { entries.append(entry) }
            scanner.skipLine()
        }
    }

    /// The variables with those of the file added; what is set already stays as it is.
    func added(to variables: [String: String]) -> [String: String] {
        var result = variables
        for (name, value) in entries where variables[name] == nil { result[name] = Self.expanded(value, result) }
        return result
    }

    // MARK: - Other variables

    private static func expanded(_ value: String, _ variables: [String: String]) -> String {
        let text = Array(value.unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        while position < text.count {
            let scalar = text[position]
            position += 1
            if scalar == "\\", position < text.count, text[position] == "$" {
                result.append("$")
                position += 1
            } else if scalar == "$", let (name, otherwise, end) = reference(text, position) {
                let found = variables[name] ?? ""
                result += (found.isEmpty ? otherwise : found).unicodeScalars
                position = end
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// The name behind a `$`, what stands in for it, and where it ends.
    private static func reference(_ text: [Unicode.Scalar], _ start: Int) -> (name: String, otherwise: String, end: Int)? {
        let isBraced = start < text.count && text[start] == "{"
        let first = isBraced ? start + 1 : start
        let name = text.dropFirst(first).prefix { Scanner.isNamePart($0) && $0 != "." && $0 != "-" }
        guard let initial = name.first, !("0"..."9").contains(initial) else { return nil }
        let end = first + name.count
        guard isBraced else { return (string(name), "", end) }
        guard let brace = text.dropFirst(end).firstIndex(of: "}") else { return nil }
        let rest = text[end..<brace]
        if rest.isEmpty { return (string(name), "", brace + 1) }
        guard rest.starts(with: [":", "-"]) else { return nil }
        return (string(name), string(rest.dropFirst(2)), brace + 1)
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    // MARK: - Lines

    private struct Scanner {
        let text: [Unicode.Scalar]
        var position = 0

        static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": true
            default: false
            }
        }

        private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

        /// The entry of this line, if it is one; leaves off somewhere before the line's end.
        mutating func entry() -> (name: String, value: String)? {
            skipSpace()
            var name = word()
            if name == "export", position < text.count, text[position].properties.isWhitespace {
                skipSpace()
                name = word()
            }
            skipSpace()
            guard !name.isEmpty, position < text.count, text[position] == "=" else { return nil }
            position += 1
            skipSpace()
            return (name, quoted() ?? plain())
        }

        mutating func skipLine() {
            while position < text.count, !Self.isLineBreak(text[position]) { position += 1 }
            position += 1
        }

        private mutating func skipSpace() {
            while position < text.count, text[position].properties.isWhitespace, !Self.isLineBreak(text[position]) { position += 1 }
        }

        private mutating func word() -> String {
            let word = text.dropFirst(position).prefix(while: Self.isNamePart)
            position += word.count
            return EnvironmentFile.string(word)
        }

        private mutating func plain() -> String {
            var value = text.dropFirst(position).prefix { $0 != "#" && !Self.isLineBreak($0) }
            position += value.count
            while value.last?.properties.isWhitespace == true { value.removeLast() }
            return EnvironmentFile.string(value)
        }

        /// nil if the value has no quotes, or they do not end.
        private mutating func quoted() -> String? {
            guard position < text.count, ["\"", "'", "`"].contains(text[position]) else { return nil }
            let quote = text[position]
            var value = String.UnicodeScalarView()
            var index = position + 1
            while index < text.count, text[index] != quote {
                let next = index + 1 < text.count ? text[index + 1] : nil
                if text[index] == "\\", quote == "\"", next == "n" || next == "r" {
                    value.append(next == "n" ? "\n" : "\r")
                    index += 2
                } else if text[index] == "\\", next == quote {
                    value.append(quote)
                    index += 2
                } else {
                    value.append(text[index])
                    index += 1
                }
            }
            guard index < text.count else { return nil }
            position = index + 1
            return String(value)
        }
    }
}
