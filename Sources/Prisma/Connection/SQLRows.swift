/// The rows of a running statement, one at a time, on the connection's thread.
///
/// ```swift
/// let names = try await connection.query(statement) { rows in
///     var names: [String] = []
///     while var row = try rows.next() { names.append(try row.string()) }
///     return names
/// }
/// ```
public struct SQLRows: ~Copyable {
    private let source: any SQLRowSource
    private let cells: UnsafeMutableBufferPointer<SQLCell>

    /// A driver makes one for each statement that it runs.
    public init(_ source: any SQLRowSource) {
        self.source = source
        cells = .allocate(capacity: source.columnCount)
        cells.initialize(repeating: SQLCell())
    }

    deinit {
        cells.deallocate()
    }

    public var columnNames: [String] { source.columnNames }

    /// The next row, or nil after the last; what the row before it pointed to is gone.
    public mutating func next() throws(PrismaError) -> SQLRow? {
        guard try source.next(into: cells) else { return nil }
        return SQLRow(cells: UnsafeBufferPointer(cells))
    }
}

/// What a driver implements to hand out rows: one dynamic call a row, none a value.
public protocol SQLRowSource: AnyObject {
    var columnCount: Int { get }
    var columnNames: [String] { get }
    /// Fills one cell for each column; false after the last row.
    func next(into cells: UnsafeMutableBufferPointer<SQLCell>) throws(PrismaError) -> Bool
}
