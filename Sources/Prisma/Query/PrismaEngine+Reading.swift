extension PrismaEngine {
    /// Runs a request on a leased connection; `body` reads each row into a state.
    ///
    /// - Returns: the state, and the positions of the rows in the request's order where they did not come in it.
    package func read<State: Sendable>(
        _ request: FindRequest, on connection: any SQLConnection, columns: [String]? = nil, into state: State,
        _ body: @escaping @Sendable (inout State, inout SQLRow) throws -> Void
    ) async throws -> (state: State, order: [Int]?) {
        let functions = try await prepareFunctions(of: request.nodes, on: connection)
        guard !functions.isEmpty else { return try await readRows(request, on: connection, columns: columns, into: state, body) }
        var request = options.narrowsByScores ? request.narrowed(by: functions) : request
        guard !callsFunctions(of: request.nodes) || request.scoresAll && !request.needsScores else {
            return try await readRows(request, on: connection, columns: columns, into: state, body)
        }
        let now = request.fixInstant(of: self)
        guard let selected = try ComputedSelections(request, functions, now: now, in: self) else {
            return try await readScored(request, functions, now: now, on: connection, columns: columns, into: state, body)
        }
        request.selections = selected.selections
        return try await readScored(request, functions, now: now, on: connection, columns: columns, into: state) { state, row in
            try selected.read(&row) { try body(&state, &$0) }
        }
    }

    /// Runs a request with functions of this process that the database cannot call.
    private func readScored<State: Sendable>(
        _ request: FindRequest, _ functions: [RowFunction: RowFunction.Prepared], now: Int64, on connection: any SQLConnection,
        columns: [String]?, into state: State, _ body: @escaping @Sendable (inout State, inout SQLRow) throws -> Void
    ) async throws -> (state: State, order: [Int]?) {
        if request.needsScores, dialect == .postgresql {
            return try await request.scoreTables(in: self).with(functions, on: connection) { tables in
                var request = request
                request.scoreTables = tables
                return try await self.readRows(request, on: connection, columns: columns, into: state, body)
            }
        }
        if !request.needsScores, let computed = try ComputedQuery(request, functions, now: now, scoresAll: request.scoresAll, in: self) {
            return try await inOneSnapshot(on: connection) {
                try await self.read(computed, request, on: connection, columns: columns, into: state, body)
            }
        }
        return try await readRows(request, on: connection, columns: columns, into: state, body)
    }

    /// Runs a request that the database can answer by itself.
    private func readRows<State: Sendable>(
        _ request: FindRequest, on connection: any SQLConnection, columns: [String]?, into state: State,
        _ body: @escaping @Sendable (inout State, inout SQLRow) throws -> Void
    ) async throws -> (state: State, order: [Int]?) {
        let statement = try request.statement(in: self)
        let (result, count) = try await query(statement, on: connection, model: request.model, columns: columns) { rows in
            var result = state
            var count = 0
            while var row = try rows.next() {
                try body(&result, &row)
                count += 1
            }
            return (result, count)
        }
        return (result, request.isReversed ? (0..<count).reversed() : nil)
    }

    /// First the keys of the rows, then the rows by key.
    private func read<State: Sendable>(
        _ computed: ComputedQuery, _ request: FindRequest, on connection: any SQLConnection, columns: [String]?, into state: State,
        _ body: @escaping @Sendable (inout State, inout SQLRow) throws -> Void
    ) async throws -> (state: State, order: [Int]?) {
        let keys = try await computed.keys(on: connection)
        let keyColumns = try plan(request.model).keyColumns()
        var state = state
        var positions: [SQLValue: Int] = [:]
        for chunk in keys.chunked(by: 5000) {
            var rows = FindRequest(model: request.model)
            rows.selectsRecord = request.selectsRecord
            rows.selections = request.selections + keyColumns
            rows.filter = ExpressionNode.isOne(of: Array(chunk), keyColumns)
            rows.now = request.now
            let start = positions.count
            let found: [SQLValue]
            (state, found) = try await query(
                try rows.statement(in: self), on: connection, model: request.model, columns: columns
            ) { [state] source in
                var state = state
                var found: [SQLValue] = []
                while var row = try source.next() {
                    try body(&state, &row)
                    var parts: [SQLValue] = []
                    for column in keyColumns { parts.append(try row.value(of: column.type)) }
                    found.append(parts.count == 1 ? parts[0] : .list(parts))
                }
                return (state, found)
            }
            for (offset, key) in found.enumerated() { positions[key] = start + offset }
        }
        let order = keys.compactMap { positions[$0] }
        return (state, request.isReversed ? order.reversed() : order)
    }

    /// Runs several reads that see the same rows; a transaction of the caller's has the snapshot that it has.
    private func inOneSnapshot<Result: Sendable>(on connection: any SQLConnection, _ body: () async throws -> Result) async throws -> Result
    {
        guard transaction == nil else { return try await body() }
        try await connection.executeScript(dialect == .sqlite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        do {
            let result = try await body()
            try await connection.executeScript("COMMIT")
            return result
        } catch {
            await Task { try? await connection.executeScript("ROLLBACK") }.value
            throw error
        }
    }

    package func count(_ request: FindRequest) async throws -> Int {
        try await withConnection(for: .read, preparing: request.nodes) { try await $0.count(request, on: $1) }
    }

    private func count(_ request: FindRequest, on connection: any SQLConnection) async throws -> Int {
        let functions = try await prepareFunctions(of: request.nodes, on: connection)
        guard !functions.isEmpty else { return try await countRows(request, on: connection) }
        var request = options.narrowsByScores ? request.narrowed(by: functions) : request
        let now = request.fixInstant(of: self)
        if request.needsScores, dialect == .postgresql {
            return try await request.scoreTables(in: self).with(functions, on: connection) { [request] tables in
                var request = request
                request.scoreTables = tables
                return try await self.countRows(request, on: connection)
            }
        }
        if !request.needsScores, let computed = try ComputedQuery(request, functions, now: now, scoresAll: true, in: self) {
            return try await computed.count(on: connection)
        }
        return try await countRows(request, on: connection)
    }

    private func countRows(_ request: FindRequest, on connection: any SQLConnection) async throws -> Int {
        try await query(try request.countStatement(in: self), on: connection, model: request.model, columns: ["count"]) { rows in
            guard var row = try rows.next() else { return 0 }
            return try row.int()
        }
    }
}

extension FindRequest {
    /// Whether a function decides about the order of the rows that are taken: none is found before all are scored.
    fileprivate var scoresAll: Bool { take != nil && order.contains { $0.node.hasFunction } }
}

extension ExpressionNode {
    /// Whether the row's key is one of some: values for a simple key, lists for a composite one.
    package static func isOne(of keys: [SQLValue], _ columns: [ExpressionNode]) -> ExpressionNode {
        if columns.count == 1, let column = columns.first { return .membership(column, keys, column.type) }
        let rows = keys.compactMap { key -> ExpressionNode? in
            guard case .list(let parts) = key else { return nil }
            return zip(columns, parts).map { .binary(.equal, $0, .literal($1, $0.type)) }.reduce(nil, conjunction)
        }
        // Halves, so that the tree is as deep as the logarithm of the number of keys.
        func any(_ rows: ArraySlice<ExpressionNode>) -> ExpressionNode {
            guard rows.count > 1 else { return rows.first ?? .literal(.bool(false), .bool) }
            let middle = rows.startIndex + rows.count / 2
            return .binary(.or, any(rows[..<middle]), any(rows[middle...]))
        }
        return any(rows[...])
    }
}
