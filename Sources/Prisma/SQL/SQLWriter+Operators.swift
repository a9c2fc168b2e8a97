internal import PrismaSchema

extension SQLWriter {
    /// PostgreSQL changes the case of, and orders, text by collation; "C" goes by bytes, as SQLite and the evaluation in memory do.
    var byBytes: String { dialect == .sqlite ? "" : " COLLATE \"C\"" }

    /// The text around an operand.
    private mutating func wrap(_ before: String, _ operand: ExpressionNode, _ after: String) throws(PrismaError) {
        write(before)
        try value(operand)
        write(after)
    }

    private mutating func join(_ before: String, _ left: ExpressionNode, _ sign: String, _ right: ExpressionNode, _ after: String)
        throws(PrismaError)
    {
        try wrap(before, left, sign)
        try wrap("", right, after)
    }

    mutating func unary(_ op: UnaryOperator, _ operand: ExpressionNode) throws(PrismaError) {
        switch op {
        case .not: try wrap("(NOT ", operand, ")")
        case .isNull: try wrap("(", operand, " IS NULL)")
        case .negate, .absolute:
            if operand.type.isInteger { try integer(.unary(op, operand)) } else { try wrap(op == .negate ? "(-" : "abs(", operand, ")") }
        case .floor, .ceiling, .rounded: try whole(op, operand)
        case .lowercased: try wrap("lower(", operand, byBytes + ")")
        case .uppercased: try wrap("upper(", operand, byBytes + ")")
        case .trimmed:
            try wrap(dialect == .sqlite ? "trim(" : "btrim(", operand, dialect == .sqlite ? ", char(9, 10, 13, 32))" : ", E' \\t\\n\\r')")
        case .length: try wrap(dialect == .sqlite ? "length(" : "char_length(", operand, dialect == .sqlite ? ")" : ")::int8")
        }
    }

    /// SQLite has no functions for these unless it was built with them; above 2^52 every double is whole.
    private mutating func whole(_ op: UnaryOperator, _ operand: ExpressionNode) throws(PrismaError) {
        switch (dialect, op) {
        case (.postgresql, .floor): try wrap("floor(", operand, ")")
        case (.postgresql, .ceiling): try wrap("ceil(", operand, ")")
        case (.postgresql, _):
            // PostgreSQL's own rounding takes a half to the even number.
            try once(operand) { v in
                "CASE WHEN abs(\(v[0]) - trunc(\(v[0]))) >= 0.5 THEN trunc(\(v[0])) + sign(\(v[0])) ELSE trunc(\(v[0])) END"
            }
        case (.sqlite, _):
            try once(operand) { v in
                let whole = "CAST(\(v[0]) AS INTEGER)"
                let correction =
                    switch op {
                    case .floor: "WHEN \(v[0]) < \(whole) THEN \(whole) - 1.0"
                    case .ceiling: "WHEN \(v[0]) > \(whole) THEN \(whole) + 1.0"
                    default: "WHEN abs(\(v[0]) - \(whole)) >= 0.5 THEN \(whole) + CASE WHEN \(v[0]) < 0 THEN -1.0 ELSE 1.0 END"
                    }
                return "CASE WHEN abs(\(v[0])) >= 4503599627370496.0 THEN \(v[0]) \(correction) ELSE CAST(\(whole) AS REAL) END"
            }
        }
    }

