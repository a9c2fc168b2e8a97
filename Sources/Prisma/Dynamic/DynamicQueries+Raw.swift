internal import FoundationEssentials

// SQL as it is: `{"query": "SELECT * FROM users WHERE id = $1", "parameters": [1]}`.

extension DynamicQueries {
    func queryRaw(_ input: QueryInput) async throws -> JSON {
        let statement = try rawStatement(input)
        return try await engine.withConnection(for: .write) { connection in
            try await engine.query(statement, on: connection, model: "") { rows in
                let names = rows.columnNames
                var found: [JSON] = []
                while var row = try rows.next() {
                    var object: [String: JSON] = [:]
                    for name in names { object[name] = try Self.json(try row.cell()) }
                    found.append(.object(object))
                }
                return .array(found)
            }
        }
    }

    func executeRaw(_ input: QueryInput) async throws -> JSON {
        let statement = try rawStatement(input)
        return try await engine.withConnection(for: .write) { connection in
            .int(Int64(try await engine.execute(statement, on: connection, model: "")))
        }
    }

    private func rawStatement(_ input: QueryInput) throws(PrismaError) -> SQLStatement {
        try input.names(["query", "parameters"])
        guard let query = input.member("query") else { throw input.invalid("`query` is missing.") }
        var bindings: [SQLValue] = []
        for parameter in input.member("parameters")?.elements ?? [] {
            switch parameter.json {
            case .null: bindings.append(.null)
            case .bool(let value): bindings.append(.bool(value))
            case .int(let value): bindings.append(.int(value))
            case .double(let value): bindings.append(.double(value))
            case .string(let value): bindings.append(.text(value))
            case .array, .object: bindings.append(.json(parameter.json.text))
            }
        }
        return SQLStatement(try query.string(), bindings: bindings)
    }

    /// A value whose type only the database knows.
    private static func json(_ cell: SQLCell) throws(PrismaError) -> JSON {
        switch cell.kind {
        case .null: return .null
        case .integer: return .int(cell.integer)
        case .real: return .double(cell.real)
        case .boolean: return .bool(cell.integer != 0)
        case .text: return .string(try SQLRow.string(cell, at: 0))
        case .bytes: return .string(try SQLRow.data(cell, at: 0).base64EncodedString())
        case .timestamp: return .string(Timestamp.format(cell.integer))
        case .list:
            guard let start = cell.pointer?.assumingMemoryBound(to: SQLCell.self) else { return [] }
            var values: [JSON] = []
            for index in 0..<cell.count { values.append(try json(start[index])) }
            return .array(values)
        }
    }
}
