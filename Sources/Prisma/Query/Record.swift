/// A row of a model as a plain struct; generated for each model.
public protocol Record: Hashable, Sendable, Codable {
    associatedtype Columns: ModelColumns
    associatedtype Create: CreateInput

    /// The model's name in the schema.
    static var modelName: String { get }

    /// Reads the model's scalar columns, in the order of the schema.
    init(row: inout SQLRow) throws(PrismaError)

    /// The value of the n-th scalar field, in the order of the schema; null past the last.
    func value(at index: Int) -> SQLValue
}

extension Record {
    /// The columns of the row that a query is about.
    public static var columns: Columns { Columns(scope: RowScope(model: modelName)) }
}
