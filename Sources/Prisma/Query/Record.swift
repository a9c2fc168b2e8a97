/// A row of a model as a plain struct; generated for each model.
public protocol Record: Hashable, Sendable, Codable {
    associatedtype Columns: ModelColumns
    associatedtype Create: CreateInput

    /// The model's name in the schema.
    static var modelName: String { get }

    /// Reads the model's scalar columns, in the order of the schema.
    init(row: inout SQLRow) throws(PrismaError)

    /// Reads all rows that are left.
    static func read(_ rows: inout SQLRows) throws -> [Self]

    /// Reads a row and adds it to those that were read.
    static func read(_ row: inout SQLRow, into records: inout [Self]) throws(PrismaError)

    /// The value of the n-th scalar field, in the order of the schema; null past the last.
    func value(at index: Int) -> SQLValue
}

extension Record {
    // A requirement with a body that other modules can see: each record gets a loop of its own, without generic code in it.
    @inlinable
    public static func read(_ rows: inout SQLRows) throws -> [Self] {
        var records: [Self] = []
        while var row = try rows.next() { records.append(try Self(row: &row)) }
        return records
    }

    @inlinable
    public static func read(_ row: inout SQLRow, into records: inout [Self]) throws(PrismaError) {
        records.append(try Self(row: &row))
    }

    /// The columns of the row that a query is about.
    public static var columns: Columns { Columns(scope: RowScope(model: modelName)) }
}
