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
        /// The row comes with the row that leads to it.
        var join: RelationJoin?
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
        (readsRecord ? [] : columns.map(\.node)) + counts.map(\.node) + extras.map(\.node)
            + related.filter { $0.join == nil }.flatMap(\.rows.parentKey)
    }

    var joins: [RelationJoin] { related.compactMap(\.join) }

    /// The same with the rows of relations to one in the statement for at most so many rows, where that is better.
    func joined(rows: Int?) -> RowShape {
        var shape = self
        for index in shape.related.indices where shape.related[index].rows.isBetterJoined(rows: rows) {
            let below = shape.related[index].shape.joined(rows: rows)
            shape.related[index].shape = below
            shape.related[index].join = RelationJoin(
                related: shape.related[index].rows, columns: below.readsRecord ? nil : [], selections: below.selections, joins: below.joins)
        }
        return shape
    }

    /// The names of the query's columns, for errors.
    var columnNames: [String] { (columns + counts + extras).map(\.name) }

    /// A row as it was read; relations are filled in later.
    struct Row: Sendable {
        var values: [String: JSON]
        var extras: [SQLValue] = []
        /// For each relation the key of its rows.
        var keys: [SQLValue] = []
        /// For each relation the row that came along.
        var joined: [Row?] = []
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
        for relation in related { row.keys.append(relation.join == nil ? try relation.rows.key(from: &source) : .null) }
        for relation in related { row.joined.append(try relation.join.flatMap { try relation.read($0, from: &source) }) }
        return row
    }

    /// Fills in the rows of relations, one query for each.
    func complete(_ rows: [Row], on connection: any SQLConnection, in engine: PrismaEngine) async throws -> [JSON] {
        var rows = rows
        for (index, relation) in related.enumerated() {
            let below = try await relation.below(rows, index, on: connection, in: engine)
            for position in rows.indices {
                let found = below[position]
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
    /// The related row that came along with a row.
    fileprivate func read(_ join: RelationJoin, from source: inout SQLRow) throws -> RowShape.Row? {
        guard try join.isThere(&source) else { return nil }
        let start = source.position
        do {
            return try shape.read(&source)
        } catch let error as PrismaError {
            throw join.located(error, from: start, names: shape.columnNames)
        }
    }

    /// What belongs to each of some rows, of which this is the n-th relation.
    fileprivate func below(
        _ rows: [RowShape.Row], _ index: Int, on connection: any SQLConnection, in engine: PrismaEngine
    ) async throws -> [[JSON]] {
        guard join == nil else {
            var found = try await shape.complete(rows.compactMap { $0.joined[index] }, on: connection, in: engine)[...]
            return rows.map { row in row.joined[index] == nil ? [] : found.popFirst().map { [$0] } ?? [] }
        }
        var seen: Set<SQLValue> = []
        let keys = rows.map { $0.keys[index] }.filter { !$0.isNull && seen.insert($0).inserted }
        let dealt = try await load(keys, on: connection, in: engine)
        return rows.map { dealt[$0.keys[index]] ?? [] }
    }

    private func load(
        _ keys: [SQLValue], on connection: any SQLConnection, in engine: PrismaEngine
    ) async throws -> [SQLValue: [JSON]] {
        guard !keys.isEmpty else { return [:] }
        let shape = shape.joined(rows: rows.rowLimit(keys.count))
        var found = try await rows.scan(
            keys, columns: shape.readsRecord ? nil : [], extra: shape.selections, joins: shape.joins, on: connection,
            into: [RowShape.Row]()
        ) { state, key, row in
            var read = try shape.read(&row)
            read.parent = key
            state.append(read)
        }
        if rows.isReversed { found.reverse() }
        if window.isNeeded { found = window.kept(found.map(\.extras), of: found.map(\.parent)).map { found[$0] } }
        let completed = try await shape.complete(found, on: connection, in: engine)
        var dealt: [SQLValue: [JSON]] = [:]
        for (row, json) in zip(found, completed) { dealt[row.parent, default: []].append(json) }
        return dealt
    }
}
