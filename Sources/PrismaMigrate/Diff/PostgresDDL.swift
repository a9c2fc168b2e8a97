import Prisma
import PrismaSchema

/// Statements of PostgreSQL.
enum PostgresDDL {
    static func steps(creating database: DatabaseDefinition) -> [MigrationStep] {
        database.schemas.map(step) + database.extensions.map(step) + database.enums.map(step) + database.tables.map(step)
            + database.tables.flatMap { table in table.indexes.map { DDL.step(creating: $0, on: table, using: using($0.algorithm)) } }
            + database.tables.flatMap { table in table.foreignKeys.map { step(adding: $0, to: table) } }
    }

    private static func step(creating schema: String) -> MigrationStep {
        MigrationStep(
            kind: .createSchema, statement: "CREATE SCHEMA IF NOT EXISTS \(SQLWriter.quoted(schema))", subject: .init(name: schema))
    }

    private static func step(creating item: DatabaseExtension) -> MigrationStep {
        var statement = "CREATE EXTENSION IF NOT EXISTS \(SQLWriter.quoted(item.databaseName))"
        if item.schema != nil || item.version != nil { statement += " WITH" }
        if let schema = item.schema { statement += " SCHEMA \(SQLWriter.quoted(schema))" }
        if let version = item.version { statement += " VERSION \(SQLWriter.quoted(version))" }
        return MigrationStep(kind: .createExtension, statement: statement, subject: .init(name: item.databaseName))
    }

    private static func step(creating item: EnumDefinition) -> MigrationStep {
        let values = item.values.map(DefaultLiteral(provider: .postgresql).text).joined(separator: ", ")
        return MigrationStep(
            kind: .createEnum, statement: "CREATE TYPE \(item.name.sql) AS ENUM (\(values))", subject: .init(name: item.name.name))
    }

    private static func step(creating table: TableDefinition) -> MigrationStep {
        let key = table.primaryKey.map { key in
            let name = key.name.map { "CONSTRAINT \(SQLWriter.quoted($0)) " } ?? ""
            return ",\n\n\(DDL.indentation)\(name)PRIMARY KEY (\(DDL.names(key.columns, separator: ",")))"
        }
        return DDL.step(creating: table, table.columns.map { DDL.column($0, isRequired: $0.isRequired) }, key ?? "")
    }

    private static func using(_ algorithm: IndexAlgorithm) -> String {
        algorithm == .bTree ? "" : " USING \(algorithm.rawValue.uppercased()) "
    }

    private static func step(adding key: ForeignKeyDefinition, to table: TableDefinition) -> MigrationStep {
        MigrationStep(
            kind: .addForeignKey, statement: "ALTER TABLE \(table.name.sql) ADD \(DDL.constraint(key, space: ""))",
            subject: .init(name: table.name.name, columns: key.columns))
    }
}
