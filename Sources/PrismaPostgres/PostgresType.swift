/// How values of a type come over the wire in binary.
struct PostgresType: Hashable, Sendable {
    enum Kind: UInt8, Hashable, Sendable {
        case int2, int4, int8, oid
        case float4, float8
        case bool
        /// Text, and all that is sent as text: names, enums, json, xml, citext.
        case text
        case jsonb
        case uuid
        case numeric
        /// timestamp and timestamptz: microseconds since 2000.
        case timestamp
        case date
        case time, timetz
        case bytes
        case void
        case unsupported
    }

    var kind: Kind
    var isList = false
    /// The type's name, for a message.
    var name = ""

    /// The types that every server has under the same number.
    static let builtin: [UInt32: PostgresType] = {
        // The number of a type and that of its array.
        let scalars: [(Kind, UInt32, UInt32)] = [
            (.bool, 16, 1000), (.bytes, 17, 1001), (.text, 18, 1002), (.text, 19, 1003), (.int8, 20, 1016), (.int2, 21, 1005),
            (.int4, 23, 1007), (.text, 25, 1009), (.oid, 26, 1028), (.text, 114, 199), (.text, 142, 143), (.float4, 700, 1021),
            (.float8, 701, 1022), (.text, 1042, 1014), (.text, 1043, 1015), (.date, 1082, 1182), (.time, 1083, 1183),
            (.timestamp, 1114, 1115), (.timestamp, 1184, 1185), (.timetz, 1266, 1270), (.numeric, 1700, 1231), (.uuid, 2950, 2951),
            (.jsonb, 3802, 3807),
        ]
        var types: [UInt32: PostgresType] = [705: PostgresType(kind: .text), 2278: PostgresType(kind: .void)]
        for (kind, scalar, list) in scalars {
            types[scalar] = PostgresType(kind: kind)
            types[list] = PostgresType(kind: kind, isList: true)
        }
        return types
    }()
}
