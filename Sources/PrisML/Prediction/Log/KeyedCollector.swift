import Prisma

/// Gathers features and keys of the rows of a query.
struct KeyedCollector<Loaded: Sendable>: InclusionCollector {
    var features: EncodedRows
    let keyTypes: [ValueType]
    var keys: [SQLValue] = []
    let answer: @Sendable (EncodedRows, [SQLValue]) throws -> [Loaded]

    init(features: EncodedRows, keyTypes: [ValueType], answer: @escaping @Sendable (EncodedRows, [SQLValue]) throws -> [Loaded]) {
        self.features = features
        self.keyTypes = keyTypes
        self.answer = answer
    }

    mutating func collect(_ row: inout SQLRow) throws {
        try features.append(&row)
        keys.append(try row.key(of: keyTypes))
    }

    consuming func load(in context: QueryContext) async throws -> [Loaded] { try answer(features, keys) }
}

extension SQLRow {
    /// The next columns as a key: a value, or a list of several.
    mutating func key(of types: [ValueType]) throws(PrismaError) -> SQLValue {
        var parts: [SQLValue] = []
        for type in types { parts.append(try value(of: type)) }
        return parts.count == 1 ? parts[0] : .list(parts)
    }
}
