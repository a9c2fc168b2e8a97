internal import FoundationEssentials
package import PrismaSchema

extension SQLWriter {
    /// An aggregate over a relation, as a subquery that is correlated with the row it belongs to.
    mutating func aggregate(_ aggregate: RelationAggregate) throws(PrismaError) {
        if aggregate.field.isEmpty { return try groupAggregate(aggregate) }
        guard scopes.indices.contains(aggregate.depth), scopes[aggregate.depth].model.name == aggregate.model else {
            throw PrismaError.outOfScope(
                aggregate.model, aggregate.field, in: scopes.indices.contains(aggregate.depth) ? scopes[aggregate.depth].model.name : nil)
        }
        let target = try model(named: aggregate.target)
        try within(depth: aggregate.depth) { (writer: inout SQLWriter) throws(PrismaError) in
            try writer.subquery(aggregate, target)
        }
    }

    private mutating func subquery(_ aggregate: RelationAggregate, _ target: Model) throws(PrismaError) {
        let alias = newAlias()
        let parent = scopes[aggregate.depth]
        let relation = try relation(aggregate.field, of: parent.model)
        enter(target, alias: alias)
        defer { leave() }
        let rows = try piece { (writer) throws(PrismaError) in
            writer.write(" FROM ")
            try writer.source(of: relation, to: target, alias: alias, from: parent)
            if let filter = aggregate.filter {
                writer.write(" AND ")
                try writer.expression(filter)
            }
        }
        switch (aggregate.kind, aggregate.value) {
        case (.some, _): write("EXISTS (SELECT 1\(rows))")
        case (.none, _), (.every, nil): write("(NOT EXISTS (SELECT 1\(rows)))")
        case (.every, let condition?):
            write("(NOT EXISTS (SELECT 1\(rows) AND NOT ")
            try expression(condition)
            write("))")
        case (.first, let value?):
            try first(aggregate, value, rows, target)
        case (_, let value?):
            let piece = try piece { (writer) throws(PrismaError) in try writer.value(value) }
            if isName(value), !value.readsRow(outside: aggregate.depth + 1) {
                write("(SELECT \(call(aggregate, piece))\(rows))")
            } else {
                // A function of outer rows alone would count as an aggregate of the query that they are from.
                write("(SELECT \(call(aggregate, "v")) FROM (SELECT \(piece) AS v\(rows)) AS o)")
            }
        case (_, nil): write("(SELECT COUNT(*)\(rows))")
        }
    }

    /// The aggregate function over values that have a name.
    func call(_ aggregate: RelationAggregate, _ v: String) -> String {
        let type = aggregate.value?.type ?? .bigInt
        let bounds = "BETWEEN -9223372036854775808 AND 9223372036854775807"
        // Over the rows of a query, a sum of nothing is null, as in Prisma; over a relation it is 0.
        let isGroup = aggregate.field.isEmpty
        switch (aggregate.kind, dialect) {
        case (.sum, .sqlite) where type.isInteger && aggregate.sumMayOverflow:
            // SQLite raises an error when a sum overflows; the halves of the numbers cannot.
            let high = "(SUM(\(v) >> 32) + (SUM(\(v) & 4294967295) >> 32))"
            return "CASE WHEN COUNT(\(v)) = 0 THEN \(isGroup ? "NULL" : "0") WHEN \(high) BETWEEN -2147483648 AND 2147483647 "
                + "THEN (\(high) << 32) + (SUM(\(v) & 4294967295) & 4294967295) END"
        case (.sum, .sqlite): return isGroup ? "SUM(\(v))" : type.isInteger ? "COALESCE(SUM(\(v)), 0)" : "TOTAL(\(v))"
        case (.sum, .postgresql):
            let sum = isGroup ? "SUM(\(v))" : "COALESCE(SUM(\(v)), 0)"
            if !type.isInteger { return "NULLIF(\(sum)\(type == .decimal ? "" : "::float8"), 'NaN')" }
            return aggregate.sumMayOverflow ? "CASE WHEN \(sum) \(bounds) THEN \(sum)::int8 END" : "\(sum)::int8"
        case (.average, .sqlite) where type.isInteger && aggregate.sumMayOverflow:
            return "(SUM(\(v) >> 32) * 4294967296.0 + SUM(\(v) & 4294967295)) / COUNT(\(v))"
        case (.average, .sqlite): return "AVG(\(v))"
        // PostgreSQL's own average fails where the sum of the squares is too large.
        case (.average, .postgresql): return "NULLIF(SUM(\(v))::float8 / NULLIF(COUNT(\(v)), 0), 'NaN')"
        case (.minimum, _): return "MIN(\(v)\(type == .string ? byBytes : ""))"
        case (.maximum, _): return "MAX(\(v)\(type == .string ? byBytes : ""))"
        case (.countDistinct, _): return "COUNT(DISTINCT \(v))"
        default: return "COUNT(\(v))"
        }
    }

