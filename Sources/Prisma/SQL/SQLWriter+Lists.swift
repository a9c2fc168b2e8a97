internal import PrismaSchema

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
