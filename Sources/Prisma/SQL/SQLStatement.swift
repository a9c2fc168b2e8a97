/// SQL in one dialect with the values of its parameters, ready to run.
///
/// Parameters are `?1`, `?2` … on SQLite and `$1`, `$2` … on PostgreSQL.
public struct SQLStatement: Hashable, Sendable {
    public var text: String
    public var bindings: [SQLValue]

    public init(_ text: String, bindings: [SQLValue] = []) {
        self.text = text
        self.bindings = bindings
    }
}
