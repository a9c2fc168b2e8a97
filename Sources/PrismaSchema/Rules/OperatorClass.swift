/// An operator class of PostgreSQL that the language has a name for.
struct OperatorClass {
    /// The name in the database.
    let databaseName: String
    let algorithms: [IndexAlgorithm]
    /// The types it compares; none stands for lists of any type.
    let types: [PostgresType]

    init?(name: String) {
        guard let known = OperatorClass.all[name] else { return nil }
        self = known
    }

    private init(_ databaseName: String, _ algorithms: [IndexAlgorithm], _ types: [PostgresType]) {
        self.databaseName = databaseName
        self.algorithms = algorithms
        self.types = types
    }

    static var names: [String] { all.keys.sorted() }

    private static let all: [String: OperatorClass] = {
        var all = [
            "InetOps": OperatorClass("inet_ops", [.gist, .spGist], [.inet]),
            "JsonbOps": OperatorClass("jsonb_ops", [.gin], [.jsonB]),
            "JsonbPathOps": OperatorClass("jsonb_path_ops", [.gin], [.jsonB]),
            "ArrayOps": OperatorClass("array_ops", [.gin], []),
            "TextOps": OperatorClass("text_ops", [.spGist], [.text, .varChar, .char]),
            "InetInclusionOps": OperatorClass("inet_inclusion_ops", [.brin], [.inet]),
        ]
        for (name, database, types, kinds) in families {
            for kind in kinds {
                let suffix =
                    switch kind {
                    case .bloom: ("BloomOps", "_bloom_ops")
                    case .range: ("MinMaxOps", "_minmax_ops")
                    case .ranges: ("MinMaxMultiOps", "_minmax_multi_ops")
                    }
                all[name + suffix.0] = OperatorClass(database + suffix.1, [.brin], types)
            }
        }
        return all
    }()

    private enum Kind: CaseIterable {
        case bloom
        case range
        case ranges
    }

    /// The classes of BRIN indexes: for each family of types, the kinds that there are.
    private static let families: [(String, String, [PostgresType], [Kind])] = [
        ("Bit", "bit", [.bit], [.range]),
        ("VarBit", "varbit", [.varBit], [.range]),
        ("Bpchar", "bpchar", [.char], [.bloom, .range]),
        ("Bytea", "bytea", [.byteA], [.bloom, .range]),
        ("Date", "date", [.date], Kind.allCases),
        ("Float4", "float4", [.real], Kind.allCases),
        ("Float8", "float8", [.doublePrecision], Kind.allCases),
        ("Inet", "inet", [.inet], Kind.allCases),
        ("Int2", "int2", [.smallInt], Kind.allCases),
        ("Int4", "int4", [.integer], Kind.allCases),
        ("Int8", "int8", [.bigInt], Kind.allCases),
        ("Numeric", "numeric", [.decimal], Kind.allCases),
        ("Oid", "oid", [.oid], Kind.allCases),
        ("Text", "text", [.text, .varChar], [.bloom, .range]),
        ("Timestamp", "timestamp", [.timestamp], Kind.allCases),
        ("TimestampTz", "timestamptz", [.timestamptz], Kind.allCases),
        ("Time", "time", [.time], Kind.allCases),
        ("TimeTz", "timetz", [.timetz], Kind.allCases),
        ("Uuid", "uuid", [.uuid], Kind.allCases),
    ]
}
