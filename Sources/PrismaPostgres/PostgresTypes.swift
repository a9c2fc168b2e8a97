import Prisma
import Synchronization

/// The types of one database: those that all servers have, and those that were looked up in its catalogue.
final class PostgresTypes: Sendable {
    private let known = Mutex(PostgresType.builtin)

    /// nil if one of them has to be looked up first.
    func find(_ numbers: [UInt32]) -> [PostgresType]? {
        known.withLock { known in
            var types: [PostgresType] = []
            types.reserveCapacity(numbers.count)
            for number in numbers {
                guard let type = known[number] else { return nil }
                types.append(type)
            }
            return types
        }
    }

    func find(_ number: UInt32) -> PostgresType? {
        known.withLock { $0[number] }
    }

    func unknown(among numbers: [UInt32]) -> [UInt32] {
        known.withLock { known in numbers.filter { known[$0] == nil } }
    }

    /// What `lookup` found about types; those that it did not find are unsupported.
    func learn(_ found: [UInt32: PostgresType], asked: [UInt32]) {
        known.withLock { known in
            for number in asked { known[number] = found[number] ?? PostgresType(kind: .unsupported, name: "type \(number)") }
            known.merge(found) { $1 }
        }
    }

    /// For each type and, if it is an array, for its elements: number, name, what sends it, and the number of its elements.
    static func lookup(_ numbers: [UInt32]) -> SQLStatement {
        let list = numbers.map(String.init).joined(separator: ",")
        return SQLStatement(
            """
            SELECT t.oid::int8, format_type(t.oid, NULL), t.typsend::text, \
            CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END \
            FROM pg_catalog.pg_type t WHERE t.oid IN (\(list)) \
            OR t.oid IN (SELECT typelem FROM pg_catalog.pg_type WHERE typcategory = 'A' AND oid IN (\(list)))
            """)
    }

    static func read(_ rows: inout SQLRows) throws -> [UInt32: PostgresType] {
        var found: [UInt32: PostgresType] = [:]
        var elements: [UInt32: UInt32] = [:]
        while var row = try rows.next() {
            let number = UInt32(truncatingIfNeeded: try row.int64())
            let name = try row.string()
            let sender = try row.string()
            let element = UInt32(truncatingIfNeeded: try row.int64())
            found[number] = PostgresType(kind: kind(sentBy: sender), name: name)
            if element != 0 { elements[number] = element }
        }
        for (list, element) in elements {
            let kind = (found[element] ?? PostgresType.builtin[element])?.kind ?? .unsupported
            found[list] = PostgresType(kind: kind, isList: true, name: found[list]?.name ?? "")
        }
        return found
    }

    private static func kind(sentBy function: String) -> PostgresType.Kind {
        // Types of extensions have functions of their own: citext sends what text does.
        let name = function.split(separator: ".").last.map(String.init) ?? function
        switch name {
        case "enum_send", "textsend", "varcharsend", "bpcharsend", "namesend", "charsend", "unknownsend", "citextsend", "json_send",
            "xml_send",
            "cstring_send", "pg_node_tree_send":
            return .text
        case "jsonb_send": return .jsonb
        case "int2send": return .int2
        case "int4send": return .int4
        case "int8send": return .int8
        case "oidsend", "regclasssend", "regtypesend", "regprocsend", "xidsend", "cidsend", "regnamespacesend", "regrolesend": return .oid
        case "float4send": return .float4
        case "float8send": return .float8
        case "boolsend": return .bool
        case "numeric_send": return .numeric
        case "uuid_send": return .uuid
        case "byteasend": return .bytes
        case "date_send": return .date
        case "timestamp_send", "timestamptz_send": return .timestamp
        case "time_send": return .time
        case "timetz_send": return .timetz
        case "void_send": return .void
        default: return .unsupported
        }
    }
}
