import Prisma

/// Statements of SQLite.
enum SQLiteDDL {
    static func steps(creating database: DatabaseDefinition) -> [MigrationStep] {
        database.tables.map(step) + database.tables.flatMap { table in table.indexes.map { DDL.step(creating: $0, on: table) } }
    }

    private static func step(creating table: TableDefinition) -> MigrationStep {
        let key = table.primaryKey?.columns ?? []
        var lines = table.columns.map { column in
            // A key of one column stands at the column; integers are then numbered by SQLite, whether the schema says so or not.
            let isKey = key == [column.name]
            let more = isKey ? " PRIMARY KEY" + (column.type == "INTEGER" ? " AUTOINCREMENT" : "") : ""
            return DDL.column(column, isRequired: column.isRequired, more)
        }
        if key.count > 1 { lines.append("\n" + DDL.indentation + "PRIMARY KEY (\(DDL.names(key)))") }
        lines += table.foreignKeys.map { DDL.indentation + DDL.constraint($0, space: " ") }
        return DDL.step(creating: table, lines)
    }
}

extension SQLiteDDL {
    /// The statements that drop all tables, views and triggers.
    static func dropEverything(in connection: any SQLConnection) async throws -> [SQLStatement] {
        // A virtual table takes the tables that it stands on with it; they come after.
        let everything = SQLStatement(
            """
            SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            ORDER BY CASE type WHEN 'trigger' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, sql NOT LIKE 'CREATE VIRTUAL%', name
            """)
        return try await connection.query(everything) { rows in
            var statements: [SQLStatement] = []
            while var row = try rows.next() {
                let type = try row.string().uppercased()
                statements.append(SQLStatement("DROP \(type) IF EXISTS \(SQLWriter.quoted(try row.string()))"))
            }
            return statements
        }
    }
}
