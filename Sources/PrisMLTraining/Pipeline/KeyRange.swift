import PrisML
import Prisma
import PrismaSchema

/// A range of a model's rows by their key, a whole number.
struct KeyRange: Sendable {
    /// The first key of it; nil for the first of all.
    var first: Int64?
    /// The first key after it; nil where none is.
    var end: Int64?

    func condition(on key: ExpressionNode) -> ExpressionNode? {
        func bound(_ comparison: BinaryOperator, _ value: Int64?) -> ExpressionNode? {
            value.map { .binary(comparison, key, .literal(.int($0), .bigInt)) }
        }
        return .conjunction(bound(.greaterOrEqual, first), bound(.less, end))
    }

    /// Whether the rows have one key, and that a whole number: in any other order a database and a comparison may differ.
    static func isPossible(for definition: PredictorDefinition, in engine: PrismaEngine) throws -> Bool {
        let keys = try engine.plan(definition.model).keyColumns()
        return keys.count == 1 && keys[0].type.isInteger
    }

    /// Ranges with about as many rows each.
    static func ranges(
        _ count: Int, of total: Int, for definition: PredictorDefinition, in engine: PrismaEngine, on connection: any SQLConnection
    ) async throws -> [KeyRange] {
        var ranges = [KeyRange()]
        for part in 1..<max(count, 1) {
            var request = FindRequest(model: definition.model)
            request.selectsRecord = false
            request.selections = try engine.plan(definition.model).keyColumns()
            request.order = request.selections.map { RowOrder($0, descending: false) }
            request.now = definition.asOf.map(SQLWriter.Now.expression)
            request.filter = definition.plainTrainingConditions
            (request.skip, request.take) = (total / count * part, 1)
            let border = try await connection.query(try request.statement(in: engine)) { rows -> Int64? in
                guard var row = try rows.next() else { return nil }
                return try row.int64()
            }
            guard let border else { break }
            ranges[ranges.count - 1].end = border
            ranges.append(KeyRange(first: border))
        }
        return ranges
    }
}
