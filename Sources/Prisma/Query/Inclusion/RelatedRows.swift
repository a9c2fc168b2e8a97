internal import PrismaSchema

// One query for each level of an include: the keys of the rows above go down as one list, and the rows that come back are
// dealt out by key.

/// The rows at the other end of a relation, for many rows at once.
struct RelatedRows: Sendable {
    var engine: PrismaEngine
    let parent: Model
    let target: Model
    let relation: Relation
    let filter: ExpressionNode?
    let order: [RowOrder]
    let take: Int?
    let skip: Int?
    /// The columns of the row above that lead to the rows below.
    let parentKey: [ExpressionNode]
    let keyTypes: [ValueType]
    /// What SQL does not do for the rows of each row above, and what has to be read of each row for it.
    var window = RelationWindow()
    var windowNodes: [ExpressionNode] = []

    init(
        engine: PrismaEngine, model: String, field: String, filter: ExpressionNode? = nil, order: [RowOrder] = [], take: Int? = nil,
        skip: Int? = nil
    ) throws(PrismaError) {
        parent = try engine.plan(model).model
        try RowPage.check(take: take, skip: skip, of: model)
        guard case .relation(let relation)? = parent.field(named: field)?.kind else {
            throw PrismaError(
                .validationFailed, "\(model).\(field) is not a relation.", model: model, fields: [field], help: "Run `prisml generate`.")
        }
        self.engine = engine
        self.relation = relation
        target = try engine.plan(relation.model).model
        self.filter = filter
        self.order = order
        self.take = take
        self.skip = skip
        var key: [ExpressionNode] = []
        for name in relation.fields {
            guard let type = parent.field(named: name)?.valueType else { continue }
            key.append(.column(ColumnReference(depth: 0, model: model, field: name, type: type)))
        }
        parentKey = key
        keyTypes = key.map(\.type)
    }

    /// What decides about the rows and their order.
    var nodes: [ExpressionNode] { [filter].compactMap(\.self) + order.map(\.node) + windowNodes }

    /// One value for a simple key, a list for a composite one; null if any part is null.
    func key(from row: inout SQLRow) throws -> SQLValue {
        if keyTypes.count == 1 { return try row.value(of: keyTypes[0]) }
        var parts: [SQLValue] = []
        for type in keyTypes { parts.append(try row.value(of: type)) }
        return parts.contains(.null) ? .null : .list(parts)
    }

    /// Reads the rows that belong to keys, with what is included beside them, and the key of each.
    func load<Base: Sendable, each Loaded: Sendable>(
        _ keys: [SQLValue], _ content: RelatedContent<Base, repeat each Loaded>, in context: QueryContext
    ) async throws -> ([(Base, repeat each Loaded)], [SQLValue]) {
        let reader = InclusionReader(repeat each content.inclusions, rows: rowLimit(keys.count))
        let start = (rows: [Base](), keys: [SQLValue](), extras: [[SQLValue]](), reader: reader)
        let record = Base.self as? any Record.Type
        var (rows, rowKeys, extras, read) = try await scan(
            keys, columns: content.columns, extra: windowNodes + reader.selections, joins: reader.joins, on: context.connection, into: start
        ) { state, key, row in
            state.keys.append(key)
            row.beginRecord(record)
            state.rows.append(try content.read(&row))
            if window.isNeeded { state.extras.append(try windowNodes.map { try row.value(of: $0.type) }) }
            try state.reader.collect(&row)
        }
        if isReversed {
            // Taken from the end: the rows came in the opposite order.
            rows.reverse()
            rowKeys.reverse()
        }
        var loader = read.loader(isReversed: isReversed, in: context)
        let loaded = (repeat try await loader.next(each content.inclusions))
        let kept = window.isNeeded ? window.kept(extras, of: rowKeys) : Array(rows.indices)
        return (kept.map { (rows[$0], repeat (each loaded)[$0]) }, kept.map { rowKeys[$0] })
    }

    /// How many rows can belong to so many keys; nil if any number.
    func rowLimit(_ keys: Int) -> Int? {
        if isToOne { return keys }
        return take.map { keys.multipliedReportingOverflow(by: Int(clamping: $0.magnitude)) }.flatMap {
            $0.overflow ? nil : $0.partialValue
        }
    }

    /// Whether there is one row at the other end at most.
    var isToOne: Bool { relation.kind == .oneToOne || relation.kind == .manyToOne }

    /// Reads the rows that belong to keys, each with its key: a record's columns, or others in their place, then the extra ones.
    func scan<State: Sendable>(
        _ keys: [SQLValue], columns: [ExpressionNode]? = nil, extra: [ExpressionNode], joins: [RelationJoin] = [],
        on connection: any SQLConnection, into state: State,
        _ body: @escaping @Sendable (inout State, SQLValue, inout SQLRow) throws -> Void
    ) async throws -> State {
        var state = state
        let nodes = nodes + (columns ?? []) + extra
        let names = relation.references + contentNames(columns)
        let functions = try await engine.prepareFunctions(of: nodes, on: connection)
        // Lists of keys are cut, since a statement has a limit of parameters.
        for chunk in keys.chunked(by: Self.keysInStatement / max(1, keyTypes.count)) {
            let tables = try functions.isEmpty || engine.dialect == .sqlite ? ScoreTables(engine) : scoreTables(nodes, of: Array(chunk))
            state = try await tables.with(functions, on: connection) { [state] tables in
                let statement = try self.statement(for: Array(chunk), columns: columns, extra: extra, joins: joins, scores: tables)
                return try await engine.query(statement, on: connection, model: target.name, columns: names) { cursor in
                    var state = state
                    while var row = try cursor.next() {
                        let key = try key(from: &row)
                        try body(&state, key, &row)
                    }
                    return state
                }
            }
        }
        return state
    }

    /// The names of the columns of a row, for errors.
    func contentNames(_ columns: [ExpressionNode]?) -> [String] {
        guard let columns else { return target.recordFields.map(\.name) }
        return columns.enumerated().map { index, node in
            if case .column(let column) = node { column.field } else { "selected value \(index + 1)" }
        }
    }

    /// The scores of the rows that belong to keys.
    private func scoreTables(_ nodes: [ExpressionNode], of keys: [SQLValue]) throws(PrismaError) -> ScoreTables {
        var parts = (filter?.conjuncts ?? []).filter { !$0.hasFunction }
        if relation.joinTable == nil, relation.references.count == 1, let name = relation.references.first, let type = keyTypes.first {
            parts.append(.membership(.column(ColumnReference(depth: 0, model: target.name, field: name, type: type)), keys, type))
        }
        var tables = ScoreTables(engine)
        try tables.add(nodes, about: target.name, where: parts.reduce(nil, ExpressionNode.conjunction))
        return tables
    }

    private static let keysInStatement = 10_000

    var isReversed: Bool { (take ?? 0) < 0 }
}
