extension [SQLValue] {
    /// Lets code read the values as it reads a database's row.
    package func asRow<Answer>(_ body: (inout SQLRow) throws(PrismaError) -> Answer) throws(PrismaError) -> Answer {
        // Texts lie one after the other; where each begins is known once all are there.
        var bytes: [UInt8] = []
        var cells: [SQLCell] = []
        var starts: [Int?] = []
        func add(_ kind: SQLCell.Kind, _ content: some Collection<UInt8>) {
            starts.append(bytes.count)
            bytes += content
            cells.append(SQLCell(kind: kind, count: content.count))
        }
        for value in self {
            switch value {
            case .text(let text), .json(let text): add(.text, text.utf8)
            case .decimal(let number): add(.text, "\(number)".utf8)
            case .bytes(let data): add(.bytes, data)
            default:
                starts.append(nil)
                cells.append(try value.plainCell())
            }
        }
        // One more, so that even an empty text has an address.
        bytes.append(0)
        let result: Result<Answer, PrismaError> = bytes.withUnsafeBytes { bytes in
            for (index, start) in starts.enumerated() where start != nil {
                cells[index].pointer = bytes.baseAddress.map { $0 + (start ?? 0) }
            }
            return cells.withUnsafeBufferPointer { cells in
                var row = SQLRow(cells: cells)
                return Result { () throws(PrismaError) in try body(&row) }
            }
        }
        return try result.get()
    }
}

extension SQLValue {
    fileprivate func plainCell() throws(PrismaError) -> SQLCell {
        switch self {
        case .bool(let value): return SQLCell(kind: .boolean, integer: value ? 1 : 0)
        case .int(let value): return SQLCell(kind: .integer, integer: value)
        case .double(let value): return SQLCell(real: value)
        case .timestamp(let microseconds): return SQLCell(kind: .timestamp, integer: microseconds)
        case .list:
            throw PrismaError(
                .invalidExpression, "A list cannot be handed to code outside of a query.", help: "Let the database compute it.")
        default: return SQLCell()
        }
    }
}
