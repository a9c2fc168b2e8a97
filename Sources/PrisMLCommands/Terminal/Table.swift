/// Rows in aligned columns under a quiet heading.
struct Table {
    struct Column {
        enum Alignment { case left, right }
        let title: String
        let alignment: Alignment

        static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
        /// For numbers.
        static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that are missing are empty, cells beyond the columns are left out.
    mutating func add(_ cells: [String]) {
        rows.append(columns.indices.map { $0 < cells.count ? cells[$0] : "" })
    }

    func print(on output: Output) {
        for (index, line) in lines(width: output.isTerminal ? output.width : nil).enumerated() {
            output.print(index == 0 ? output.styled(line, .dim) : line)
        }
    }

    /// The heading and the rows. With a width, the last column is cut to fit.
    func lines(width: Int?) -> [String] {
        let all = [columns.map(\.title)] + rows
        var widths = columns.indices.map { column in all.map { TextLayout.width(of: $0[column]) }.max() ?? 0 }
        if let width, let last = widths.indices.last, columns[last].alignment == .left {
            let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
            widths[last] = min(widths[last], max(width - before, 4))
        }
        return all.map { cells in
            let line = columns.indices.map { column -> String in
                let fill = String(repeating: " ", count: max(0, widths[column] - TextLayout.width(of: cells[column])))
                switch columns[column].alignment {
                case .right: return fill + cells[column]
                case .left: return TextLayout.truncated(cells[column], to: widths[column]) + fill
                }
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
