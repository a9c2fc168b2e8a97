/// A pure function of a row's values that runs in this process: on SQLite registered with the connection, elsewhere applied to
/// the rows that the database returns.
package final class RowFunction: Sendable {
    /// Unique among the functions of a process; a change of the function's behaviour changes its name.
    package let name: String
    package let type: ValueType
    package let evaluate: @Sendable ([SQLValue]) throws -> SQLValue

    package init(name: String, type: ValueType, evaluate: @escaping @Sendable ([SQLValue]) throws -> SQLValue) {
        self.name = name
        self.type = type
        self.evaluate = evaluate
    }
}

extension RowFunction: Hashable {
    package static func == (left: RowFunction, right: RowFunction) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
