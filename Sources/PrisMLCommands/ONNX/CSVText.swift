/// Comma-separated values (RFC 4180): quotes around cells with commas, quotes or line breaks; quotes are doubled inside.
enum CSVText {
    /// The lines of cells.
    static func parse(_ bytes: [UInt8]) -> [[String]] {
        let (quote, comma, newline, carriage) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var lines: [[String]] = []
        var line: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var hasContent = false
        func text() -> String { String(decoding: cell, as: UTF8.self) }
        // A byte-order mark is not part of the first heading.
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte != quote {
                    cell.append(byte)
                } else if index < bytes.count, bytes[index] == quote {
                    cell.append(quote)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case quote where cell.isEmpty:
                isQuoted = true
                hasContent = true
            case comma:
                line.append(text())
                cell = []
                hasContent = true
            case newline, carriage:
                if byte == carriage, index < bytes.count, bytes[index] == newline { index += 1 }
                if hasContent || !cell.isEmpty { lines.append(line + [text()]) }
                (line, cell, hasContent) = ([], [], false)
            default:
                cell.append(byte)
                hasContent = true
            }
        }
        if hasContent || !cell.isEmpty { lines.append(line + [text()]) }
        return lines
    }

    /// A line with its break.
    static func line(_ cells: [String]) -> String {
        cells.map { cell in
            cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
        }.joined(separator: ",") + "\n"
    }
}
