import Prisma
import PrismaSchema

/// What both databases write alike.
enum DDL {
    static let indentation = "    "

    static func names(_ names: [String], separator: String = ", ") -> String {
        names.map(SQLWriter.quoted).joined(separator: separator)
    }

    /// `"id" SERIAL NOT NULL DEFAULT 1`, with what stands between the nullability and the default.
    static func column(_ column: ColumnDefinition, isRequired: Bool, _ more: String = "") -> String {
        indentation + SQLWriter.quoted(column.name) + " " + column.type + (isRequired ? " NOT NULL" : "") + more
            + (column.default.map { " DEFAULT " + $0 } ?? "")
    }

    static func step(creating table: TableDefinition, _ lines: [String], _ more: String = "") -> MigrationStep {
        MigrationStep(
            kind: .createTable, statement: "CREATE TABLE \(table.name.sql) (\n" + lines.joined(separator: ",\n") + more + "\n)",
            subject: .init(name: table.name.name))
    }

    /// - Parameter using: what stands between the table and the columns.
    static func step(creating index: IndexDefinition, on table: TableDefinition, using: String = "") -> MigrationStep {
        let columns = index.columns.map { column in
            [SQLWriter.quoted(column.name), column.operatorClass, column.sort?.rawValue.uppercased()].compactMap(\.self)
                .joined(separator: " ")
        }
        return MigrationStep(
            kind: .createIndex,
            statement: "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(SQLWriter.quoted(index.name)) ON \(table.name.sql)\(using)"
                + "(\(columns.joined(separator: ", ")))",
            subject: .init(name: table.name.name, columns: index.columns.map(\.name), isUnique: index.isUnique))
    }

    /// - Parameter space: what stands between the referenced table and its columns.
    static func constraint(_ key: ForeignKeyDefinition, space: String) -> String {
        "CONSTRAINT \(SQLWriter.quoted(key.name)) FOREIGN KEY (\(names(key.columns))) "
            + "REFERENCES \(key.referencedTable.sql)\(space)(\(names(key.referencedColumns))) "
            + "ON DELETE \(key.onDelete.sql) ON UPDATE \(key.onUpdate.sql)"
    }
}

extension ReferentialAction {
    fileprivate var sql: String {
        switch self {
        case .cascade: "CASCADE"
        case .restrict: "RESTRICT"
        case .noAction: "NO ACTION"
        case .setNull: "SET NULL"
        case .setDefault: "SET DEFAULT"
        }
    }
}
