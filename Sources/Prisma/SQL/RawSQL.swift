/// SQL as one writes it, in which interpolated values become parameters, so that no value is ever read as SQL.
///
/// ```swift
/// let minimum = 10
/// let rows = try await prisma.queryRaw(#"SELECT "id", "email" FROM "User" WHERE "visits" > \#(minimum)"#, as: Int.self, String.self)
/// ```
public struct RawSQL: ExpressibleByStringInterpolation, Hashable, Sendable {
    fileprivate enum Part: Hashable, Sendable {
        case text(String)
        case value(SQLValue)
    }

    fileprivate var parts: [Part]
    /// Whether an empty list stands somewhere: SQL has no way to write one.
    private var hasEmptyList = false

    public init(stringLiteral text: String) {
        parts = [.text(text)]
    }

    public init(stringInterpolation interpolation: Interpolation) {
        parts = interpolation.parts
        hasEmptyList = interpolation.hasEmptyList
    }

    /// SQL that was put together elsewhere. It is sent as it is: never make it of what a person typed.
    public init(trusted text: String) {
        parts = [.text(text)]
    }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []
        fileprivate var hasEmptyList = false

        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        public mutating func appendLiteral(_ text: String) {
            parts.append(.text(text))
        }

        /// A value: it becomes a parameter.
        public mutating func appendInterpolation(_ value: some ColumnValue) {
            parts.append(.value(value.sqlValue))
        }

        /// The values of a list in parentheses, as `IN` takes them.
        public mutating func appendInterpolation(list values: [some ColumnValue]) {
            if values.isEmpty { hasEmptyList = true }
            for (index, value) in values.enumerated() {
                parts.append(.text(index == 0 ? "(" : ", "))
                parts.append(.value(value.sqlValue))
            }
            parts.append(.text(")"))
        }

        /// The name of a table or column, in quotes.
        public mutating func appendInterpolation(name: String) {
            parts.append(.text(SQLWriter.quoted(name)))
        }

        /// Another piece of SQL, with its values.
        public mutating func appendInterpolation(_ sql: RawSQL) {
            parts += sql.parts
            hasEmptyList = hasEmptyList || sql.hasEmptyList
        }
    }

    func statement(in dialect: SQLDialect) throws(PrismaError) -> SQLStatement {
        guard !hasEmptyList else {
            throw PrismaError(
                .validationFailed, "A list in the statement is empty, and SQL cannot write an empty list.",
                help: "Ask only if there are values: `IN ()` would find no row.")
        }
        var statement = SQLStatement("")
        for part in parts {
            switch part {
            case .text(let text): statement.text += text
            case .value(let value):
                statement.bindings.append(value)
                statement.text += (dialect == .sqlite ? "?" : "$") + String(statement.bindings.count)
            }
        }
        return statement
    }

    /// Whether it only reads, as far as its first word says.
    var isSelection: Bool {
        guard case .text(let text)? = parts.first else { return false }
        return text.drop { $0.isWhitespace || $0 == "(" }.prefix(6).lowercased() == "select"
    }
}

extension PrismaClientProtocol {
    /// The rows of a statement of your own, column by column from the left.
    ///
    /// ```swift
    /// for (plan, count) in try await prisma.queryRaw(#"SELECT "plan", count(*) FROM "User" GROUP BY 1"#, as: Plan.self, Int.self) { … }
    /// ```
    /// - Throws: `PrismaError`: P2010 if the database refuses the statement, P2023 if a value does not fit its type.
    public func queryRaw<each Column: ColumnValue>(_ sql: RawSQL, as types: repeat (each Column).Type) async throws -> [(
        repeat each Column
    )] {
        let statement = try sql.statement(in: engine.dialect)
        var count = 0
        for _ in repeat each types { count += 1 }
        let wanted = count
        return try await engine.withConnection(for: sql.isSelection ? .read : .write) { connection in
            try await engine.query(statement, on: connection, model: "") { rows in
                guard rows.columnNames.count == wanted else {
                    throw PrismaError(
                        .validationFailed, "The statement gives \(rows.columnNames.count) columns, but types are named for \(wanted).",
                        sql: statement.text, help: "Name one type for each column, from the left.")
                }
                var found: [(repeat each Column)] = []
                while var row = try rows.next() { found.append((repeat try (each Column)(row: &row))) }
                return found
            }
        }
    }

    /// Runs a statement of your own that gives no rows.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    public func executeRaw(_ sql: RawSQL) async throws -> Int {
        let statement = try sql.statement(in: engine.dialect)
        return try await engine.withConnection(for: .write) { connection in
            try await engine.execute(statement, on: connection, model: "")
        }
    }
}
