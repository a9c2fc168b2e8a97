internal import FoundationEssentials
internal import PrismaSchema

// The SQL of each node. Where the databases disagree, the text makes them agree with the evaluation in memory;
// `docs/expressions.md` lists what was decided.

extension SQLWriter {
    package mutating func expression(_ node: ExpressionNode) throws(PrismaError) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionNode.readableDepth else { throw ExpressionNode.tooDeeplyNested }
        switch node {
        case .column(let column):
            try self.column(column)
        case .literal(let value, let type):
            try literal(value, type)
        case .now:
            switch now {
            case .instant(let microseconds): try literal(.timestamp(microseconds: microseconds), .date)
            case .expression(let node): try date(node)
            }
        case .unary(let op, let operand):
            try unary(op, operand)
        case .binary(let op, let left, let right):
            try binary(op, left, right)
        case .conditional(let condition, let then, let other):
            write("CASE WHEN ")
            try expression(condition)
            write(" THEN ")
            try value(then)
            write(" ELSE ")
            try value(other)
            write(" END")
        case .membership(let operand, let values, let type):
            try membership(operand, values, type)
        case .cast(let operand, let type):
            try cast(operand, to: type)
        case .datePart(let part, let operand):
            try datePart(part, operand)
        case .startOf(let unit, let operand):
            try startOf(unit, operand)
        case .shifted(let operand, let distance):
            try shifted(operand, distance)
        case .dateDifference(let from, let to, let unit):
            try dateDifference(from, to, unit)
        case .partAfter(let operand, let separator):
            try partAfter(operand, separator)
        case .structure(let op, let operands):
            try structure(op, operands)
        case .aggregate(let aggregate):
            try self.aggregate(aggregate)
        case .function(let function, let arguments):
            try self.function(function, arguments)
        case .tooDeep:
            throw ExpressionNode.tooDeeplyNested
        }
    }

    /// An expression whose value is computed with: a stored date in the form that all dates have.
    mutating func value(_ node: ExpressionNode) throws(PrismaError) {
        if node.type == .date { try date(node) } else { try expression(node) }
    }

    /// What `write` writes, as a piece of text to put together. A piece can be repeated: its parameters have numbers.
    mutating func piece(_ write: (inout SQLWriter) throws(PrismaError) -> Void) throws(PrismaError) -> String {
        let before = text
        text = ""
        try write(&self)
        defer { text = before }
        return text
    }

    /// SQL that names its operands more than once. An operand that takes computing is computed once, under a name.
    mutating func once(_ operands: ExpressionNode..., compose: ([String]) -> String) throws(PrismaError) {
        var names: [String] = []
        var computed: [String] = []
        for operand in operands {
            let piece = try piece { (writer) throws(PrismaError) in try writer.value(operand) }
            if isName(operand) {
                names.append(piece)
            } else {
                let name = "v\(computed.count + 1)"
                names.append(name)
                computed.append(piece + " AS " + name)
            }
        }
        write("(")
        if computed.isEmpty {
            write(compose(names))
        } else {
            write("SELECT \(compose(names)) FROM (SELECT \(computed.joined(separator: ", "))) AS o")
        }
        write(")")
    }

    /// Whether the SQL of a value is so short that it can be repeated.
    func isName(_ node: ExpressionNode) -> Bool {
        switch node {
        case .column(let column): dialect == .postgresql || column.type != .date
        case .literal: true
        default: false
        }
    }

    // MARK: - Columns and constants

    private mutating func column(_ reference: ColumnReference) throws(PrismaError) {
        let field = try resolve(reference)
        let alias = scopes[reference.depth].alias
        guard dialect == .postgresql, let plain = field.asPlainType("\(alias).\(Self.quoted(field.databaseName))") else {
            return column(field, alias: alias)
        }
        write("(\(plain))")
    }

    func resolve(_ reference: ColumnReference) throws(PrismaError) -> Field {
        guard scopes.indices.contains(reference.depth), scopes[reference.depth].model.name == reference.model else {
            throw PrismaError.outOfScope(
                reference.model, reference.field, in: scopes.indices.contains(reference.depth) ? scopes[reference.depth].model.name : nil)
        }
        return try field(reference.field, of: scopes[reference.depth].model)
    }

    private mutating func literal(_ value: SQLValue, _ type: ValueType) throws(PrismaError) {
        let value = value.withoutNaN
        if value.isNull, dialect == .sqlite {
            write("NULL")
        } else {
            bind(value, as: try castName(type))
        }
    }

    /// The type's name for a cast of a parameter on PostgreSQL.
    package func castName(_ type: ValueType) throws(PrismaError) -> String {
        guard dialect == .postgresql else { return "" }
        switch type {
        case .bool: return "boolean"
        case .int, .bigInt: return "int8"
        case .double: return "float8"
        case .decimal: return "numeric"
        case .string: return "text"
        case .date: return "timestamp"
        case .bytes: return "bytea"
        case .json: return "jsonb"
        case .enumeration(let name):
            guard let enumeration = schema.enumeration(named: name) else {
                throw PrismaError(.validationFailed, "The schema has no enum \(name).", help: "Run `prisml generate`.")
            }
            return (enumeration.databaseSchema.map { Self.quoted($0) + "." } ?? "") + Self.quoted(enumeration.databaseName)
        // Arrays are not widened as numbers are.
        case .list(.int): return "int4[]"
        case .list(let element): return try castName(element) + "[]"
        }
    }

    private mutating func function(_ function: RowFunction, _ arguments: [ExpressionNode]) throws(PrismaError) {
        if let table = scoreTables.isEmpty ? nil : scoreTables[FunctionCall(function, arguments)] {
            return try score(in: table, depth: arguments.outermostDepth)
        }
        guard dialect == .sqlite else {
            throw PrismaError(
                .invalidExpression, "\(function.name) is computed in this process and cannot be part of PostgreSQL's SQL.",
                help: "Use it in a query, which reads rows; not in one that writes or streams them.")
        }
        guard arguments.count <= Self.functionArguments else {
            throw PrismaError(
                .invalidExpression,
                "A prediction from \(arguments.count) columns is more than SQLite passes to a function, which is \(Self.functionArguments).",
                help:
                    "Use it in `include`, `where`, `orderBy` or `select` about the rows themselves: those are computed beside the database."
            )
        }
        write(functionNames[function.name] ?? function.name)
        write("(")
        for (index, argument) in arguments.enumerated() {
            if index > 0 { write(", ") }
            try expression(argument)
        }
        write(")")
    }
}

