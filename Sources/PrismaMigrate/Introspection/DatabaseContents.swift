import Prisma

/// What a database holds already: enough to tell whether a schema can be made in it.
public struct DatabaseContents: Sendable, Hashable {
    /// Ordered by schema of the database, then by name.
    public let items: [Item]

    /// A thing that a schema could have made.
    public struct Item: Sendable, Hashable {
        public let kind: Kind
        /// The schema of the database; nil on SQLite, which has none.
        public let schema: String?
        public let name: String
    }

    /// What kind of thing it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case table
        case view
        case enumeration = "enum"
    }

    public var isEmpty: Bool { items.isEmpty }

    /// `12 tables and 1 enum: Order, Status, User and 10 more`
    public var summary: String {
        if items.isEmpty { return "nothing" }
        let counts = Kind.allCases.compactMap { kind -> String? in
            let count = items.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")"
        }
        let shown = items.count <= 5 ? items[...] : items.prefix(3)
        let names = shown.map(\.name) + (shown.count < items.count ? ["\(items.count - shown.count) more"] : [])
        return Self.joined(counts) + ": " + Self.joined(names)
    }

    private static func joined(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension DatabaseContents {
    /// The migration history is no part of what a schema describes.
    static let historyTable = "_prisma_migrations"

    /// Looks at the schemas (namespaces) of a PostgreSQL database, or at the whole of an SQLite database.
    static func read(from connection: any SQLConnection, namespaces: [String]) async throws -> DatabaseContents {
        let statement =
            switch connection.dialect {
            case .sqlite: SQLStatement(sqlite)
            case .postgresql: SQLStatement(postgres, bindings: [.list(namespaces.map { .text($0) })])
            }
        let items = try await connection.query(statement) { rows in
            var items: [Item] = []
            while var row = try rows.next() {
                guard let kind = Kind(rawValue: try row.string()) else { continue }
                let schema = try row.optional { row throws(PrismaError) in try row.string() }
                items.append(Item(kind: kind, schema: schema, name: try row.string()))
            }
            return items
        }
        return DatabaseContents(items: items)
    }

    private static let sqlite = """
        SELECT type, NULL, name FROM sqlite_master
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '\(historyTable)' ORDER BY name
        """

    /// What belongs to an extension is not the user's.
    private static let postgres = """
        SELECT kind, namespace, name FROM (
            SELECT CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind, n.nspname::text AS namespace,
                c.relname::text AS name, c.oid AS id, 'pg_class'::regclass AS catalog
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition AND c.relname <> '\(historyTable)'
            UNION ALL
            SELECT 'enum', n.nspname::text, t.typname::text, t.oid, 'pg_type'::regclass
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
        ) AS item
        WHERE namespace = ANY ($1::text[])
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = item.catalog AND d.objid = item.id AND d.deptype = 'e')
        ORDER BY namespace, name
        """
}
