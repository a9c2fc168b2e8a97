// The operators on text go by bytes and Unicode scalars, as the databases do: not by characters, and not by what is canonically
// equivalent.

extension String {
    /// With A to Z as a to z.
    package var lowercasedASCII: String { mappingASCII { (65...90).contains($0) ? $0 + 32 : $0 } }

    /// With a to z as A to Z.
    package var uppercasedASCII: String { mappingASCII { (97...122).contains($0) ? $0 - 32 : $0 } }

    private func mappingASCII(_ transform: (UInt8) -> UInt8) -> String { String(decoding: utf8.map(transform), as: UTF8.self) }

    /// Without spaces, tabs and line ends at both ends.
    var trimmedASCII: String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let start = utf8.firstIndex(where: { !isSpace($0) }), let end = utf8.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(self[start...end])
    }

    func matches(_ op: BinaryOperator, _ part: String) -> Bool {
        switch op {
        case .hasPrefix: utf8.starts(with: part.utf8)
        case .hasSuffix: utf8.count >= part.utf8.count && utf8.suffix(part.utf8.count).elementsEqual(part.utf8)
        default: endOfFirst(part) != nil
        }
    }

    func part(after separator: String) -> String? {
        endOfFirst(separator).map { String(decoding: utf8.dropFirst($0), as: UTF8.self) }
    }

    /// Where the first occurrence of a text ends, as a count of bytes.
    private func endOfFirst(_ part: String) -> Int? {
        var (text, part) = (self, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard part.count <= text.count else { return nil }
                guard let first = part.first else { return 0 }
                for start in 0...(text.count - part.count) where text[start] == first {
                    if (1..<part.count).allSatisfy({ text[start + $0] == part[$0] }) { return start + part.count }
                }
                return nil
            }
        }
    }
}

// MARK: - Numbers in text

extension String {
    /// The number that a text of at most 30 digits and an optional sign stands for, if it fits 64 bits.
    package var asWholeNumber: Int64? {
        let digits = utf8.first == UInt8(ascii: "-") || utf8.first == UInt8(ascii: "+") ? utf8.dropFirst() : utf8[...]
        guard (1...30).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(self)
    }

    /// The number that a text such as `-12.5e3` stands for: at most 100 digits before and after the point, 2 in the exponent.
    package var asDecimalNumber: Double? {
        var rest = utf8[...]
        func isNext(_ characters: String) -> Bool { rest.first.map { characters.utf8.contains($0) } ?? false }
        func digits(atMost limit: Int) -> Bool {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return (1...limit).contains(count)
        }
        if isNext("+-") { rest = rest.dropFirst() }
        guard digits(atMost: 100) else { return nil }
        if isNext(".") {
            rest = rest.dropFirst()
            guard digits(atMost: 100) else { return nil }
        }
        if isNext("eE") {
            rest = rest.dropFirst()
            if isNext("+-") { rest = rest.dropFirst() }
            guard digits(atMost: 2) else { return nil }
        }
        return rest.isEmpty ? Double(self) : nil
    }
}
