public import Prisma
public import PrismaSchema

/// Makes what a schema describes in a database that is empty.
///
/// ```swift
/// let push = SchemaPush(schema)
/// try await push.run(on: database)
/// ```
public struct SchemaPush: Sendable {
    /// What is run.
    public let migration: Migration
    private let schema: Schema

    /// Prepares the statements; nothing is run yet.
    public init(_ schema: Schema) {
        self.schema = schema
        migration = Migration(creating: schema)
    }

    /// Runs everything in one transaction: all of it is there afterwards, or nothing has changed.
    ///
    /// - Parameters:
    ///   - isReset: Whether everything that is there is dropped first; otherwise it is refused with `PS008`.
    ///   - willDrop: Told what is dropped, just before it is.
    public func run(
        on database: any SQLDatabase, dropping isReset: Bool = false,
        willDrop: @escaping @Sendable (DatabaseContents) -> Void = { _ in }
    ) async throws {
        try await database.withConnection(for: .write) { connection in
            switch connection.dialect {
            case .sqlite: try await runOnSQLite(connection, isReset: isReset, willDrop: willDrop)
            case .postgresql: try await runOnPostgres(connection, isReset: isReset, willDrop: willDrop)
            }
        }
    }

    /// What is in the way.
    public func contents(of database: any SQLDatabase) async throws -> DatabaseContents {
        try await database.withConnection(for: .read) { connection in
            try await DatabaseContents.read(from: connection, namespaces: try await namespaces(of: connection))
        }
    }

    // MARK: - SQLite

    private func runOnSQLite(
        _ connection: any SQLConnection, isReset: Bool, willDrop: @escaping @Sendable (DatabaseContents) -> Void
    ) async throws {
        // Tables that refer to each other can only be dropped while nobody checks; inside of a transaction it is too late to say so.
        if isReset { try await connection.executeScript("PRAGMA foreign_keys = OFF") }
        let result: Result<Void, any Error>
        do {
            try await Self.transaction(on: connection, begin: "BEGIN IMMEDIATE") {
                let contents = try await DatabaseContents.read(from: connection, namespaces: [])
                if isReset {
                    if !contents.isEmpty { willDrop(contents) }
                    try await connection.execute(try await SQLiteDDL.dropEverything(in: connection))
                } else {
                    try Self.check(contents)
                }
                try await connection.execute(migration.statements.map { SQLStatement($0) })
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        if isReset { await Self.always { try await connection.executeScript("PRAGMA foreign_keys = ON") } }
        try result.get()
    }

    // MARK: - PostgreSQL

    private func runOnPostgres(
        _ connection: any SQLConnection, isReset: Bool, willDrop: @escaping @Sendable (DatabaseContents) -> Void
    ) async throws {
        try await Self.transaction(on: connection, begin: "BEGIN") {
            // One migration at a time, Prisma's own included: this is the number that it locks.
            try await connection.executeScript(
                "SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock(72707369)")
            let namespaces = try await namespaces(of: connection)
            let contents = try await DatabaseContents.read(from: connection, namespaces: namespaces)
            var statements: [String] = []
            if isReset {
                if !contents.isEmpty { willDrop(contents) }
                statements += namespaces.map { "DROP SCHEMA IF EXISTS \(SQLWriter.quoted($0)) CASCADE" }
                statements += namespaces.map { "CREATE SCHEMA \(SQLWriter.quoted($0))" }
            } else {
                try Self.check(contents)
                // Only those that are missing: the statement asks for a permission that users often lack, even if there is nothing to do.
                for namespace in namespaces where try await !Self.exists(namespace, on: connection) {
                    statements.append("CREATE SCHEMA \(SQLWriter.quoted(namespace))")
                }
            }
            statements += migration.steps.filter { $0.kind != .createSchema }.map(\.statement)
            try await connection.execute(statements.map { SQLStatement($0) })
        }
    }

    /// The schemas of the database that the schema's tables are in; the connection's own where it names none.
    private func namespaces(of connection: any SQLConnection) async throws -> [String] {
        guard connection.dialect == .postgresql else { return [] }
        if let names = schema.datasource?.schemas, !names.isEmpty { return names }
        let own = "SELECT coalesce(current_schema()::text, (parse_ident(current_setting('search_path'), false))[1])"
        return try await connection.query(SQLStatement(own)) { rows in
            guard var row = try rows.next() else { return [] }
            return [try row.string()]
        }
    }

    private static func exists(_ namespace: String, on connection: any SQLConnection) async throws -> Bool {
        let statement = SQLStatement("SELECT 1 FROM pg_namespace WHERE nspname = $1::text", bindings: [.text(namespace)])
        return try await connection.query(statement) { rows in try rows.next() != nil }
    }

    // MARK: - Both

    private static func check(_ contents: DatabaseContents) throws(PrismaError) {
        guard !contents.isEmpty else { return }
        throw PrismaError(
            .databaseNotEmpty, "The database is not empty: it has \(contents.summary).",
            help: "Name an empty database, or drop all of that first with `prisml db push --force-reset`, which loses its rows.")
    }

    private static func transaction(
        on connection: any SQLConnection, begin: String, _ body: () async throws -> Void
    ) async throws {
        try await connection.executeScript(begin)
        do {
            try await body()
            try await connection.executeScript("COMMIT")
        } catch {
            await always { try await connection.executeScript("ROLLBACK") }
            throw explained(error)
        }
    }

    /// Work that has to be done even if the task was cancelled.
    private static func always(_ work: @escaping @Sendable () async throws -> Void) async {
        _ = await Task { try await work() }.result
    }

    /// Statements that make tables carry no rows' values, so the database's own words can be shown.
    private static func explained(_ error: any Error) -> any Error {
        guard var failure = error as? PrismaError, let reason = failure.databaseMessage, failure.sql != nil else { return error }
        failure.message = "The database refused a statement: \(reason)"
        return failure
    }
}
