internal import CSQLite
internal import FoundationEssentials
public import Prisma

/// A function that SQL can call and Swift answers.
struct SQLiteFunction: Sendable {
    enum Body: Sendable {
        case value(@Sendable (UnsafeBufferPointer<SQLCell>) throws -> SQLValue)
        /// No value is made on the way: for functions that are called for each row.
        case number(@Sendable (UnsafeBufferPointer<SQLCell>) throws -> Double?)
    }

    var name: String
    /// -1 for any number.
    var argumentCount: Int
    /// Same arguments, same result: SQLite may then call it once, or use it in an index.
    var isDeterministic: Bool
    var body: Body

    func register(on database: OpaquePointer, gate: SQLiteGate) throws(PrismaError) {
        let call = SQLiteFunctionCall(body: body, gate: gate)
        let flags = SQLITE_UTF8 | (isDeterministic ? SQLITE_DETERMINISTIC : 0)
        let status = sqlite3_create_function_v2(
            database, name, Int32(clamping: argumentCount), flags, Unmanaged.passRetained(call).toOpaque(),
            { context, count, arguments in
                guard let context, let data = sqlite3_user_data(context) else { return }
                Unmanaged<SQLiteFunctionCall>.fromOpaque(data).takeUnretainedValue().run(context, Int(count), arguments)
            }, nil, nil,
            { data in
                // SQLite calls this also when the registration fails.
                if let data { Unmanaged<SQLiteFunctionCall>.fromOpaque(data).release() }
            })
        guard status == SQLITE_OK else { throw SQLiteFailure(database: database, sql: nil).error }
    }

    /// Takes a function of any number of arguments from a connection; nothing happens where it has none of that name. False while a
    /// statement runs.
    static func remove(_ name: String, from database: OpaquePointer) -> Bool {
        sqlite3_create_function_v2(database, name, -1, SQLITE_UTF8, nil, nil, nil, nil, nil) == SQLITE_OK
    }
}

/// A registered function on one connection.
private final class SQLiteFunctionCall {
    private let body: SQLiteFunction.Body
    private unowned let gate: SQLiteGate

    init(body: SQLiteFunction.Body, gate: SQLiteGate) {
        self.body = body
        self.gate = gate
    }

    func run(_ context: OpaquePointer, _ count: Int, _ arguments: UnsafeMutablePointer<OpaquePointer?>?) {
        do {
            try withUnsafeTemporaryAllocation(of: SQLCell.self, capacity: count) { cells in
                for index in 0..<count { cells.initializeElement(at: index, to: SQLiteStatement.cell(arguments?[index], isUTF8: false)) }
                switch body {
                case .number(let function):
                    if let number = try function(UnsafeBufferPointer(cells)) {
                        sqlite3_result_double(context, number)
                    } else {
                        sqlite3_result_null(context)
                    }
                case .value(let function):
                    Self.answer(context, try function(UnsafeBufferPointer(cells)))
                }
            }
        } catch {
            gate.functionError = error
            sqlite3_result_error(context, "function failed", -1)
        }
    }

    private static func answer(_ context: OpaquePointer, _ value: SQLValue) {
        switch SQLiteValue(value) {
        case .null: sqlite3_result_null(context)
        case .integer(let integer): sqlite3_result_int64(context, integer)
        case .real(let real): sqlite3_result_double(context, real)
        case .text(var text):
            text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    if let start = $0.baseAddress {
                        prisml_sqlite3_result_text(context, start, UInt64($0.count))
                    } else {
                        prisml_sqlite3_result_text(context, "", 0)
                    }
                }
            }
        case .bytes(let data):
            guard !data.isEmpty else { return sqlite3_result_zeroblob(context, 0) }
            data.withUnsafeBytes { prisml_sqlite3_result_blob(context, $0.baseAddress, UInt64($0.count)) }
        case .unsupported(let what):
            sqlite3_result_error(context, "the function returned \(what)", -1)
        }
    }
}

extension SQLiteDatabase {
    /// Makes a Swift function callable from SQL on all of this database's connections.
    ///
    /// ```swift
    /// database.register(function: "reversed", argumentCount: 1) { arguments in
    ///     var row = SQLRow(cells: arguments)
    ///     return .text(String(try row.string().reversed()))
    /// }
    /// ```
    /// It runs on a thread of the driver's for each row, and must not use the database.
    public func register(
        function name: String, argumentCount: Int, deterministic: Bool = true,
        _ body: @escaping @Sendable (UnsafeBufferPointer<SQLCell>) throws -> SQLValue
    ) {
        functions.add(SQLiteFunction(name: name, argumentCount: argumentCount, isDeterministic: deterministic, body: .value(body)))
    }

    /// Makes a Swift function that gives a number, or nil for NULL, callable from SQL; nothing is allocated in a call.
    public func register(
        numericFunction name: String, argumentCount: Int, deterministic: Bool = true,
        _ body: @escaping @Sendable (UnsafeBufferPointer<SQLCell>) throws -> Double?
    ) {
        functions.add(SQLiteFunction(name: name, argumentCount: argumentCount, isDeterministic: deterministic, body: .number(body)))
    }
}
