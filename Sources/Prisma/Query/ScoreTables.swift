internal import PrismaSchema
internal import Synchronization

/// A call of a function, whichever row it is asked of: its arguments are written for the outermost one.
package struct FunctionCall: Hashable, Sendable {
    let function: RowFunction
    let arguments: [ExpressionNode]

    init(_ function: RowFunction, _ arguments: [ExpressionNode]) {
        self.function = function
        let depth = arguments.outermostDepth
        self.arguments = depth == 0 ? arguments : arguments.map { $0.movedOut(by: depth) }
    }
}

/// Functions of this process as temporary tables of a database that cannot call them: the rows that a query may ask about are scored here
/// in batches, and the query looks their scores up by key.
///
/// It serves what streaming cannot (`ComputedQuery`): functions in what is selected, aggregated or grouped by, and in conditions on
/// relations. Scores and query are of one snapshot.
struct ScoreTables: Sendable {
    private let engine: PrismaEngine
    /// The query's own instant, so that both mean the same by `.now`.
    private let now: SQLWriter.Now?
    private var tables: [Table] = []

    private struct Table: Sendable {
        var call: FunctionCall
        var model: String
        /// A condition that all rows hold which the query can ask about.
        var filter: ExpressionNode?
    }

    init(_ engine: PrismaEngine, now: SQLWriter.Now? = nil) {
        self.engine = engine
        self.now = now
    }

    /// Adds the functions of expressions about the rows of a model.
    ///
    /// - Parameter filter: what holds for all rows whose functions matter.
    mutating func add(_ nodes: [ExpressionNode], about model: String, where filter: ExpressionNode?) throws(PrismaError) {
        for node in nodes { try add(node, models: [model], filters: [filter]) }
    }

    private mutating func add(_ node: ExpressionNode, models: [String], filters: [ExpressionNode?]) throws(PrismaError) {
        switch node {
        case .function(let function, let arguments):
            let depth = arguments.outermostDepth
            guard models.indices.contains(depth) else { throw PrismaError.outOfScope(models.last ?? "", function.name) }
            let call = FunctionCall(function, arguments)
            if let index = tables.firstIndex(where: { $0.call == call }) {
                if tables[index].filter != filters[depth] { tables[index].filter = nil }
            } else {
                tables.append(Table(call: call, model: models[depth], filter: filters[depth]))
            }
            for argument in arguments { try add(argument, models: models, filters: filters) }
        case .aggregate(let aggregate) where !aggregate.field.isEmpty:
            let depth = aggregate.depth + 1
            let own = (aggregate.filter?.conjuncts ?? []).filter { !$0.hasFunction && $0.outermostDepth == depth }
            let inner = own.reduce(nil, ExpressionNode.conjunction).map { $0.movedOut(by: depth) }
            let outer = aggregate.depth + 1
            for child in node.children {
                try add(child, models: models.prefix(outer) + [aggregate.target], filters: filters.prefix(outer) + [inner])
            }
        default:
            for child in node.children { try add(child, models: models, filters: filters) }
        }
    }

    var isEmpty: Bool { tables.isEmpty }

    /// Scores the rows and runs a query that looks the scores up, in one snapshot.
    func with<Result: Sendable>(
        _ functions: [RowFunction: RowFunction.Prepared], on connection: any SQLConnection,
        _ body: ([FunctionCall: String]) async throws -> Result
    ) async throws -> Result {
        guard !tables.isEmpty else { return try await body([:]) }
        // A transaction of the caller's has the snapshot that it has.
        let isOwn = engine.transaction == nil
        // There a failure must leave no table behind, and the transaction usable.
        try await connection.executeScript(isOwn ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "SAVEPOINT prisml_scores")
        do {
            var names: [FunctionCall: String] = [:]
            for (index, table) in tables.enumerated() {
                let name = "prisml_scores_\(index)"
                guard let body = functions[table.call.function]?.body else { continue }
                try await fill(table, name, body, on: connection)
                names[table.call] = name
            }
            let result = try await body(names)
            try await connection.executeScript(
                isOwn ? "COMMIT" : names.values.sorted().map { "DROP TABLE pg_temp.\($0);" }.joined() + "RELEASE SAVEPOINT prisml_scores")
            return result
        } catch {
            let undo = isOwn ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT prisml_scores; RELEASE SAVEPOINT prisml_scores"
            await Task { try? await connection.executeScript(undo) }.value
            throw error
        }
    }

