import ONNX
import Prisma

/// Rows for a model, as a person has them: CSV or JSON.
struct RowInput {
    private enum Content {
        /// Cells by line, under their headings.
        case table(headings: [String], cells: [[JSON]])
        /// Cells by line, without headings.
        case matrix([[JSON]])
        /// Whole inputs by name.
        case inputs([String: JSON])
    }

    private let content: Content
    private let name: String

    init(_ bytes: [UInt8], format: RowFormat, named name: String) throws {
        self.name = name
        switch format {
        case .csv:
            let lines = CSVText.parse(bytes)
            guard let headings = lines.first else {
                throw CommandError(.file, "\(name) has no heading", next: "write the columns' names into its first line")
            }
            content = .table(
                headings: headings,
                cells: try lines.dropFirst().enumerated().map { number, line in
                    guard line.count == headings.count else {
                        throw CommandError(.file, "\(name): line \(number + 2) has \(line.count) cells, the heading has \(headings.count)")
                    }
                    return line.map { $0.isEmpty ? .null : .string($0) }
                })
        case .json:
            let json: JSON
            do { json = try JSON(parsing: String(decoding: bytes, as: UTF8.self)) } catch { throw CommandError(.file, "\(name): \(error)") }
            content = try Self.content(json, name)
        }
    }

    private static func content(_ json: JSON, _ name: String) throws -> Content {
        if let inputs = json.object { return .inputs(inputs) }
        guard let rows = json.array, let first = rows.first else {
            throw CommandError(.file, "\(name) holds no rows", next: "'prisml onnx run --help' shows the forms")
        }
        if let keys = first.object?.keys.sorted() {
            return .table(
                headings: keys,
                cells: try rows.enumerated().map { number, row in
                    guard let members = row.object, members.keys.sorted() == keys else {
                        throw CommandError(.file, "\(name): row \(number + 1) has other members than the first")
                    }
                    return keys.map { members[$0] ?? .null }
                })
        }
        return .matrix(
            try rows.enumerated().map { number, row in
                guard let cells = row.array else { throw CommandError(.file, "\(name): row \(number + 1) is not an array") }
                return cells
            })
    }

    /// The tensors that a model's inputs take.
    func tensors(for inputs: [ONNXValueInfo]) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for input in inputs {
            guard case .tensor(let type, let shape) = input.type else {
                throw CommandError(.file, "input '\(input.name)' is a \(input.type), which rows cannot give")
            }
            tensors[input.name] = try tensor(input.name, type, shape, isOnly: inputs.count == 1)
        }
        return tensors
    }

    private func tensor(_ input: String, _ type: ElementType, _ shape: [ONNXDimension]?, isOnly: Bool) throws -> Tensor {
        let columns: [[JSON]]
        switch content {
        case .inputs(let inputs):
            guard let value = inputs[input] else { throw missing(input, Array(inputs.keys)) }
            var cells: [JSON] = []
            let found = try Self.flatten(value, into: &cells)
            return try make(found, cells, type, input)
        case .matrix(let rows):
            guard isOnly else {
                throw CommandError(
                    .file, "\(name) has no names, and the model has several inputs", next: "give objects by the inputs' names")
            }
            columns = rows
        case .table(let headings, let cells):
            if let place = headings.firstIndex(of: input) {
                // A vector where the model wants one, a column of a matrix otherwise.
                let values = cells.map { $0[place] }
                return try make(shape?.count == 1 ? [values.count] : [values.count, 1], values, type, input)
            }
            guard isOnly else { throw missing(input, headings) }
            columns = cells
        }
        let width = columns.first?.count ?? 0
        if let shape, shape.count == 2, case .fixed(let wanted) = shape[1], wanted != width {
            throw CommandError(.file, "\(name) has \(width) columns, input '\(input)' wants \(wanted)")
        }
        guard columns.allSatisfy({ $0.count == width }) else { throw CommandError(.file, "\(name): the rows differ in length") }
        return try make([columns.count, width], columns.flatMap { $0 }, type, input)
    }

    private func missing(_ input: String, _ names: [String]) -> CommandError {
        CommandError(
            .file, "\(name) has nothing named '\(input)', which the model takes", next: "it has \(names.sorted().joined(separator: ", "))")
    }

    /// The shape of nested arrays, and their elements in order.
    private static func flatten(_ value: JSON, into cells: inout [JSON], depth: Int = 0) throws -> [Int] {
        guard let parts = value.array, depth < 8 else {
            cells.append(value)
            return []
        }
        var inner: [Int]?
        for part in parts {
            let shape = try flatten(part, into: &cells, depth: depth + 1)
            guard inner == nil || inner == shape else { throw CommandError(.file, "the nested arrays differ in length") }
            inner = shape
        }
        return [parts.count] + (inner ?? [])
    }

    private func make(_ shape: [Int], _ cells: [JSON], _ type: ElementType, _ input: String) throws -> Tensor {
        func wrong(_ index: Int) -> CommandError {
            CommandError(.file, "\(name): value \(index + 1) of '\(input)' is not of type \(type)", next: "\(cells[index].text)")
        }
        func number(_ index: Int, _ cell: JSON) throws -> Double {
            if cell.isNull { return .nan }
            guard let value = cell.double ?? cell.string.flatMap({ Double($0) }) else { throw wrong(index) }
            return value
        }
        func whole(_ index: Int, _ cell: JSON) throws -> Int64 {
            if let value = cell.int ?? cell.string.flatMap({ Int64($0) }) { return value }
            guard let value = Int64(exactly: try number(index, cell)) else { throw wrong(index) }
            return value
        }
        let indexed = cells.enumerated()
        switch type {
        case .float: return try Tensor(shape, try indexed.map { Float(try number($0, $1)) })
        case .double: return try Tensor(shape, try indexed.map { try number($0, $1) })
        case .int64: return try Tensor(shape, try indexed.map { try whole($0, $1) })
        case .int32:
            return try Tensor(
                shape,
                try indexed.map { index, cell in
                    guard let value = Int32(exactly: try whole(index, cell)) else { throw wrong(index) }
                    return value
                })
        case .bool:
            return try Tensor(
                shape,
                try indexed.map { index, cell in
                    guard let value = cell.bool ?? cell.string.flatMap({ ["true": true, "1": true, "false": false, "0": false][$0] }) else {
                        throw wrong(index)
                    }
                    return value
                })
        case .string: return try Tensor(shape, cells.map { $0.isNull ? "" : $0.string ?? $0.text })
        default: throw CommandError(.file, "input '\(input)' is a tensor of \(type), which rows cannot give")
        }
    }
}
