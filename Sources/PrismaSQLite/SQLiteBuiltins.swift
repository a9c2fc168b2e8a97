import Prisma

/// The functions that the SQL renderer counts on and SQLite lacks; each new connection has them.
///
/// They answer with the very code that evaluates expressions in memory.
enum SQLiteBuiltins {
    static let functions = [
        // A date that is stored as text, in milliseconds since 1970; null if it is no date.
        function("prisml_date") { cell in
            guard let text = text(cell), let microseconds = Timestamp.parse(text) else {
                return cell.kind == .integer ? .int(cell.integer) : .null
            }
            return .int(microseconds.quotientAndModulo(1000).quotient)
        },
        // The whole number that a text stands for; null if it is none.
        function("prisml_int") { text($0).flatMap(\.asWholeNumber).map(SQLValue.int) ?? .null },
        // The number that a text stands for; null if it is none.
        function("prisml_double") { text($0).flatMap(\.asDecimalNumber).map(SQLValue.double) ?? .null },
    ]

    private static func function(_ name: String, _ body: @escaping @Sendable (SQLCell) -> SQLValue) -> SQLiteFunction {
        SQLiteFunction(
            name: name, argumentCount: 1, isDeterministic: true, body: .value { arguments in arguments.first.map(body) ?? .null })
    }

    private static func text(_ cell: SQLCell) -> String? {
        guard cell.kind == .text else { return nil }
        guard let start = cell.pointer?.assumingMemoryBound(to: UInt8.self), cell.count > 0 else { return "" }
        return String(validating: UnsafeBufferPointer(start: start, count: cell.count), as: UTF8.self)
    }
}