    mutating func binary(_ op: BinaryOperator, _ left: ExpressionNode, _ right: ExpressionNode) throws(PrismaError) {
        switch op {
        case .equal: try comparison(" = ", left, right)
        case .notEqual: try comparison(" <> ", left, right)
        case .less: try comparison(" < ", left, right)
        case .lessOrEqual: try comparison(" <= ", left, right)
        case .greater: try comparison(" > ", left, right)
        case .greaterOrEqual: try comparison(" >= ", left, right)
        case .distinct: try join("(", left, dialect == .sqlite ? " IS NOT " : " IS DISTINCT FROM ", right, ")")
        case .and, .or:
            try logic(op == .and ? " AND " : " OR ", ExpressionNode.binary(op, left, right).chain(op)[...])
        case .coalesce: try join("COALESCE(", left, ", ", right, ")")
        case .add, .subtract, .multiply, .divide, .remainder:
            if left.type.isInteger, right.type.isInteger {
                try integer(.binary(op, left, right))
            } else {
                try floating(op, left, right)
            }
        case .least, .greatest:
            let byBytes = left.type == .string ? self.byBytes : ""
            let (sign, opposite) = op == .least ? ("<=", ">") : (">=", "<")
            try once(left, right) { v in
                "CASE WHEN \(v[0])\(byBytes) \(sign) \(v[1]) THEN \(v[0]) WHEN \(v[0])\(byBytes) \(opposite) \(v[1]) THEN \(v[1]) END"
            }
        case .concatenate: try join("(", left, " || ", right, ")")
        case .contains: try join(dialect == .sqlite ? "(instr(" : "(strpos(", left, ", ", right, ") > 0)")
        case .hasPrefix:
            switch dialect {
            case .sqlite: try once(left, right) { v in "substr(\(v[0]), 1, length(\(v[1]))) = \(v[1])" }
            case .postgresql: try join("starts_with(", left, ", ", right, ")")
            }
        case .hasSuffix:
            let isSQLite = dialect == .sqlite
            try once(left, right) { v in
                isSQLite
                    // A count of 0 characters from the end means "all" to SQLite's substr.
                    ? "CASE \(v[1]) WHEN '' THEN \(v[0]) IS NOT NULL OR NULL ELSE substr(\(v[0]), -length(\(v[1]))) = \(v[1]) END"
                    : "right(\(v[0]), char_length(\(v[1]))) = \(v[1])"
            }
        }
    }

    /// Conditions that were joined one by one stand side by side: a parenthesis around each would be too deep for SQLite's parser.
    private mutating func logic(_ sign: String, _ conditions: ArraySlice<ExpressionNode>) throws(PrismaError) {
        write("(")
        // SQLite takes a row of operators for a tree as deep as the row is long, too.
        if conditions.count > 100 {
            let middle = conditions.startIndex + conditions.count / 2
            try logic(sign, conditions[..<middle])
            write(sign)
            try logic(sign, conditions[middle...])
        } else {
            for (index, condition) in conditions.enumerated() {
                if index > 0 { write(sign) }
                try expression(condition)
            }
        }
        write(")")
    }

    private mutating func membership(_ operand: ExpressionNode, constants: String, _ type: ValueType) throws(PrismaError) {
        write("(")
        try comparand(operand, against: .literal(.null, type))
        write(" IN (\(constants)))")
    }

    mutating func membership(_ operand: ExpressionNode, _ values: [SQLValue], _ type: ValueType) throws(PrismaError) {
        guard !values.isEmpty else {
            // Not a constant: in an order that would be the number of a column.
            write("(1 = 0)")
            return
        }
        let cast = type == .string ? nil : try castName(type)
        let constants = try piece { (writer) throws(PrismaError) in
            for (index, value) in values.enumerated() {
                if index > 0 { writer.write(", ") }
                writer.bind(value.withoutNaN, as: cast)
            }
        }
        if dialect == .sqlite, case .column(let reference) = operand, type == .date {
            let column = try name(reference)
            write("(\(column) IN (\(constants)) OR (\(column) >= '' AND prisml_date(\(column)) IN (\(constants))))")
        } else {
            try membership(operand, constants: constants, type)
        }
    }

    // MARK: - Comparison

    private mutating func comparison(_ sign: String, _ left: ExpressionNode, _ right: ExpressionNode) throws(PrismaError) {
        if dialect == .sqlite, left.type == .date {
            if case .column(let reference) = left, let constant = constantDate(right) {
                return try dateComparison(reference, sign, constant)
            }
            if case .column(let reference) = right, let constant = constantDate(left) {
                let mirrored = [" < ": " > ", " <= ": " >= ", " > ": " < ", " >= ": " <= "]
                return try dateComparison(reference, mirrored[sign] ?? sign, constant)
            }
        }
        write("(")
        try comparand(left, against: right)
        if left.type == .string, sign != " = ", sign != " <> " { write(byBytes) }
        write(sign)
        try comparand(right, against: left)
        write(")")
    }

    /// A bare column beside a constant stays bare, so that an index on it can be used; the constant takes the column's type.
    private mutating func comparand(_ node: ExpressionNode, against other: ExpressionNode) throws(PrismaError) {
        switch (node, other) {
        case (.column, .literal(_, .list)): try listOperand(node)
        case (.column(let reference), .literal), (.column(let reference), .now), (.column(let reference), .shifted(.now, _)):
            if dialect == .postgresql, try resolve(reference).isComparedAsPlainType { return try value(node) }
            write(try name(reference))
        case (.literal(let value, .string), .column) where dialect == .postgresql:
            bind(value)
        default:
            try value(node)
        }
    }

