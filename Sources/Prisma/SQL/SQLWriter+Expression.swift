internal import FoundationEssentials
internal import PrismaSchema

// The SQL of each node. Where the databases disagree, the text makes them agree with the evaluator; `docs/expressions.md` lists
// what was decided.

extension SQLWriter {
    package mutating func expression(_ node: ExpressionNode) throws(PrismaError) {
        switch node {
        case .column(let column):
            try self.column(column)
        case .literal(let value, let type):
            try literal(value, type)
        case .now:
            switch now {
            case .instant(let microseconds): try literal(.timestamp(microseconds: microseconds), .date)
            case .expression(let node): try expression(node)
            }
        case .unary(let op, let operand):
            try unary(op, operand)
        case .binary(let op, let left, let right):
            try binary(op, left, right)
        case .conditional(let condition, let then, let other):
            try sequence("CASE WHEN ", condition, " THEN ", then, " ELSE ", other, " END")
        case .membership(let operand, let values, let type):
            try membership(operand, values, type)
        case .cast(let operand, let type):
            try cast(operand, to: type)
        case .datePart(let part, let operand):
            try datePart(part, operand)
        case .shifted(let operand, let distance):
            write("(")
            try date(operand)
            switch dialect {
            case .sqlite: write(" + \(distance / 1000))")
            case .postgresql: write(" + INTERVAL '\(distance) microseconds')")
            }
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
        }
    }

    /// Pieces of SQL text and nodes, in turn.
    private mutating func sequence(_ pieces: any SQLPiece...) throws(PrismaError) {
        for piece in pieces {
            if let text = piece as? String { write(text) }
            if let node = piece as? ExpressionNode { try expression(node) }
        }
    }

    private mutating func column(_ reference: ColumnReference) throws(PrismaError) {
        let field = try resolve(reference)
        guard dialect == .postgresql, let cast = field.castToPlainType else {
            column(field, alias: scopes[reference.depth].alias)
            return
        }
        write("(")
        column(field, alias: scopes[reference.depth].alias)
        write(cast)
        write(")")
    }

    private func resolve(_ reference: ColumnReference) throws(PrismaError) -> Field {
        guard scopes.indices.contains(reference.depth), scopes[reference.depth].model.name == reference.model else {
            throw PrismaError(
                .invalidExpression, "A column of another query's row is used in this expression.", model: reference.model,
                fields: [reference.field],
                help: "Use only the columns that the closure was given, or those of the closures around it.")
        }
        return try field(reference.field, of: scopes[reference.depth].model)
    }

    private mutating func literal(_ value: SQLValue, _ type: ValueType) throws(PrismaError) {
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
}

/// Text or a node, for `sequence`.
private protocol SQLPiece {}
extension String: SQLPiece {}
extension ExpressionNode: SQLPiece {}

extension Field {
    /// What turns a native type that drivers or operators treat specially into the plain one, on PostgreSQL.
    var castToPlainType: String? {
        guard let native = nativeType?.name, arity != .list else { return nil }
        return switch native {
        case "Uuid", "Inet", "Xml", "Bit", "VarBit", "Char", "Citext": "::text"
        case "Real": "::float8"
        case "Money": "::numeric"
        case "SmallInt", "Oid": "::int8"
        case "Json": "::jsonb"
        case "Date": "::timestamp"
        case "Timestamptz": " AT TIME ZONE 'UTC'"
        case "Time", "Timetz": "::time + '1970-01-01'::date"
        default: nil
        }
    }
}

// MARK: - Operators

extension SQLWriter {
    private mutating func unary(_ op: UnaryOperator, _ operand: ExpressionNode) throws(PrismaError) {
        let smallest = dialect == .sqlite ? "-9223372036854775808" : "'-9223372036854775808'::int8"
        let mayOverflow = operand.type.isInteger && operand.magnitude >= .int64Limit
        switch op {
        case .not: try sequence("(NOT ", operand, ")")
        case .isNull: try sequence("(", operand, " IS NULL)")
        case .negate where mayOverflow: try sequence("(-NULLIF(", operand, ", \(smallest)))")
        case .negate: try sequence("(-", operand, ")")
        case .absolute where mayOverflow: try sequence("abs(NULLIF(", operand, ", \(smallest)))")
        case .absolute: try sequence("abs(", operand, ")")
        case .lowercased: try sequence("lower(", operand, ascii + ")")
        case .uppercased: try sequence("upper(", operand, ascii + ")")
        case .length: try sequence(dialect == .sqlite ? "length(" : "char_length(", operand, dialect == .sqlite ? ")" : ")::int8")
        }
    }

    /// PostgreSQL changes the case of, and orders, text by collation; "C" goes by bytes, as SQLite and the evaluator do.
    private var ascii: String { dialect == .sqlite ? "" : " COLLATE \"C\"" }

