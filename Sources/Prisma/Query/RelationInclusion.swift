internal import PrismaSchema

// One query for each level of an include: the keys of the rows above go down as one list, and the rows that come back are
// dealt out by key.

// The conditions of a `ToMany` were written for its rows as the inner scope of a subquery; in a query of their own they move out.

extension ToMany: Includable {
    public func inclusion(in engine: PrismaEngine) throws -> Inclusion<[Target]> {
        let related = try RelatedRows(
            engine: engine, model: scope.model, field: field, filter: filter?.movedOut(by: 1), order: order, take: take, skip: skip)
        return Inclusion(selections: related.parentKey) {
            RelationCollector<[Target]>(related: related) { context, keys in
                let (rows, rowKeys) = try await related.load(keys, Target.self, in: context)
                return related.dealt(rows, rowKeys)
            } assemble: { groups, key in
                groups[key] ?? []
            }
        }
    }

    /// The rows of the relation with more beside each of them.
    ///
    /// ```swift
    /// prisma.user.findMany(include: { $0.orders.include { $0.items } })   // [(User, [(Order, [Item])])]
    /// ```
    public func include<each Item: Includable>(
        _ items: (Target.Columns) -> (repeat each Item)
    ) -> NestedRelation<Target, repeat each Item> {
        let items = items(Target.columns)
        return NestedRelation(self, repeat each items)
    }

    /// The relation's rows in an order.
    public func orderBy(_ order: (Target.Columns) -> RowOrder) -> Self {
        var copy = self
        copy.order.append(order(Target.columns))
        return copy
    }

    /// At most so many rows for each row above; negative takes from the end of the order.
    public func take(_ count: Int) -> Self {
        var copy = self
        copy.take = count
        return copy
    }

    /// Without the first rows of each row above.
    public func skip(_ count: Int) -> Self {
        var copy = self
        copy.skip = count
        return copy
    }
}

extension ToOne: Includable {
    public func inclusion(in engine: PrismaEngine) throws -> Inclusion<Target> {
        let related = try RelatedRows(engine: engine, model: scope.model, field: field)
        return Inclusion(selections: related.parentKey) {
            RelationCollector<Target>(related: related) { context, keys in
                let (rows, rowKeys) = try await related.load(keys, Target.self, in: context)
                return related.dealt(rows, rowKeys)
            } assemble: { groups, key in
                guard let row = groups[key]?.first else {
                    throw PrismaError(
                        .relatedRecordMissing, "A required related record does not exist.", model: scope.model, fields: [field],
                        help: "The foreign key points to no row: repair the data, or make the relation optional.")
                }
                return row
            }
        }
    }
}

extension ToOptional: Includable {
    public func inclusion(in engine: PrismaEngine) throws -> Inclusion<Target?> {
        let related = try RelatedRows(engine: engine, model: scope.model, field: field)
        return Inclusion(selections: related.parentKey) {
            RelationCollector<Target?>(related: related) { context, keys in
                let (rows, rowKeys) = try await related.load(keys, Target.self, in: context)
                return related.dealt(rows, rowKeys)
            } assemble: { groups, key in
                groups[key]?.first
            }
        }
    }
}

/// A relation to many rows with something included beside each of its rows.
public struct NestedRelation<Target: Record, each Item: Includable>: Includable {
    let relation: ToMany<Target>
    let items: (repeat each Item)

    init(_ relation: ToMany<Target>, _ items: repeat each Item) {
        self.relation = relation
        self.items = (repeat each items)
    }

