import ONNX
import Prisma

/// What a model gave, a line for each row.
struct ResultTable {
    private let columns: [(heading: String, cells: [String])]

    init(_ results: [(name: String, value: ONNXValue)]) throws {
        columns = try results.flatMap { try Self.columns($0.name, $0.value) }
        guard let rows = columns.first?.cells.count, columns.allSatisfy({ $0.cells.count == rows }) else {
            throw CommandError(.file, "the outputs differ in their number of rows", next: "print them with --output json")
        }
    }

    var csv: String {
        var text = CSVText.line(columns.map(\.heading))
        for row in 0..<(columns.first?.cells.count ?? 0) { text += CSVText.line(columns.map { $0.cells[row] }) }
        return text
    }

    private static func columns(_ name: String, _ value: ONNXValue) throws -> [(heading: String, cells: [String])] {
        switch value {
        case .tensor(let tensor):
            let cells = tensor.cells.map { $0.string ?? $0.text }
            let rows = tensor.shape.first ?? 1
            let width = rows == 0 ? 0 : cells.count / rows
            if tensor.shape.count <= 1 || width == 1 { return [(name, cells)] }
            return (0..<width).map { column in ("\(name).\(column)", (0..<rows).map { cells[$0 * width + column] }) }
        case .sequence(let values):
            // One map for each row, all with the same keys.
            var columns: [(heading: String, cells: [String])] = []
            for (row, value) in values.enumerated() {
                guard case .map(let keys, let entries) = value else {
                    throw CommandError(.file, "output '\(name)' has no form as CSV", next: "use --output json")
                }
                if row == 0 { columns = keys.cells.map { ("\(name).\($0.string ?? $0.text)", []) } }
                for (index, cell) in entries.cells.enumerated() where columns.indices.contains(index) {
                    columns[index].cells.append(cell.text)
                }
            }
            return columns
        case .map(let keys, let entries):
            return zip(keys.cells, entries.cells).map { ("\(name).\($0.string ?? $0.text)", [$1.string ?? $1.text]) }
        }
    }
}

extension Tensor {
    /// The elements as JSON; floats with as many digits as tell them apart.
    var cells: [JSON] {
        switch elements {
        case .float(let values): values.map { .double(Double("\($0)") ?? Double($0)) }
        case .string(let values): values.map { .string($0) }
        case .bool(let values): values.map { .bool($0) }
        case .double(let values): values.map { .double($0) }
        default: (try? integers().map { .int($0) }) ?? (try? doubles().map { .double($0) }) ?? []
        }
    }
}

extension ONNXValue {
    var json: JSON {
        switch self {
        case .tensor(let tensor): Self.nested(tensor.cells[...], tensor.shape[...])
        case .sequence(let values): .array(values.map(\.json))
        case .map(let keys, let values):
            .object(Dictionary(zip(keys.cells.map { $0.string ?? $0.text }, values.cells), uniquingKeysWith: { $1 }))
        }
    }

    private static func nested(_ cells: ArraySlice<JSON>, _ shape: ArraySlice<Int>) -> JSON {
        guard let size = shape.first else { return cells.first ?? .null }
        guard size > 0 else { return .array([]) }
        let step = cells.count / size
        return .array((0..<size).map { nested(cells.dropFirst($0 * step).prefix(step), shape.dropFirst()) })
    }
}
