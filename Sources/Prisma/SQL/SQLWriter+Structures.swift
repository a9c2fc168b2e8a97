extension SQLWriter {
    /// Scalar lists and Json. Lists are PostgreSQL's alone.
    mutating func structure(_ op: StructureOperator, _ operands: [ExpressionNode]) throws(PrismaError) {
        guard let first = operands.first else { return write("NULL") }
        switch op {
        case .json, .jsonText, .jsonNumber:
            try jsonPart(op, first)
        case .jsonContains:
            try jsonContains(first, operands.last ?? first)
        case .has, .hasEvery, .hasSome, .append:
            guard dialect == .postgresql else {
                throw PrismaError(
                    .invalidExpression, "SQLite has no scalar lists, so nothing can be asked of one.",
                    help: "Use a Json field, or a relation.")
            }
            try list(op, first, operands.last ?? first)
        }
    }

    private mutating func list(_ op: StructureOperator, _ list: ExpressionNode, _ other: ExpressionNode) throws(PrismaError) {
        switch op {
        case .has:
            write("(")
            try expression(other)
            write(" = ANY(")
            try listOperand(list)
            write("))")
        case .append:
            write("array_cat(")
            try listOperand(list)
            write(", ")
            try expression(other)
            write(")")
        default:
            write("(")
            try listOperand(list)
            write(op == .hasEvery ? " @> " : " && ")
            try expression(other)
            write(")")
        }
    }

    /// A list of `varchar` is no list of `text` to these operators.
    mutating func listOperand(_ node: ExpressionNode) throws(PrismaError) {
        try expression(node)
        if node.type == .list(.string), dialect == .postgresql { write("::text[]") }
    }

    private mutating func jsonPart(_ op: StructureOperator, _ value: ExpressionNode) throws(PrismaError) {
        if case .json = op, op.path.isEmpty { return try expression(value) }
        switch dialect {
        case .postgresql:
            let isText = if case .jsonText = op { true } else { false }
            if case .json = op {
                write("(")
                try expression(value)
                write(" #> ")
                bindPath(op.path)
                return write(")")
            }
            write("(CASE jsonb_typeof(")
            try expression(value)
            write(" #> ")
            bindPath(op.path)
            write(isText ? ") WHEN 'string' THEN (" : ") WHEN 'number' THEN (")
            try expression(value)
            write(" #>> ")
            bindPath(op.path)
            write(isText ? ") END)" : ")::float8 END)")
        case .sqlite:
            // SQLite looks for a number in arrays alone, and does not find names that are written with a backslash.
            let isPlain = op.path.allSatisfy { Int($0) == nil && JSON.string($0).text.utf8.count == $0.utf8.count + 2 }
            guard isPlain else {
                let part = try piece { (writer) throws(PrismaError) in
                    writer.write("prisml_json_part(")
                    try writer.expression(value)
                    writer.write(", ")
                    writer.bind(.text(JSON.array(op.path.map(JSON.string)).text))
                    writer.write(")")
                }
                if case .json = op { return write(part) }
                return jsonScalarOnSQLite(op, part, path: [])
            }
            let operand = try piece { (writer) throws(PrismaError) in try writer.expression(value) }
            if case .json = op {
                write("(\(operand) -> ")
                bindPath(op.path)
                return write(")")
            }
            jsonScalarOnSQLite(op, operand, path: op.path)
        }
    }

    private mutating func jsonScalarOnSQLite(_ op: StructureOperator, _ operand: String, path: [String]) {
        let isText = if case .jsonText = op { true } else { false }
        write("(CASE WHEN json_type(\(operand), ")
        bindPath(path)
        write(isText ? ") = 'text' THEN json_extract(" : ") IN ('integer', 'real') THEN CAST(json_extract(")
        write("\(operand), ")
        bindPath(path)
        write(isText ? ") END)" : ") AS REAL) END)")
    }

    private mutating func bindPath(_ path: [String]) {
        switch dialect {
        case .postgresql: bind(.list(path.map(SQLValue.text)), as: "text[]")
        case .sqlite:
            bind(.text("$" + path.map { ".\(JSON.string($0).text)" }.joined()))
        }
    }

    private mutating func jsonContains(_ value: ExpressionNode, _ elements: ExpressionNode) throws(PrismaError) {
        switch dialect {
        case .postgresql:
            write("(jsonb_typeof(")
            try expression(value)
            write(") = 'array' AND ")
            try expression(value)
            write(" @> ")
            try expression(elements)
            write(")")
        case .sqlite:
            write("prisml_json_contains(")
            try expression(value)
            write(", ")
            try expression(elements)
            write(")")
        }
    }
}