    public func inclusion(in engine: PrismaEngine) async throws -> Inclusion<[(Target, repeat (each Item).Loaded)]> {
        let related = try RelatedRows(
            engine: engine, model: relation.scope.model, field: relation.field, filter: relation.filter?.movedOut(by: 1),
            order: relation.order,
            take: relation.take, skip: relation.skip)
        let inclusions = (repeat try await (each items).inclusion(in: engine))
        return Inclusion(selections: related.parentKey) {
            RelationCollector<[(Target, repeat (each Item).Loaded)]>(related: related) { context, keys in
                let (rows, rowKeys) = try await related.load(keys, Target.self, including: repeat each inclusions, in: context)
                return related.dealt(rows, rowKeys)
            } assemble: { groups, key in
                groups[key] ?? []
            }
        }
    }
}

/// Collects the keys of the rows above, then loads the rows below once.
private struct RelationCollector<Loaded: Sendable>: InclusionCollector {
    private let related: RelatedRows
    private var keys: [SQLValue] = []
    private let finish: @Sendable (QueryContext, [SQLValue], [SQLValue]) async throws -> [Loaded]

    init<Row: Sendable>(
        related: RelatedRows,
        load: @escaping @Sendable (QueryContext, [SQLValue]) async throws -> [SQLValue: [Row]],
        assemble: @escaping @Sendable ([SQLValue: [Row]], SQLValue) throws -> Loaded
    ) {
        self.related = related
        finish = { context, keys, distinct in
            let groups = distinct.isEmpty ? [:] : try await load(context, distinct)
            return try keys.map { try assemble(groups, $0) }
        }
    }

    mutating func collect(_ row: inout SQLRow) throws {
        keys.append(try related.key(from: &row))
    }

