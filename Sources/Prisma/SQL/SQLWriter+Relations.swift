internal import FoundationEssentials
package import PrismaSchema

extension SQLWriter {
    /// An aggregate over a relation, as a subquery that is correlated with the row it belongs to.
    mutating func aggregate(_ aggregate: RelationAggregate) throws(PrismaError) {
        if aggregate.field.isEmpty { return try groupAggregate(aggregate) }
        guard scopes.indices.contains(aggregate.depth), scopes[aggregate.depth].model.name == aggregate.model else {
            throw PrismaError(
                .invalidExpression, "A relation of another query's row is used in this expression.", model: aggregate.model,
                fields: [aggregate.field],
                help: "Use only the columns that the closure was given, or those of the closures around it.")
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
        switch aggregate.kind {
        case .some: write("EXISTS (SELECT 1")
        case .none, .every: write("(NOT EXISTS (SELECT 1")
        default: write("(SELECT ")
        }
        enter(target, alias: alias)
        try selected(aggregate)
        write(" FROM ")
        try source(of: relation, to: target, alias: alias, from: parent)
        if let filter = aggregate.filter {
            write(" AND ")
            try expression(filter)
        }
        if aggregate.kind == .every, let condition = aggregate.value {
            write(" AND NOT ")
            try expression(condition)
        }
        if aggregate.kind == .first, !aggregate.order.isEmpty {
            try order(
                aggregate.order.map { $0.nulls == nil ? $0.nulls(.last) : $0 }, tieBreaker: target.primaryKey?.fields.map(\.name) ?? [])
            write(" LIMIT 1")
        }
        leave()
        write(aggregate.kind == .none || aggregate.kind == .every ? "))" : ")")
    }

    private mutating func selected(_ aggregate: RelationAggregate) throws(PrismaError) {
        guard let value = aggregate.value else {
            if aggregate.kind == .count { write(dialect == .sqlite ? "COUNT(*)" : "COUNT(*)::int8") }
            return
        }
        let isText = value.type == .string && dialect == .postgresql
        switch aggregate.kind {
        case .sum:
            write("COALESCE(SUM(")
            try expression(value)
            write(aggregate.type.isInteger ? "), 0)" : "), 0.0)")
            if dialect == .postgresql { write(aggregate.type.isInteger ? "::int8" : "::float8") }
        case .average:
            write("AVG(")
            try expression(value)
            write(dialect == .postgresql ? ")::float8" : ")")
        case .minimum, .maximum:
            write(aggregate.kind == .minimum ? "MIN(" : "MAX(")
            try expression(value)
            write(isText ? " COLLATE \"C\")" : ")")
        case .first:
            try expression(value)
        case .count, .some, .every, .none:
            break
        }
    }

    /// `"Target" AS t1 WHERE t1."ownerId" = t0."id"`, or through the join table of a many-to-many relation.
    package mutating func source(of relation: Relation, to target: Model, alias: String, from parent: Scope) throws(PrismaError) {
        table(target)
        write(" AS \(alias)")
        if let join = relation.joinTable {
            let joinAlias = newAlias()
            write(" JOIN ")
            identifier(join.databaseName)
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

    /// ` ORDER BY …`; fields of the innermost row break ties so that the order is total.
    package mutating func order(_ terms: [RowOrder], tieBreaker: [String] = []) throws(PrismaError) {
        guard let scope = scopes.last, !terms.isEmpty || !tieBreaker.isEmpty else { return }
        var separator = " ORDER BY "
        for term in terms {
            write(separator)
            separator = ", "
            try expression(term.node)
            write(term.isDescending ? " DESC" : " ASC")
            if let nulls = term.nulls { write(nulls == .first ? " NULLS FIRST" : " NULLS LAST") }
        }
        for name in tieBreaker {
            write(separator)
            separator = ", "
            column(try field(name, of: scope.model), alias: scope.alias)
        }
    }
}