    private func fill(_ table: Table, _ name: String, _ body: @escaping RowFunction.Body, on connection: any SQLConnection) async throws {
        let keys = try engine.plan(table.model).keyColumns()
        guard !keys.isEmpty else {
            throw PrismaError(
                .validationFailed, "A prediction in a query needs a model with a key.", model: table.model, help: "Add an @id to the model."
            )
        }
        var request = FindRequest(model: table.model)
        request.selectsRecord = false
        request.selections = keys + table.call.arguments
        request.filter = table.filter
        request.now = now
        let scored = try await scored(request, keys, body, on: connection)
        let writer = engine.writer()
        let columns = keys.indices.map { "k\($0)" }
        do {
            let types = try zip(columns, keys).map { column, key in "\(column) \(try writer.castName(key.type.widened))" }
            try await connection.executeScript("CREATE TEMP TABLE \(name) (\(types.joined(separator: ", ")), score float8) ON COMMIT DROP")
        } catch var error as PrismaError {
            error.help = "The query keeps scores in a temporary table: let the role make one (GRANT TEMPORARY), on a primary."
            throw error
        }
        for start in stride(from: 0, to: scored.scores.count, by: 50_000) {
            let range = start..<min(start + 50_000, scored.scores.count)
            var insert = engine.writer()
            insert.write("INSERT INTO pg_temp.\(name) SELECT * FROM unnest(")
            for (key, values) in zip(keys, scored.keys) {
                insert.bind(.list(Array(values[range])), as: try insert.castName(.list(key.type.widened)))
                insert.write(", ")
            }
            insert.bind(.list(Array(scored.scores[range])), as: "float8[]")
            insert.write(")")
            _ = try await engine.execute(insert.statement, on: connection, model: table.model)
        }
        try await connection.executeScript(
            "CREATE UNIQUE INDEX ON pg_temp.\(name) (\(columns.joined(separator: ", "))); ANALYZE pg_temp.\(name)")
    }

    private struct Scored: Sendable {
        /// For each column of the key its values.
        var keys: [[SQLValue]]
        var scores: [SQLValue] = []
    }

    private func scored(
        _ request: FindRequest, _ keys: [ExpressionNode], _ body: @escaping RowFunction.Body, on connection: any SQLConnection
    ) async throws -> Scored {
        let scored = Mutex(Scored(keys: keys.map { _ in [] }))
        let types = keys.map(\.type)
        let cursor = try await connection.open(try request.statement(in: engine))
        do {
            var isDone = false
            while !isDone {
                isDone = try await cursor.read(upTo: 4096) { rows in
                    try scored.withLock { scored in
                        var count = 0
                        while var row = try rows.next() {
                            count += 1
                            for (index, type) in types.enumerated() { scored.keys[index].append(try row.value(of: type)) }
                            scored.scores.append(try body(&row).map(SQLValue.double) ?? .null)
                        }
                        return count == 0
                    }
                }
            }
            await cursor.close()
        } catch {
            await cursor.close()
            throw error
        }
        return scored.withLock { $0 }
    }
}

extension ValueType {
    /// Keys of 32 bits are kept in 64.
    fileprivate var widened: ValueType { self == .int ? .bigInt : self }
}

extension FindRequest {
    /// Gives all the statements that the request becomes one instant, in microseconds since 1970.
    mutating func fixInstant(of engine: PrismaEngine) -> Int64 {
        if case .instant(let microseconds) = now { return microseconds }
        let instant = engine.instant
        if now == nil { now = .instant(microseconds: instant) }
        return instant
    }

    /// Whether functions of this process stand where streaming through the rows cannot compute them.
    var needsScores: Bool {
        let decisive = [filter, cursor].compactMap(\.self) + order.map(\.node)
        let rest = selections + groups + [having].compactMap(\.self)
        let isGrouped = !groups.isEmpty || selections.contains(where: \.isGroupAggregate)
        return rest.contains(where: \.hasFunction) || decisive.contains(where: \.hasRelatedFunction)
            || decisive.contains(where: \.hasFunction) && (isGrouped || isAggregate || !distinct.isEmpty)
    }

    /// The tables that the request needs on a database that cannot call functions.
    func scoreTables(in engine: PrismaEngine) throws(PrismaError) -> ScoreTables {
        var tables = ScoreTables(engine, now: now)
        // The row that a cursor names need not match the filter.
        let plain = cursor == nil ? (filter?.conjuncts ?? []).filter { !$0.hasFunction }.reduce(nil, ExpressionNode.conjunction) : nil
        try tables.add(nodes, about: model, where: plain)
        return tables
    }
}

extension ExpressionNode {
    var isGroupAggregate: Bool {
        if case .aggregate(let aggregate) = self, aggregate.field.isEmpty { return true }
        return children.contains(where: \.isGroupAggregate)
    }

    /// Whether a function is asked of related rows.
    var hasRelatedFunction: Bool {
        if case .aggregate = self { return hasFunction }
        if case .function = self { return false }
        return children.contains(where: \.hasRelatedFunction)
    }

    /// The scope of the outermost row that the expression reads; 0 if it reads none.
    var outermostDepth: Int { [self].outermostDepth }
}

extension [ExpressionNode] {
    /// The scope of the outermost row that the expressions read; 0 if they read none.
    var outermostDepth: Int {
        var depth: Int?
        for node in self {
            node.visit { node in
                switch node {
                case .column(let column): depth = Swift.min(depth ?? column.depth, column.depth)
                case .aggregate(let aggregate): depth = Swift.min(depth ?? aggregate.depth, aggregate.depth)
                default: break
                }
            }
        }
        return depth ?? 0
    }
}