    consuming func load(in context: QueryContext) async throws -> [Loaded] {
        var seen: Set<SQLValue> = []
        let distinct = keys.filter { !$0.isNull && seen.insert($0).inserted }
        return try await finish(context, keys, distinct)
    }
}

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
    private let keyTypes: [ValueType]

    init(
        engine: PrismaEngine, model: String, field: String, filter: ExpressionNode? = nil, order: [RowOrder] = [], take: Int? = nil,
        skip: Int? = nil
    ) throws(PrismaError) {
        parent = try engine.plan(model).model
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

    /// One value for a simple key, a list for a composite one; null if any part is null.
    func key(from row: inout SQLRow) throws -> SQLValue {
        if keyTypes.count == 1 { return try row.value(of: keyTypes[0]) }
        var parts: [SQLValue] = []
        for type in keyTypes { parts.append(try row.value(of: type)) }
        return parts.contains(.null) ? .null : .list(parts)
    }

    func dealt<Row>(_ rows: [Row], _ keys: [SQLValue]) -> [SQLValue: [Row]] {
        var groups: [SQLValue: [Row]] = [:]
        for (row, key) in zip(rows, keys) { groups[key, default: []].append(row) }
        return groups
    }

    func load<Target: Record, each Loaded: Sendable>(
        _ keys: [SQLValue], _ type: Target.Type, including inclusions: repeat Inclusion<each Loaded>, in context: QueryContext
    ) async throws -> ([(Target, repeat each Loaded)], [SQLValue]) {
        var extra: [ExpressionNode] = []
        var makers: [@Sendable () -> any InclusionCollector] = []
        for inclusion in repeat each inclusions {
            extra += inclusion.selections
            makers.append(inclusion.makeCollector)
        }
        let start = (rows: [Target](), keys: [SQLValue](), collectors: makers.map { $0() })
        var (rows, rowKeys, collectors) = try await scan(keys, extra: extra, on: context.connection, into: start) { state, key, row in
            state.keys.append(key)
            state.rows.append(try Target(row: &row))
            for index in state.collectors.indices { try state.collectors[index].collect(&row) }
        }
        if isReversed {
            // Taken from the end: the rows came in the opposite order.
            rows.reverse()
            rowKeys.reverse()
        }
        var loader = InclusionLoader(collectors: collectors, isReversed: isReversed, context: context)
        let loaded = (repeat try await loader.next(each inclusions))
        return (rows.indices.map { (rows[$0], repeat (each loaded)[$0]) }, rowKeys)
    }

    /// Reads the rows that belong to keys, each with its key: a record's columns, or others in their place, then the extra ones.
    func scan<State: Sendable>(
        _ keys: [SQLValue], columns: [ExpressionNode]? = nil, extra: [ExpressionNode], on connection: any SQLConnection, into state: State,
        _ body: @escaping @Sendable (inout State, SQLValue, inout SQLRow) throws -> Void
    ) async throws -> State {
        var state = state
        let nodes = [filter].compactMap(\.self) + order.map(\.node) + (columns ?? []) + extra
        let functions = try await engine.prepareFunctions(of: nodes, on: connection)
        // Lists of keys are cut, since a statement has a limit of parameters.
        for chunk in keys.chunked(by: Self.keysInStatement / max(1, keyTypes.count)) {
            let tables = try functions.isEmpty || engine.dialect == .sqlite ? ScoreTables(engine) : scoreTables(nodes, of: Array(chunk))
            state = try await tables.with(functions, on: connection) { [state] tables in
                let statement = try self.statement(for: Array(chunk), columns: columns, extra: extra, scores: tables)
                return try await engine.query(statement, on: connection, model: target.name) { cursor in
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

    /// `SELECT key, columns… FROM target WHERE key IN (…) AND filter ORDER BY …`, with a count per key where there is a limit.
    private func statement(
        for keys: [SQLValue], columns: [ExpressionNode]?, extra: [ExpressionNode], scores: [FunctionCall: String]
    ) throws(PrismaError) -> SQLStatement {
        let plan = try engine.plan(target.name)
        var writer = engine.writer()
        writer.scoreTables = scores
        let alias = writer.newAlias()
        writer.enter(target, alias: alias)
        let limited = take != nil || (skip ?? 0) > 0
        let order = (isReversed ? order.map(\.reversed) : order) + (limited || isReversed ? keyOrder(plan) : [])
        if limited {
            writer.write("SELECT * FROM (")
        }
        writer.write("SELECT ")
        var join: (alias: String, table: JoinTable)?
        if let table = relation.joinTable { join = (writer.newAlias(), table) }
        writeKey(to: &writer, alias: alias, join: join)
        if columns == nil { writer.write(", " + plan.columns) }
        for selection in (columns ?? []) + extra {
            writer.write(", ")
            try writer.expression(selection)
        }
        if limited {
            writer.write(", ROW_NUMBER() OVER (PARTITION BY ")
            writeKey(to: &writer, alias: alias, join: join)
            try writer.order(order)
            writer.write(") AS position")
        }
        writer.write(" FROM ")
        writer.table(target)
        writer.write(" AS \(alias)")
        if let join {
            writer.write(" JOIN ")
            writer.identifier(join.table.databaseName)
            writer.write(" AS \(join.alias) ON \(join.alias).")
            writer.identifier(join.table.oppositeColumn)
            writer.write(" = ")
            writer.column(try writer.field(relation.references[0], of: target), alias: alias)
        }
        writer.write(" WHERE ")
        try writeKeyCondition(keys, to: &writer, alias: alias, join: join)
        if let filter {
            writer.write(" AND ")
            try writer.expression(filter)
        }
        if limited {
            let first = (skip ?? 0) + 1
            writer.write(") AS ranked WHERE position >= \(first)")
            if let take { writer.write(" AND position < \(first + Int(take.magnitude))") }
            writer.write(" ORDER BY position")
        } else {
            try writer.order(order)
        }
        return writer.statement
    }

    private func keyOrder(_ plan: ModelPlan) -> [RowOrder] {
        plan.primaryKey.compactMap { name in
            plan.model.field(named: name)?.valueType.map {
                RowOrder(
                    .column(ColumnReference(depth: 0, model: target.name, field: name, type: $0)), descending: isReversed)
            }
        }
    }

    private func writeKey(to writer: inout SQLWriter, alias: String, join: (alias: String, table: JoinTable)?) {
        if let join {
            writer.write("\(join.alias).")
            writer.identifier(join.table.column)
            return
        }
        for (index, name) in relation.references.enumerated() {
            if index > 0 { writer.write(", ") }
            if let field = target.field(named: name) { writer.write(field.selection(alias: alias, dialect: writer.dialect)) }
        }
    }

    private func writeKeyCondition(
        _ keys: [SQLValue], to writer: inout SQLWriter, alias: String, join: (alias: String, table: JoinTable)?
    ) throws(PrismaError) {
        let names = relation.references
        if names.count > 1 {
            writer.write("(")
            for (index, name) in names.enumerated() {
                if index > 0 { writer.write(", ") }
                writer.column(try writer.field(name, of: target), alias: alias)
            }
            writer.write(") IN (VALUES ")
            for (index, key) in keys.enumerated() {
                guard case .list(let parts) = key else { continue }
                writer.write(index > 0 ? ", (" : "(")
                for (part, value) in parts.enumerated() {
                    if part > 0 { writer.write(", ") }
                    writer.bind(value, as: try writer.castName(keyTypes[part]))
                }
                writer.write(")")
            }
            writer.write(")")
            return
        }
        if let join {
            writer.write("\(join.alias).")
            writer.identifier(join.table.column)
        } else {
            writer.column(try writer.field(names[0], of: target), alias: alias)
        }
        try writer.oneOf(keys, keyTypes[0], listCast: target.field(named: names[0])?.listCast)
    }
}

extension SQLWriter {
    /// ` IN (…)`. Where the database can take the values as one parameter it does, so that one prepared statement serves any
    /// number of them.
    package mutating func oneOf(_ values: [SQLValue], _ type: ValueType, listCast: String?) throws(PrismaError) {
        if values.count == 1 {
            write(" = ")
            bind(values[0])
        } else if dialect == .postgresql, let listCast {
            write(" = ANY(")
            bind(.list(values), as: listCast)
            write(")")
        } else if dialect == .sqlite, type.isInteger || type == .string {
            write(" IN (SELECT value FROM json_each(")
            bind(.text(JSON.array(values.map(\.asJSON)).text))
            write("))")
        } else {
            write(" IN (")
            for (index, value) in values.enumerated() {
                if index > 0 { write(", ") }
                bind(value)
            }
            write(")")
        }
    }
}

extension Field {
    /// The array type, on PostgreSQL, that values of the column can be compared with; nil where that is not plain.
    var listCast: String? {
        switch (kind, nativeType?.name) {
        case (.scalar(.int), _), (.scalar(.bigInt), _): "int8[]"
        case (.scalar(.string), nil), (.scalar(.string), "Text"), (.scalar(.string), "VarChar"): "text[]"
        case (.scalar(.string), "Uuid"): "uuid[]"
        default: nil
        }
    }
}

extension SQLValue {
    fileprivate var asJSON: JSON {
        switch self {
        case .int(let value): .int(value)
        case .text(let value): .string(value)
        default: .null
        }
    }
}

extension Array {
    package func chunked(by size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

/// Loads inclusions in turn, each with its own collector.
struct InclusionLoader {
    var collectors: [any InclusionCollector]
    let isReversed: Bool
    let context: QueryContext
    private var position = 0

    init(collectors: [any InclusionCollector], isReversed: Bool, context: QueryContext) {
        self.collectors = collectors
        self.isReversed = isReversed
        self.context = context
    }

    mutating func next<Loaded: Sendable>(_ inclusion: Inclusion<Loaded>) async throws -> [Loaded] {
        defer { position += 1 }
        guard let collector = collectors[position] as? any InclusionCollector<Loaded> else {
            throw PrismaError(.unexpected, "An inclusion lost its type.", help: "Report this: it is a defect of the library.")
        }
        let loaded = try await collector.load(in: context)
        return isReversed ? loaded.reversed() : loaded
    }
}
