import Prisma

/// Gathers the features of the rows of a query, then scores all rows in one go.
struct PredictionCollector<Loaded: Sendable>: InclusionCollector {
    var features: EncodedRows
    let answer: @Sendable (EncodedRows) throws -> [Loaded]

    mutating func collect(_ row: inout SQLRow) throws {
        if features.count == 0 { try features.requireRecord(in: row) }
        try features.append(&row)
    }

    consuming func load(in context: QueryContext) async throws -> [Loaded] { try answer(features) }
}
