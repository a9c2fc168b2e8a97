/// New rows of a table: values row after row, in batches of whole rows.
package struct SQLNewRows: Sendable {
    package var batches: [[SQLValue]]

    package init(_ batches: [[SQLValue]]) {
        self.batches = batches
    }
}

/// A connection on which a server can be asked for the next rows while the ones before are read, even inside a transaction that goes on
/// afterwards; what was asked for is waited for when the cursor is closed early.
package protocol SQLReadingAhead: SQLConnection {
    func openAhead(_ statement: SQLStatement) async throws -> any SQLCursor
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