    private mutating func binary(_ op: BinaryOperator, _ left: ExpressionNode, _ right: ExpressionNode) throws(PrismaError) {
        switch op {
        case .equal: try comparison(" = ", left, right)
        case .notEqual: try comparison(" <> ", left, right)
        case .less: try comparison(" < ", left, right)
        case .lessOrEqual: try comparison(" <= ", left, right)
        case .greater: try comparison(" > ", left, right)
        case .greaterOrEqual: try comparison(" >= ", left, right)
        case .and: try sequence("(", left, " AND ", right, ")")
        case .or: try sequence("(", left, " OR ", right, ")")
        case .coalesce: try sequence("COALESCE(", left, ", ", right, ")")
        case .add: try arithmetic(" + ", op, left, right)
        case .subtract: try arithmetic(" - ", op, left, right)
        case .multiply: try arithmetic(" * ", op, left, right)
        case .divide: try arithmetic(" / ", op, left, right)
        case .remainder: try arithmetic(" % ", op, left, right)
        case .contains:
            try sequence("(" + (dialect == .sqlite ? "instr(" : "strpos("), left, ", ", right, ") > 0)")
        case .hasPrefix:
            switch dialect {
            case .sqlite: try sequence("(substr(", left, ", 1, length(", right, ")) = ", right, ")")
            case .postgresql: try sequence("starts_with(", left, ", ", right, ")")
            }
        case .hasSuffix:
            switch dialect {
            // A count of 0 characters from the end means "all" to SQLite's substr, so the empty suffix is asked for first.
            case .sqlite:
                try sequence("(", right, " = '' AND ", left, " IS NOT NULL OR substr(", left, ", -length(", right, ")) = ", right, ")")
            case .postgresql: try sequence("(right(", left, ", char_length(", right, ")) = ", right, ")")
            }
        }
    }

    private mutating func comparison(_ sign: String, _ left: ExpressionNode, _ right: ExpressionNode) throws(PrismaError) {
        write("(")
        try comparand(left, against: right)
        if left.type == .string, sign != " = ", sign != " <> " { write(ascii) }
        write(sign)
        try comparand(right, against: left)
        write(")")
    }

    /// A bare column beside a constant stays bare, so that an index on it can be used; the constant takes the column's type.
    private mutating func comparand(_ node: ExpressionNode, against other: ExpressionNode) throws(PrismaError) {
        switch (node, other) {
        case (.column, .literal(_, .list)): try listOperand(node)
        case (.column(let reference), .literal), (.column(let reference), .now), (.column(let reference), .shifted(.now, _)):
            column(try resolve(reference), alias: scopes[reference.depth].alias)
        case (.literal(let value, .string), .column) where dialect == .postgresql:
            bind(value)
        default:
            if node.type == .date { try date(node) } else { try expression(node) }
        }
    }

    private mutating func arithmetic(
        _ sign: String, _ op: BinaryOperator, _ left: ExpressionNode, _ right: ExpressionNode
    ) throws(PrismaError) {
        let isInteger = left.type.isInteger && right.type.isInteger
        let divides = op == .divide || op == .remainder
        let overflows = isInteger && op != .remainder && ExpressionNode.binary(op, left, right).magnitude >= .int64Limit
        guard overflows else {
            write("(")
            try operand(left, integer: isInteger)
            write(sign)
            // SQLite's quotient by zero is null already.
            if divides, dialect == .postgresql { write("NULLIF(") }
            try operand(right, integer: isInteger)
            if divides, dialect == .postgresql { write(", 0)") }
            write(")")
            return
        }
        switch dialect {
        case .sqlite:
            // An integer operation that overflows gives REAL.
            try sequence("(SELECT CASE WHEN typeof(v) = 'integer' THEN v END FROM (SELECT ", left, sign, right, " AS v))")
        case .postgresql:
            write("(SELECT CASE WHEN v BETWEEN -9223372036854775808 AND 9223372036854775807 THEN v::int8 END FROM (SELECT ")
            if divides {
                try sequence("div((", left, ")::numeric, NULLIF((", right, ")::numeric, 0))")
            } else {
                try sequence("(", left, ")::numeric" + sign + "(", right, ")::numeric")
            }
            write(" AS v) AS o)")
        }
    }

    /// On PostgreSQL integer columns are computed with in 64 bits.
    private mutating func operand(_ node: ExpressionNode, integer: Bool) throws(PrismaError) {
        try expression(node)
        if integer, dialect == .postgresql, node.type == .int, case .literal = node {
        } else if integer, dialect == .postgresql, node.type == .int {
            write("::int8")
        }
    }