    /// The column as it is stored.
    func name(_ reference: ColumnReference) throws(PrismaError) -> String {
        let field = try resolve(reference)
        return scopes[reference.depth].alias + "." + Self.quoted(field.databaseName)
    }

    // MARK: - Arithmetic

    /// Doubles. What is not a number is null: SQLite cannot hold it. PostgreSQL raises an error where a result is too large.
    private mutating func floating(_ op: BinaryOperator, _ left: ExpressionNode, _ right: ExpressionNode) throws(PrismaError) {
        switch dialect {
        case .sqlite: try join("(", left, op.sign, right, ")")
        case .postgresql where op == .divide: try join("NULLIF(", left, " / NULLIF(", right, ", 0), 'NaN')")
        case .postgresql: try join("NULLIF(", left, op.sign, right, ", 'NaN')")
        }
    }

    /// An operation on integers, in 64 bits; null where the result does not fit them.
    private mutating func integer(_ node: ExpressionNode) throws(PrismaError) {
        guard dialect == .sqlite else { return try integerOnPostgres(node) }
        let chain = try piece { (writer) throws(PrismaError) in try writer.chain(node, inside: nil) }
        if node.chainMayOverflow {
            // SQLite goes on in REAL once an integer overflows, so that it is enough to look at the end.
            write("(SELECT CASE WHEN typeof(v) = 'integer' THEN v END FROM (SELECT \(chain) AS v) AS o)")
        } else {
            write("(\(chain))")
        }
    }

    /// Operations that follow each other, with no more parentheses than they need.
    private mutating func chain(_ node: ExpressionNode, inside outer: BinaryOperator?) throws(PrismaError) {
        switch node {
        case .binary(let op, let left, let right) where node.isIntegerOperation && op != .remainder:
            let isBare = outer == nil || outer?.isAdditive == op.isAdditive
            if !isBare { write("(") }
            try chain(left, inside: op)
            write(op.sign)
            if right.isIntegerOperation { write("(") }
            try chain(right, inside: nil)
            if right.isIntegerOperation { write(")") }
            if !isBare { write(")") }
        case .unary(let op, let operand) where node.isIntegerOperation:
            // abs() of the smallest integer is an error.
            write(op == .negate ? "(-(" : operand.chainMayOverflow || operand.mayOverflow ? "abs(NULLIF(" : "abs((")
            try chain(operand, inside: nil)
            write(op == .negate ? "))" : operand.chainMayOverflow || operand.mayOverflow ? ", -9223372036854775808))" : "))")
        case .binary(.remainder, let left, let right) where node.isIntegerOperation:
            try join("(", left, " % ", right, ")")
        default:
            try expression(node)
        }
    }

    private mutating func integerOnPostgres(_ node: ExpressionNode) throws(PrismaError) {
        switch node {
        case .unary(let op, let operand):
            write(op == .negate ? "(-" : "abs(")
            if operand.mayOverflow { write("NULLIF(") }
            try wide(operand)
            if operand.mayOverflow { write(", '-9223372036854775808')") }
            write(")")
        case .binary(let op, let left, let right) where node.mayOverflow && op != .remainder:
            write("(SELECT CASE WHEN v BETWEEN -9223372036854775808 AND 9223372036854775807 THEN v::int8 END FROM (SELECT ")
            if op == .divide {
                try join("div((", left, ")::numeric, NULLIF((", right, ")::numeric, 0))")
            } else {
                try join("(", left, ")::numeric\(op.sign)(", right, ")::numeric")
            }
            write(" AS v) AS o)")
        case .binary(let op, let left, let right):
            let divides = op == .divide || op == .remainder
            write("(")
            try wide(left)
            write(op.sign)
            if divides { write("NULLIF(") }
            try wide(right)
            write(divides ? ", 0))" : ")")
        default:
            try expression(node)
        }
    }

    /// Integer columns are computed with in 64 bits; constants have them already.
    private mutating func wide(_ node: ExpressionNode) throws(PrismaError) {
        try expression(node)
        if case .literal = node { return }
        if node.type == .int { write("::int8") }
    }
}

