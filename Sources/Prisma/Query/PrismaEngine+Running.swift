internal import PrismaSchema

extension PrismaEngine {
    /// Runs a statement on a connection that is leased already; `columns` name the rows' columns for errors.
    package func query<Result: Sendable>(
        _ statement: SQLStatement, on connection: any SQLConnection, model: String, columns: [String]? = nil,
        _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        try await observed(statement, model: model, columns: columns) { try await connection.query(statement, body) }
    }

    package func execute(_ statement: SQLStatement, on connection: any SQLConnection, model: String) async throws -> Int {
        try await observed(statement, model: model, columns: nil) { try await connection.execute(statement) }
    }

    /// Runs statements that are kept as a whole or not at all, and gives the number of rows they changed.
    package func execute(_ statements: [SQLStatement], on connection: any SQLConnection, model: String) async throws -> Int {
        let start = options.onQuery == nil ? nil : ContinuousClock.now
        do {
            let counts = try await connection.execute(statements)
            // They went together, so the time is that of all of them.
            if let start { for statement in statements { report(statement, start, nil) } }
            return counts.reduce(0, +)
        } catch let error as PrismaError {
            let error = explained(error, model: model, columns: nil)
            if let start, let failed = statements.first(where: { $0.text == error.sql }) { report(failed, start, error) }
            throw error
        }
    }

    func observed<Result: Sendable>(
        _ statement: SQLStatement, model: String, columns: [String]?, _ body: () async throws -> Result
    ) async throws -> Result {
        let start = options.onQuery == nil ? nil : ContinuousClock.now
        do {
            let result = try await body()
            if let start { report(statement, start, nil) }
            return result
        } catch let error as PrismaError {
            let error = explained(error, model: model, columns: columns)
            if let start { report(statement, start, error) }
            throw error
        }
    }

    private func report(_ statement: SQLStatement, _ start: ContinuousClock.Instant, _ error: PrismaError?) {
        options.onQuery?(
            QueryEvent(sql: statement.text, bindings: statement.bindings, duration: ContinuousClock.now - start, error: error))
    }

    /// The error in the schema's words: the model, and fields in place of column positions, columns and constraints.
    package func explained(_ error: PrismaError, model name: String, columns: [String]?) -> PrismaError {
        guard let plan = try? plan(name) else { return error }
        var error = error
        // A driver knows only the table.
        if error.model == nil || error.model == plan.model.databaseName { error.model = name }
        let columns = columns ?? plan.fields.map(\.name)
        error.fields = error.fields.flatMap { found -> [String] in
            // The alias of the row is ours.
            let found = found.hasPrefix("t0.") ? String(found.dropFirst(3)) : found
            if found.hasPrefix("#") {
                guard let index = Int(found.dropFirst()) else { return [found] }
                return columns.indices.contains(index) ? [columns[index]] : []
            }
            if let unique = plan.model.uniques.first(where: { $0.databaseName == found }) { return unique.fields.map(\.name) }
            if let key = plan.model.primaryKey, key.databaseName == found { return key.fields.map(\.name) }
            if let field = plan.model.fields.first(where: { $0.databaseName == found && $0.relation == nil }) { return [field.name] }
            if let relation = plan.model.fields.compactMap(\.relation).first(where: { $0.constraintName == found }) {
                return relation.fields
            }
            return [found]
        }
        return error
    }
}

extension SQLRow {
    /// The next column as a value of a type that is known only at run time.
    package mutating func value(of type: ValueType) throws(PrismaError) -> SQLValue {
        if index < cells.count, cells[index].kind == .null {
            index += 1
            return .null
        }
        switch type {
        case .bool: return .bool(try bool())
        case .int, .bigInt: return .int(try int64())
        case .double: return .double(try double())
        case .decimal: return .decimal(try decimal())
        case .string, .enumeration: return .text(try string())
        case .date: return .timestamp(microseconds: try SQLRow.microseconds(try cell(), at: index - 1))
        case .bytes: return .bytes(try data())
        case .json: return .json(try jsonText())
        case .list(let element):
            return .list(try list { (row: inout SQLRow) throws(PrismaError) in try row.value(of: element) })
        }
    }
}
