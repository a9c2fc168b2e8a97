import Prisma

/// The functions that the SQL renderer counts on and SQLite lacks; each new connection has them.
///
/// They answer with the very code that evaluates expressions in memory.
enum SQLiteBuiltins {
    static let functions = [
        // A date that is stored as text, in milliseconds since 1970. What is no date is an error, as it is where the column itself is read:
        // as a null it would be taken for a value that is missing.
        SQLiteFunction(
            name: "prisml_date", argumentCount: 1, isDeterministic: true,
            body: .value { arguments in
                guard let cell = arguments.first, cell.kind != .null else { return .null }
                guard let text = text(cell) else { return cell.kind == .integer ? .int(cell.integer) : .null }
                guard let microseconds = Timestamp.parse(text) else {
                    throw PrismaError(
                        .invalidStoredValue, "A text is stored where a date should be, and it is none.",
                        help: "Correct the stored value: find it with `typeof(column) = 'text'`.")
                }
                return .int(microseconds.quotientAndModulo(1000).quotient)
            }),
        // The whole number that a text stands for; null if it is none.
        function("prisml_int") { text($0).flatMap(\.asWholeNumber).map(SQLValue.int) ?? .null },
        // The number that a text stands for; null if it is none.
        function("prisml_double") { text($0).flatMap(\.asDecimalNumber).map(SQLValue.double) ?? .null },
        // The part of a Json value at a path, which is an array of Json.
        SQLiteFunction(
            name: "prisml_json_part", argumentCount: 2, isDeterministic: true,
            body: .value { arguments in
                guard arguments.count == 2, let value = jsonText(arguments[0]), let path = jsonText(arguments[1]) else { return .null }
                let steps = (try? JSON(parsing: path))?.array?.compactMap(\.string) ?? []
                return StructureOperator.json(path: steps).evaluate([.json(value)])
            }),
        // Whether an array of Json has the elements of another.
        SQLiteFunction(
            name: "prisml_json_contains", argumentCount: 2, isDeterministic: true,
            body: .value { arguments in
                guard arguments.count == 2, arguments[0].kind != .null, arguments[1].kind != .null else { return .null }
                guard let whole = text(arguments[0]), let wanted = text(arguments[1]) else { return .bool(false) }
                return .bool(StructureOperator.array(whole, contains: wanted))
            }),
    ]

    private static func function(_ name: String, _ body: @escaping @Sendable (SQLCell) -> SQLValue) -> SQLiteFunction {
        SQLiteFunction(
            name: name, argumentCount: 1, isDeterministic: true, body: .value { arguments in arguments.first.map(body) ?? .null })
    }

    /// SQLite keeps a number in a `JSONB` column as a number.
    private static func jsonText(_ cell: SQLCell) -> String? {
        switch cell.kind {
        case .integer: String(cell.integer)
        case .real: "\(cell.real)"
        default: text(cell)
        }
    }

    private static func text(_ cell: SQLCell) -> String? {
        guard cell.kind == .text else { return nil }
        guard let start = cell.pointer?.assumingMemoryBound(to: UInt8.self), cell.count > 0 else { return "" }
        return String(validating: UnsafeBufferPointer(start: start, count: cell.count), as: UTF8.self)
    }
}