    /// The value of the first row in an order that is the same as in memory: text by its bytes, enums by their text, nulls last, and
    /// ties broken by the key.
    private mutating func first(
        _ aggregate: RelationAggregate, _ value: ExpressionNode, _ rows: String, _ target: Model
    ) throws(PrismaError) {
        guard !aggregate.order.isEmpty else {
            write("(SELECT ")
            try self.value(value)
            return write("\(rows))")
        }
        let depth = aggregate.depth + 1
        var terms = aggregate.order.map { $0.nulls == nil ? $0.nulls(.last) : $0 }
        for name in target.identifyingFields {
            guard let type = target.field(named: name)?.valueType else { continue }
            terms.append(RowOrder(.column(ColumnReference(depth: depth, model: target.name, field: name, type: type)), descending: false))
        }
        var keys: [String] = []
        for term in terms { keys.append(try piece { (writer) throws(PrismaError) in try writer.value(term.node) }) }
        // In SQLite an order may not speak of outer rows, but what is selected may.
        let isDerived = terms.contains { $0.node.readsRow(outside: depth) }
        write("(SELECT ")
        if isDerived { write("v FROM (SELECT ") }
        try self.value(value)
        if isDerived {
            write(" AS v")
            for (index, key) in keys.enumerated() { write(", \(key) AS k\(index)") }
        }
        write(rows)
        if isDerived { write(") AS o") }
        for (index, term) in terms.enumerated() {
            write(index == 0 ? " ORDER BY " : ", ")
            write(isDerived ? "k\(index)" : keys[index])
            if dialect == .postgresql, case .enumeration = term.node.type { write("::text" + byBytes) }
            if term.node.type == .string { write(byBytes) }
            write(term.isDescending ? " DESC" : " ASC")
            if let nulls = term.nulls { write(nulls == .first ? " NULLS FIRST" : " NULLS LAST") }
        }
        write(" LIMIT 1)")
    }

    /// `"Target" AS t1 WHERE t1."ownerId" = t0."id"`, or through the join table of a many-to-many relation.
    package mutating func source(of relation: Relation, to target: Model, alias: String, from parent: Scope) throws(PrismaError) {
        table(target)
        write(" AS \(alias)")
        if let join = relation.joinTable {
            let joinAlias = newAlias()
            write(" JOIN ")
            table(join)
            write(" AS \(joinAlias) ON \(joinAlias).")
            identifier(join.oppositeColumn)
            write(" = ")
            column(try field(relation.references[0], of: target), alias: alias)
            write(" WHERE \(joinAlias).")
            identifier(join.column)
            write(" = ")
            column(try field(relation.fields[0], of: parent.model), alias: parent.alias)
            return
        }
        for (index, pair) in zip(relation.fields, relation.references).enumerated() {
            write(index == 0 ? " WHERE " : " AND ")
            column(try field(pair.1, of: target), alias: alias)
            write(" = ")
            column(try field(pair.0, of: parent.model), alias: parent.alias)
        }
    }

    /// ` ORDER BY …`, in the database's own order of text and enums.
    package mutating func order(_ terms: [RowOrder]) throws(PrismaError) {
        for (index, term) in terms.enumerated() {
            write(index == 0 ? " ORDER BY " : ", ")
            try expression(term.node)
            write(term.isDescending ? " DESC" : " ASC")
            if let nulls = term.nulls { write(nulls == .first ? " NULLS FIRST" : " NULLS LAST") }
        }
    }
}

extension ExpressionNode {
    /// Whether a value reads a row other than the one at a depth.
    fileprivate func readsRow(outside depth: Int) -> Bool {
        switch self {
        case .column(let column): column.depth != depth
        case .aggregate: true
        default: children.contains { $0.readsRow(outside: depth) }
        }
    }
}