extension SQLWriter {
    /// What SQLite allows at most, whatever it was built with.
    static let functionArguments = 127

    /// The score that was kept for the row at a depth.
    private mutating func score(in table: String, depth: Int) throws(PrismaError) {
        guard scopes.indices.contains(depth) else { throw PrismaError.outOfScope(scopes.last?.model.name ?? "", table) }
        let model = scopes[depth].model
        let alias = newAlias()
        write("(SELECT \(alias).score FROM pg_temp.\(table) AS \(alias)")
        for (index, name) in model.identifyingFields.enumerated() {
            guard let type = try field(name, of: model).valueType else { continue }
            write(index == 0 ? " WHERE " : " AND ")
            write("\(alias).k\(index) = ")
            try expression(.column(ColumnReference(depth: depth, model: model.name, field: name, type: type)))
        }
        write(")")
    }
}

extension Field {
    /// A column whose native type drivers or operators treat specially as the plain type, on PostgreSQL.
    func asPlainType(_ column: String) -> String? {
        guard let native = nativeType?.name else { return nil }
        if arity == .list { return listAsPlainType(column, native) }
        return switch native {
        // A cast would give the length of the mask, also of an address that has none.
        case "Inet": "abbrev(\(column))"
        case "Uuid", "Xml", "Bit", "VarBit", "Char", "Citext": column + "::text"
        case "Real": column + "::float8"
        case "Money": column + "::numeric"
        case "SmallInt", "Oid": column + "::int8"
        case "Json": column + "::jsonb"
        case "Date": column + "::timestamp"
        case "Timestamptz": column + " AT TIME ZONE 'UTC'"
        case "Time", "Timetz": column + "::time + '1970-01-01'::date"
        default: nil
        }
    }

    /// Whether PostgreSQL cannot compare the native type with a constant of the plain one.
    var isComparedAsPlainType: Bool { ["Time", "Timetz", "Money"].contains(nativeType?.name) }

    /// What a parameter for the column needs, where it does not become the native type by itself.
    func parameterCast(_ dialect: SQLDialect) -> String? {
        guard dialect == .postgresql else { return nil }
        return switch (nativeType?.name, arity) {
        case ("Time", .list): "timestamp[]::time[]"
        case ("Timetz", .list): "timestamptz[]::timetz[]"
        case ("Timetz", _): "timestamptz"
        default: nil
        }
    }

    /// Two arrays can be compared only where their elements have the same type.
    private func listAsPlainType(_ column: String, _ native: String) -> String? {
        switch native {
        case "Inet": column + "::text::text[]"
        case "Xml", "Bit", "VarBit", "Citext": column + "::text[]"
        case "Real": column + "::float8[]"
        case "Money": column + "::numeric[]"
        case "SmallInt", "Oid": column + "::int4[]"
        case "Date", "Timestamptz": column + "::timestamp[]"
        case "Time", "Timetz": "ARRAY(SELECT value::time + '1970-01-01'::date FROM unnest(\(column)) AS value)"
        default: nil
        }
    }
}
