/// Lines with columns of equal width.
struct Table {
    private var rows: [Row] = []

    private struct Row {
        let cells: [String]
        /// Behind the cells, outside of the columns: a comment.
        let suffix: String
    }

    private(set) var endsWithComment = false

    mutating func add(_ cells: [String], suffix: String = "") {
        rows.append(Row(cells: cells, suffix: suffix))
        endsWithComment = cells.isEmpty
    }

    /// Writes the lines, indented, and starts anew.
    mutating func flush(to output: inout [UInt8]) {
        let count = rows.lazy.map(\.cells.count).max() ?? 0
        var widths = [Int](repeating: 0, count: count)
        for row in rows {
            for (column, cell) in row.cells.enumerated() { widths[column] = max(widths[column], Table.width(cell)) }
        }
        for row in rows {
            output.append(contentsOf: [ASCII.space, ASCII.space])
            for (column, cell) in row.cells.enumerated() {
                output.append(contentsOf: cell.utf8)
                if column < row.cells.count - 1 {
                    output.append(contentsOf: repeatElement(ASCII.space, count: widths[column] - Table.width(cell) + 1))
                }
            }
            if !row.suffix.isEmpty {
                if !row.cells.isEmpty { output.append(ASCII.space) }
                output.append(contentsOf: row.suffix.utf8)
            }
            output.append(ASCII.newline)
        }
        rows = []
        endsWithComment = false
    }

    private static func width(_ text: String) -> Int { text.unicodeScalars.count }
}