extension BinaryOperator {
    fileprivate var sign: String {
        switch self {
        case .add: " + "
        case .subtract: " - "
        case .multiply: " * "
        case .divide: " / "
        default: " % "
        }
    }

    fileprivate var isAdditive: Bool { self == .add || self == .subtract }
}

extension ExpressionNode {
    /// The operands that `a AND b AND c` joins, however they are nested.
    fileprivate func chain(_ op: BinaryOperator) -> [ExpressionNode] {
        guard case .binary(op, let left, let right) = self else { return [self] }
        return left.chain(op) + right.chain(op)
    }

    /// Whether this is arithmetic on integers.
    fileprivate var isIntegerOperation: Bool {
        switch self {
        case .unary(.negate, let operand), .unary(.absolute, let operand): operand.type.isInteger
        case .binary(let op, let left, let right):
            switch op {
            case .add, .subtract, .multiply, .divide, .remainder: left.type.isInteger && right.type.isInteger
            default: false
            }
        default: false
        }
    }

    /// Whether one of the operations that SQLite computes in one go may overflow.
    fileprivate var chainMayOverflow: Bool {
        guard isIntegerOperation else { return false }
        switch self {
        case .unary(_, let operand): return mayOverflow || operand.chainMayOverflow
        case .binary(.remainder, _, _): return false
        case .binary(_, let left, let right): return mayOverflow || left.chainMayOverflow || right.chainMayOverflow
        default: return false
        }
    }
}

// MARK: - Casts and text

extension SQLWriter {
    mutating func cast(_ operand: ExpressionNode, to type: ValueType) throws(PrismaError) {
        guard operand.type.isCastable(to: type) else { throw ExpressionNode.noCast(operand.type, type) }
        switch (dialect, operand.type, type) {
        case (.sqlite, .bool, .bigInt): try expression(operand)
        case (.postgresql, .bool, .bigInt): try wrap("(", operand, ")::int::int8")
        case (.sqlite, .string, .bigInt): try wrap("prisml_int(", operand, ")")
        case (.sqlite, .string, .double): try wrap("prisml_double(", operand, ")")
        case (.postgresql, .string, .bigInt):
            try once(operand) { v in
                "CASE WHEN \(v[0]) ~ '^[-+]?[0-9]{1,30}$' THEN CASE WHEN \(v[0])::numeric "
                    + "BETWEEN -9223372036854775808 AND 9223372036854775807 THEN \(v[0])::int8 END END"
            }
        case (.postgresql, .string, .double):
            try once(operand) { v in
                "CASE WHEN \(v[0]) ~ '^[-+]?[0-9]{1,100}(\\.[0-9]{1,100})?([eE][-+]?[0-9]{1,2})?$' THEN \(v[0])::float8 END"
            }
        case (.sqlite, _, .double): try wrap("CAST(", operand, " AS REAL)")
        case (.postgresql, _, .double): try wrap("(", operand, ")::float8")
        case (.sqlite, .double, .bigInt):
            try once(operand) { v in
                "CASE WHEN \(v[0]) >= -9223372036854775808.0 AND \(v[0]) < 9223372036854775808.0 THEN CAST(\(v[0]) AS INTEGER) END"
            }
        case (.postgresql, .double, .bigInt):
            try once(operand) { v in
                "CASE WHEN \(v[0]) >= -9223372036854775808.0 AND \(v[0]) < 9223372036854775808.0 THEN trunc(\(v[0]))::int8 END"
            }
        case (.sqlite, .bool, .string):
            write("CASE ")
            try expression(operand)
            write(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END")
        case (.sqlite, .int, .string), (.sqlite, .bigInt, .string): try wrap("CAST(", operand, " AS TEXT)")
        case (.postgresql, _, .string): try wrap("(", operand, ")::text")
        default: try expression(operand)
        }
    }

    mutating func partAfter(_ operand: ExpressionNode, _ separator: String) throws(PrismaError) {
        let position = dialect == .sqlite ? "instr" : "strpos"
        let length = separator.unicodeScalars.count
        try once(operand, .literal(.text(separator), .string)) { v in
            let found = "\(position)(\(v[0]), \(v[1]))"
            return "CASE WHEN \(found) > 0 THEN substr(\(v[0]), \(found) + \(length)) END"
        }
    }
}
