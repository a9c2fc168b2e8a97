import Prisma

/// Gathers features and keys of the rows of a query.
struct KeyedCollector<Loaded: Sendable>: InclusionCollector {
    private var features: EncodedRows
    private let reader: KeyReader
    private var keys: [String] = []
    private let answer: @Sendable (EncodedRows, [String]) throws -> [Loaded]

    init(_ features: EncodedRows, _ reader: KeyReader, answer: @escaping @Sendable (EncodedRows, [String]) throws -> [Loaded]) {
        self.features = features
        self.reader = reader
        self.answer = answer
    }

    mutating func collect(_ row: inout SQLRow) throws {
        if features.count == 0 {
            try features.requireRecord(in: row)
            try reader.requireRecord(in: row)
        }
        try features.append(&row)
        keys.append(try reader.text(of: &row))
    }

    consuming func load(in context: QueryContext) async throws -> [Loaded] { try answer(features, keys) }
}
