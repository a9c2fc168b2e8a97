/// New rows of a table: values row after row, in batches of whole rows.
package struct SQLNewRows: Sendable {
    package var batches: [[SQLValue]]

    package init(_ batches: [[SQLValue]]) {
        self.batches = batches
    }
}

/// A connection with a way to take many rows that is faster than INSERT: PostgreSQL's COPY.
package protocol SQLRowCopier: SQLConnection {
    /// Adds rows to a table, all or none, and gives their number; nil if only INSERT does right by this table.
    ///
    /// - Parameters:
    ///   - table: its name, quoted.
    ///   - columns: their names, quoted.
    func copy(_ rows: SQLNewRows, into table: String, columns: [String]) async throws -> Int?
}
