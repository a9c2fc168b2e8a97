internal import CPostgres
import Prisma

/// A statement that the server has parsed under a name.
final class PostgresPrepared {
    let name: String
    /// The types of its parameters as it was prepared; 0 where the server chose.
    let types: [UInt32]
    /// What its rows are made of, once it has run.
    var columns: (types: [PostgresType], names: [String])?

    init(name: String, types: [UInt32]) {
        self.name = name
        self.types = types
    }

    /// Whether values of these types can be sent to it.
    func accepts(_ statement: SQLStatement) -> Bool {
        guard types.count == statement.bindings.count else { return false }
        for (type, value) in zip(types, statement.bindings) {
            if let given = PostgresParameters.type(of: value), given != type { return false }
        }
        return true
    }
}

extension PostgresConnection {
    func query<Result: Sendable>(
        _ statement: SQLStatement, _ body: @escaping @Sendable (inout SQLRows) throws -> Result
    ) async throws -> Result {
        try await operation {
            let (result, columns) = try await fetch(statement)
            let source = PostgresRowSource([result], types: columns.types, columnNames: columns.names, decoder: decoder)
            var rows = SQLRows(source)
            return try body(&rows)
        }
    }

    @discardableResult
    func execute(_ statement: SQLStatement) async throws -> Int {
        try await operation { try await run(statement).result.changeCount }
    }

    @discardableResult
    func execute(_ statements: [SQLStatement]) async throws -> [Int] {
        guard !statements.isEmpty else { return [] }
        return try await operation { try await runPipeline(statements).map(\.result.changeCount) }
    }

    func executeScript(_ sql: String) async throws {
        try await operation { try await runScript(sql) }
    }

    // MARK: - One statement

    /// Runs a statement and finds out what its columns are.
    func fetch(
        _ statement: SQLStatement
    ) async throws -> (result: PostgresResult, columns: (types: [PostgresType], names: [String])) {
        let (result, prepared) = try await run(statement)
        if let columns = prepared?.columns, columns.types.count == result.columnCount { return (result, columns) }
        let columns = (types: try await resolveTypes(result.typeNumbers), names: result.columnNames)
        prepared?.columns = columns
        return (result, columns)
    }

    /// The types of these numbers; asks the server about those that nobody has seen yet.
    func resolveTypes(_ numbers: [UInt32]) async throws -> [PostgresType] {
        if let found = types.find(numbers) { return found }
        let unknown = types.unknown(among: numbers)
        let statement = PostgresTypes.lookup(unknown)
        let (result, _) = try await run(statement)
        guard let own = types.find(result.typeNumbers) else { throw Self.lost }
        var rows = SQLRows(PostgresRowSource([result], types: own, columnNames: [], decoder: decoder))
        types.learn(try PostgresTypes.read(&rows), asked: unknown)
        return types.find(numbers) ?? numbers.map { PostgresType(kind: .unsupported, name: "type \($0)") }
    }

    func run(_ statement: SQLStatement) async throws -> (result: PostgresResult, prepared: PostgresPrepared?) {
        guard let prepared = statements?.find(statement.text), prepared.accepts(statement) else {
            // Parsed and run in one round trip.
            return try await runPipeline([statement])[0]
        }
        do {
            try send(PostgresParameters(statement), as: prepared, sql: statement.text)
            return (try await singleResult(sql: statement.text), prepared)
        } catch let error as PostgresStalePlan {
            let stale = statements?.remove(statement.text)
            if let stale, !error.isGone { forgotten.append(stale.name) }
            guard PQtransactionStatus(handle.pointer) == PQTRANS_IDLE else { throw error.error }
            return try await runPipeline([statement])[0]
        }
    }

    func send(_ parameters: PostgresParameters, as prepared: PostgresPrepared, sql: String) throws(PrismaError) {
        let isSent = parameters.withArrays { _, values, lengths, formats in
            PQsendQueryPrepared(handle.pointer, prepared.name, Int32(parameters.count), values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw failure(sql: sql) }
    }

    /// The result of a single statement, after all that follows it has been read.
    func singleResult(sql: String) async throws -> PostgresResult {
        try await flush()
        var first: PostgresResult?
        while let result = try await nextResult() {
            try refuseCopy(result, sql: sql)
            if first == nil { first = result }
        }
        guard let first else { throw failure(sql: sql) }
        try check(first, sql: sql)
        return first
    }

    func check(_ result: PostgresResult, sql: String?) throws {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default:
            if handle.isBroken { isLost = true }
            let failure = PostgresFailure(result.pointer, connection: handle.pointer, sql: sql)
            // The table changed under a `SELECT *`, or a pooler gave us another server.
            let isStale = failure.state == "26000" || (failure.state == "0A000" && failure.message.contains("cached plan"))
            if isStale { throw PostgresStalePlan(error: failure.error, isGone: failure.state == "26000") }
            throw failure.error
        }
    }