    private mutating func membership(_ operand: ExpressionNode, _ values: [SQLValue], _ type: ValueType) throws(PrismaError) {
        guard !values.isEmpty else {
            write(dialect == .sqlite ? "0" : "FALSE")
            return
        }
        write("(")
        try comparand(operand, against: .literal(.null, type))
        write(" IN (")
        let cast = type == .string ? nil : try castName(type)
        for (index, value) in values.enumerated() {
            if index > 0 { write(", ") }
            bind(value, as: cast)
        }
        write("))")
    }

    private mutating func cast(_ operand: ExpressionNode, to type: ValueType) throws(PrismaError) {
        switch (dialect, operand.type, type) {
        case (.sqlite, .bool, .bigInt): try expression(operand)
        case (.postgresql, .bool, .bigInt): try sequence("(", operand, ")::int::int8")
        case (.sqlite, _, .double): try sequence("CAST(", operand, " AS REAL)")
        case (.postgresql, _, .double): try sequence("(", operand, ")::float8")
        case (.sqlite, .double, .bigInt):
            try sequence(
                "(SELECT CASE WHEN v >= -9223372036854775808.0 AND v < 9223372036854775808.0 THEN CAST(v AS INTEGER) END FROM (SELECT ",
                operand, " AS v))")
        case (.postgresql, .double, .bigInt):
            try sequence(
                "(SELECT CASE WHEN v >= -9223372036854775808.0 AND v < 9223372036854775808.0 THEN trunc(v)::int8 END FROM (SELECT ",
                operand, "::float8 AS v) AS o)")
        case (.postgresql, _, .string): try sequence("(", operand, ")::text")
        default: try expression(operand)
        }
    }

    private mutating func partAfter(_ operand: ExpressionNode, _ separator: String) throws(PrismaError) {
        let position = dialect == .sqlite ? "instr" : "strpos"
        let separatorLength = separator.unicodeScalars.count
        write("(SELECT CASE WHEN \(position)(v, s) > 0 THEN substr(v, \(position)(v, s) + \(separatorLength)) END FROM (SELECT ")
        try expression(operand)
        write(" AS v, ")
        bind(.text(separator), as: "text")
        write(" AS s) AS o)")
    }

    private mutating func function(_ function: RowFunction, _ arguments: [ExpressionNode]) throws(PrismaError) {
        guard dialect == .sqlite else {
            throw PrismaError(
                .invalidExpression, "\(function.name) is computed in this process and cannot be part of PostgreSQL's SQL.",
                help: "Use it in `where`, `orderBy`, `include` or `select` of a query, where it is applied to the rows.")
        }
        write(function.name)
        write("(")
        for (index, argument) in arguments.enumerated() {
            if index > 0 { write(", ") }
            try expression(argument)
        }
        write(")")
    }
}

// MARK: - Dates

extension SQLWriter {
    /// A date to compute with. SQLite holds milliseconds, or text where a row was not written by a Prisma client.
    private mutating func date(_ node: ExpressionNode) throws(PrismaError) {
        guard dialect == .sqlite, case .column = node else { return try expression(node) }
        try sequence(
            "CASE typeof(", node, ") WHEN 'text' THEN CAST(ROUND((julianday(", node, ") - 2440587.5) * 86400000.0) AS INTEGER) ELSE ", node,
            " END")
    }

    private mutating func dateDifference(_ from: ExpressionNode, _ to: ExpressionNode, _ unit: Int64) throws(PrismaError) {
        switch dialect {
        case .sqlite:
            write("(CAST((")
            try date(to)
            write(" - ")
            try date(from)
            write(") * 1000 AS REAL) / \(unit).0)")
        case .postgresql:
            write("(((EXTRACT(EPOCH FROM ")
            try date(to)
            write(") - EXTRACT(EPOCH FROM ")
            try date(from)
            write(")) * 1000000)::float8 / \(unit)::float8)")
        }
    }

    private mutating func datePart(_ part: DatePart, _ operand: ExpressionNode) throws(PrismaError) {
        switch dialect {
        case .sqlite:
            let format =
                switch part {
                case .year: "%Y"
                case .month: "%m"
                case .day: "%d"
                case .hour: "%H"
                case .minute: "%M"
                case .second: "%S"
                case .weekday: "%w"
                case .dayOfYear: "%j"
                }
            // Seconds, rounded down also before 1970.
            write(
                "(SELECT \(part == .weekday ? "(" : "")CAST(strftime('\(format)', (v - ((v % 1000) + 1000) % 1000) / 1000, 'unixepoch') AS INTEGER)"
            )
            if part == .weekday { write(" + 6) % 7 + 1") }
            write(" FROM (SELECT ")
            try date(operand)
            write(" AS v))")
        case .postgresql:
            let name =
                switch part {
                case .weekday: "ISODOW"
                case .dayOfYear: "DOY"
                default: part.rawValue.mappingASCII { $0 - 32 }
                }
            write("floor(EXTRACT(\(name) FROM ")
            try date(operand)
            write("))::int8")
        }
    }
}
