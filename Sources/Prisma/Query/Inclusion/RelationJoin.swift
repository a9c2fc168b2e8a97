internal import PrismaSchema

/// The row at the other end of a relation to one, read in the statement for the rows that lead to it.
///
/// `SELECT t0.…, t1."id", t1.… FROM "Order" AS t0 LEFT JOIN "User" AS t1 ON t1."id" = t0."userId"`
package struct RelationJoin: Sendable {
    let related: RelatedRows
    /// What is selected in place of the record's columns.
    let columns: [ExpressionNode]?
    /// What is selected after them.
    let selections: [ExpressionNode]
    /// Rows that the related one leads to.
    let joins: [RelationJoin]

    /// How many columns it adds: first a part of the row's key, which is null where there is no row.
    var columnCount: Int {
        1 + (columns?.count ?? related.target.recordFields.count) + selections.count + joins.reduce(0) { $0 + $1.columnCount }
    }

    /// Whether there is a related row; goes on behind it where there is none.
    func isThere(_ row: inout SQLRow) throws(PrismaError) -> Bool {
        let start = row.position
        guard try row.skipsNull() else {
            _ = try row.cell()
            return true
        }
        row.move(to: start + columnCount)
        return false
    }

    /// The error with the field of the related row in place of the number of a column.
    ///
    /// - Parameter names: what stands in place of the record's columns, where that is something else.
    func located(_ error: PrismaError, from start: Int, names: [String]? = nil) -> PrismaError {
        var error = error
        error.model = related.target.name
        let names = names ?? related.contentNames(columns)
        error.fields = error.fields.map { field in
            guard field.hasPrefix("#"), let index = Int(field.dropFirst()), names.indices.contains(index - start) else { return field }
            return names[index - start]
        }
        return error
    }
}

extension RelatedRows {
    /// Up to so many rows a join was faster on both databases, by a third and more. Beyond, what tells is how many rows lead to one:
    /// a join reads that one again for each of them, so it takes 1.3 to 1.6 times as long at ten each, and half as long at one each.
    /// The benchmark suite `clients` measures both.
    static let joinedRows = 100

    /// Whether to read the related row in the statement for at most so many rows above; nil is any number of rows.
    func isBetterJoined(rows: Int?) -> Bool {
        // Nothing holds a view to the uniqueness that the schema tells of it.
        guard isToOne, !target.isView, filter == nil, order.isEmpty, take == nil, skip == nil else { return false }
        return switch engine.options.relationLoadStrategy {
        case .join: true
        case .query: false
        case .automatic: relation.kind == .oneToOne || (rows.map { $0 <= Self.joinedRows } ?? false)
        }
    }
}

extension SQLWriter {
    /// A join with its table's alias, before it is written.
    struct PlacedJoin {
        let join: RelationJoin
        let alias: String
        let joins: [PlacedJoin]
    }

    mutating func place(_ joins: [RelationJoin]) -> [PlacedJoin] {
        joins.map { PlacedJoin(join: $0, alias: newAlias(), joins: place($0.joins)) }
    }

    /// `, t1."id", t1."email"…`
    mutating func columns(of placed: [PlacedJoin], isFirst: Bool = false) throws(PrismaError) {
        for (index, place) in placed.enumerated() {
            let related = place.join.related
            if index > 0 || !isFirst { write(", ") }
            let key = try field(related.relation.references[0], of: related.target)
            write(key.selection(alias: place.alias, dialect: dialect))
            if place.join.columns == nil {
                for field in related.target.recordFields { write(", " + field.selection(alias: place.alias, dialect: dialect)) }
            }
            let outer = replaceOutermostScope(with: Scope(alias: place.alias, model: related.target))
            for selection in (place.join.columns ?? []) + place.join.selections {
                write(", ")
                try expression(selection)
            }
            try columns(of: place.joins)
            _ = replaceOutermostScope(with: outer)
        }
    }

    /// ` LEFT JOIN "User" AS t1 ON t1."id" = t0."userId"`
    mutating func tables(of placed: [PlacedJoin], from alias: String) throws(PrismaError) {
        for place in placed {
            let related = place.join.related
            write(" LEFT JOIN ")
            table(related.target)
            write(" AS \(place.alias) ON ")
            for (index, (field, reference)) in zip(related.relation.fields, related.relation.references).enumerated() {
                if index > 0 { write(" AND ") }
                column(try self.field(reference, of: related.target), alias: place.alias)
                write(" = ")
                column(try self.field(field, of: related.parent), alias: alias)
            }
            try tables(of: place.joins, from: place.alias)
        }
    }
}
