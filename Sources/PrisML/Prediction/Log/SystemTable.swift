import Prisma

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A table that PrisML keeps beside a project's own.
enum SystemTable {
    /// Whether a table is there.
    static func exists(_ table: String, on connection: any SQLConnection) async throws -> Bool {
        let statement = SQLStatement(
            connection.dialect == .sqlite
                ? "SELECT count(*) FROM sqlite_master WHERE name = ?1" : "SELECT count(to_regclass($1))", bindings: [.text(table)])
        return try await connection.query(statement) { rows in
            guard var row = try rows.next() else { return false }
            return try row.int() > 0
        }
    }

    /// Runs statements that make tables where they are not there.
    ///
    /// PostgreSQL refuses one of two who make the same table at the same time, `IF NOT EXISTS` or not: one waits for the other. A script
    /// of several statements is one transaction there, at whose end the next one's turn comes.
    static func create(_ script: String, on connection: any SQLConnection) async throws {
        let turn = connection.dialect == .sqlite ? "" : "DO $$ BEGIN PERFORM pg_advisory_xact_lock(7165923); END $$;\n"
        try await connection.executeScript(turn + script)
    }

    /// Several rows in one statement.
    static func insert(into table: String, _ columns: String, _ rows: [[SQLValue]], _ dialect: SQLDialect, ending: String = "")
        -> SQLStatement
    {
        var parameter = 0
        let values = rows.map { row in
            "("
                + row.map { _ in
                    parameter += 1
                    return dialect.placeholder(parameter)
                }.joined(separator: ", ") + ")"
        }
        return SQLStatement(
            "INSERT INTO \(table) (\(columns)) VALUES \(values.joined(separator: ", "))\(ending)", bindings: rows.flatMap(\.self))
    }
}

extension SQLDialect {
    /// What stands for a bound value, counted from 1.
    func placeholder(_ position: Int) -> String {
        switch self {
        case .sqlite: "?\(position)"
        case .postgresql: "$\(position)"
        }
    }
}