    /// COPY takes the connection over, so it has a method of its own.
    func refuseCopy(_ result: PostgresResult, sql: String?) throws(PrismaError) {
        guard [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(result.status) else { return }
        isLost = true
        throw PrismaError(.rawQueryFailed, "COPY cannot be run as a query.", sql: sql, help: "Read through a cursor instead.")
    }

    // MARK: - Several statements in one round trip

    /// - Parameter prepares: Whether the statements are likely to come again.
    func runPipeline(_ list: [SQLStatement], prepares: Bool = true) async throws -> [(result: PostgresResult, prepared: PostgresPrepared?)]
    {
        // All values are checked before anything is sent.
        let parameters = try list.map { statement throws(PrismaError) in try PostgresParameters(statement) }
        guard PQenterPipelineMode(handle.pointer) == 1 else { throw failure(sql: nil) }
        do {
            var sent: [PipelineStep] = []
            for (statement, parameters) in zip(list, parameters) { try enqueue(statement, parameters, prepares: prepares, &sent) }
            guard PQpipelineSync(handle.pointer) == 1 else { throw failure(sql: nil) }
            try await flush()
            return try await receive(sent)
        } catch {
            // Half a pipeline cannot be taken back.
            if PQpipelineStatus(handle.pointer) != PQ_PIPELINE_OFF { isLost = true }
            throw error
        }
    }

    enum PipelineStep {
        case prepare(String, PostgresPrepared)
        case statement(String, PostgresPrepared?)
    }

    private func enqueue(
        _ statement: SQLStatement, _ parameters: PostgresParameters, prepares: Bool, _ sent: inout [PipelineStep]
    ) throws(PrismaError) {
        guard prepares, statements != nil else { return try enqueue(statement.text, parameters, .statement(statement.text, nil), &sent) }
        var prepared = statements?.find(statement.text)
        if prepared == nil || prepared?.accepts(statement) == false {
            // The same text further back in this pipeline is prepared by then.
            for case .prepare(statement.text, let earlier) in sent where earlier.accepts(statement) { prepared = earlier }
        }
        if let prepared, prepared.accepts(statement) {
            try send(parameters, as: prepared, sql: statement.text)
            sent.append(.statement(statement.text, prepared))
            return
        }
        // A parameter that was NULL before keeps its place open for the type that comes now, and the reverse.
        var kinds = parameters.types
        if let prepared, prepared.types.count == kinds.count {
            for (index, value) in statement.bindings.enumerated() where value.isNull { kinds[index] = prepared.types[index] }
        }
        let new = PostgresPrepared(name: "p\(nextName)", types: kinds)
        nextName += 1
        guard PQsendPrepare(handle.pointer, new.name, statement.text, Int32(kinds.count), kinds) == 1 else {
            throw failure(sql: statement.text)
        }
        sent.append(.prepare(statement.text, new))
        try send(parameters, as: new, sql: statement.text)
        sent.append(.statement(statement.text, new))
    }

    private func enqueue(
        _ sql: String, _ parameters: PostgresParameters, _ step: PipelineStep, _ sent: inout [PipelineStep]
    ) throws(PrismaError) {
        let isSent = parameters.withArrays { types, values, lengths, formats in
            PQsendQueryParams(handle.pointer, sql, Int32(parameters.count), types, values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw failure(sql: sql) }
        sent.append(step)
    }

    /// Reads the answer to each step, to the end even if one fails.
    private func receive(
        _ sent: [PipelineStep]
    ) async throws -> [(result: PostgresResult, prepared: PostgresPrepared?)] {
        var results: [(result: PostgresResult, prepared: PostgresPrepared?)] = []
        var error: (any Error)?
        for step in sent {
            guard let result = try await nextResult() else { throw failure(sql: nil) }
            // libpq repeats the result of a COPY for ever.
            try refuseCopy(result, sql: nil)
            while let further = try await nextResult() { try refuseCopy(further, sql: nil) }
            do {
                switch step {
                case .prepare(let sql, let prepared):
                    try check(result, sql: sql)
                    if let evicted = statements?.insert(prepared, for: sql), !evicted.name.isEmpty { forgotten.append(evicted.name) }
                case .statement(let sql, let prepared):
                    try check(result, sql: sql)
                    results.append((result, prepared))
                }
            } catch let failure {
                if isLost { throw failure }
                if error == nil { error = failure }
            }
        }
        // The synchronisation point itself.
        _ = try await nextResult()
        guard PQexitPipelineMode(handle.pointer) == 1 else { throw failure(sql: nil) }
        if let error { throw (error as? PostgresStalePlan)?.error ?? error }
        return results
    }

    /// Tells the server about statements that left the cache. Only between transactions: it is an error if somebody else
    /// told it before, and an error would undo what else the transaction did.
    func forgetStatements() async {
        guard forgotten.count >= 8 else { return }
        let script = forgotten.map { "DEALLOCATE \"\($0)\";" }.joined()
        forgotten = []
        try? await runScript(script)
    }

    // MARK: - Scripts

    /// Several statements without parameters; outside of a transaction the server keeps all of them or none.
    func runScript(_ sql: String) async throws {
        guard PQsendQuery(handle.pointer, sql) == 1 else { throw failure(sql: sql) }
        try await flush()
        var error: (any Error)?
        while let result = try await nextResult() {
            do {
                try refuseCopy(result, sql: sql)
                try check(result, sql: sql)
                if sql == "COMMIT", result.command == "ROLLBACK" { throw Self.rolledBack }
            } catch let failure {
                if isLost { throw failure }
                if error == nil { error = failure }
            }
        }
        if let error { throw (error as? PostgresStalePlan)?.error ?? error }
    }

    /// What the server makes of a COMMIT after an error that nobody passed on, without calling it an error.
    private static let rolledBack = PrismaError(
        .transactionFailed, "A statement of the transaction failed, so the server kept nothing of it.",
        help: "Let the error leave the transaction, or run what may fail in a transaction of its own inside, which is a savepoint.")
}

/// A prepared statement that the server cannot run any more; prepared anew it can.
struct PostgresStalePlan: Error {
    var error: PrismaError
    /// The server does not know its name.
    var isGone: Bool
}
