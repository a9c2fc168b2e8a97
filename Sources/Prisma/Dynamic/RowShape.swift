internal import PrismaSchema

/// What an answer holds for each row: columns, counts of relations, and the rows of relations.
struct RowShape: Sendable {
    struct Column: Sendable {
        var name: String
        var output: ScalarOutput
        var node: ExpressionNode
        /// Read for the query's own sake, not answered.
        var isHidden = false
    }

    struct Related: Sendable {
        var name: String
        var rows: RelatedRows
        var shape: RowShape
        var isList: Bool
        var isRequired: Bool
        /// What SQL does not do for the rows of each row above.
        var window = RelationWindow()
    }

    let model: Model
    /// Whether the query reads a record, as typed calls do; else only `columns`.
    var readsRecord = true
    /// The record's columns, or those that were selected.
    var columns: [Column] = []
    var counts: [Column] = []
    var related: [Related] = []
    /// What a parent's window needs to know of each row: distinct columns and whether it is the cursor's row.
    var extras: [Column] = []

    /// What the query selects after the record, or in its place.
    var selections: [ExpressionNode] {
        (readsRecord ? [] : columns.map(\.node)) + counts.map(\.node) + extras.map(\.node) + related.flatMap(\.rows.parentKey)
    }

    /// The names of the query's columns, for errors.
    var columnNames: [String] { (columns + counts + extras).map(\.name) }

    /// A row as it was read; relations are filled in later.
    struct Row: Sendable {
        var values: [String: JSON]
        var extras: [SQLValue] = []
        /// For each relation the key of its rows.
        var keys: [SQLValue] = []
        /// The key of the row above, where there is one.
        var parent = SQLValue.null
    }

    func read(_ source: inout SQLRow) throws -> Row {
        var row = Row(values: [:])
        row.values.reserveCapacity(columns.count + counts.count + related.count)
        for column in columns {
            let value = try column.output.read(&source)
            if !column.isHidden { row.values[column.name] = value }
        }
        if !counts.isEmpty {
            var found: [String: JSON] = [:]
            for count in counts { found[count.name] = try count.output.read(&source) }
            row.values["_count"] = .object(found)
        }
        for extra in extras { row.extras.append(try source.value(of: extra.node.type)) }
        for relation in related { row.keys.append(try relation.rows.key(from: &source)) }
        return row
    }

    /// Fills in the rows of relations, one query for each.
    func complete(_ rows: [Row], on connection: any SQLConnection, in engine: PrismaEngine) async throws -> [JSON] {
        var rows = rows
        for (index, relation) in related.enumerated() {
            var seen: Set<SQLValue> = []
            let keys = rows.map { $0.keys[index] }.filter { !$0.isNull && seen.insert($0).inserted }
            let below = try await relation.load(keys, on: connection, in: engine)
            for position in rows.indices {
                let found = below[rows[position].keys[index]] ?? []
                if relation.isList {
                    rows[position].values[relation.name] = .array(found)
                } else if found.isEmpty, relation.isRequired {
                    throw PrismaError(
                        .relatedRecordMissing, "A required related record does not exist.", model: model.name, fields: [relation.name],
                        help: "The foreign key points to no row: repair the data, or make the relation optional.")
                } else {
                    rows[position].values[relation.name] = found.first ?? .null
                }
            }
        }
        return rows.map { .object($0.values) }
    }
}

extension RowShape.Related {
    fileprivate func load(
        _ keys: [SQLValue], on connection: any SQLConnection, in engine: PrismaEngine
    ) async throws -> [SQLValue: [JSON]] {
        guard !keys.isEmpty else { return [:] }
        let shape = shape
        var found = try await rows.scan(
            keys, columns: shape.readsRecord ? nil : [], extra: shape.selections, on: connection, into: [RowShape.Row]()
        ) { state, key, row in
            var read = try shape.read(&row)
            read.parent = key
            state.append(read)
        }
        if rows.isReversed { found.reverse() }
        var groups: [SQLValue: [Int]] = [:]
        for (index, row) in found.enumerated() { groups[row.parent, default: []].append(index) }
        if window.isNeeded {
            let kept = groups.values.flatMap { window.rows(of: $0.map { (found[$0], $0) }) }.sorted()
            found = kept.map { found[$0] }
        }
        let completed = try await shape.complete(found, on: connection, in: engine)
        var dealt: [SQLValue: [JSON]] = [:]
        for (row, json) in zip(found, completed) { dealt[row.parent, default: []].append(json) }
        return dealt
    }
}

/// `distinct` and `cursor` of a relation's rows, for each row above; then `skip` and `take` come after them.
struct RelationWindow: Sendable {
    var distinctColumns = 0
    var hasCursor = false
    var take: Int?
    var skip: Int?

    var isNeeded: Bool { distinctColumns > 0 || hasCursor }

    /// The positions that stay.
    fileprivate func rows(of rows: [(row: RowShape.Row, position: Int)]) -> [Int] {
        let isReversed = (take ?? 0) < 0
        var rows = isReversed ? rows.reversed() : rows
        if hasCursor { rows = Array(rows.drop { $0.row.extras.last != .bool(true) }) }
        if distinctColumns > 0 {
            var seen: Set<[SQLValue]> = []
            rows = rows.filter { seen.insert(Array($0.row.extras.prefix(distinctColumns))).inserted }
        }
        rows = Array(rows.dropFirst(skip ?? 0))
        if let take { rows = Array(rows.prefix(Int(take.magnitude))) }
        return (isReversed ? rows.reversed() : rows).map(\.position)
    }
}
