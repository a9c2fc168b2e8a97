internal import CSQLite
internal import FoundationEssentials
import Prisma

/// A prepared statement: the one owner of its handle.
final class SQLiteStatement {
    let pointer: OpaquePointer
    let sql: String
    let columnCount: Int
    /// Reads and nothing else. SQLite also counts COMMIT and the like as read-only, and those write to the disk.
    let isQuery: Bool
    /// While rows are being read from it, the same SQL needs another handle.
    var isInUse = false

    /// The database keeps text as UTF-8.
    let isUTF8: Bool
    /// Where the texts of many parameters lie while the statement runs, so that SQLite does not allocate a copy of each.
    private var texts = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var textsUsed = 0

    init(_ pointer: OpaquePointer, sql: String, isUTF8: Bool) {
        self.pointer = pointer
        self.sql = sql
        self.isUTF8 = isUTF8
        columnCount = Int(sqlite3_column_count(pointer))
        isQuery = columnCount > 0 && sqlite3_stmt_readonly(pointer) != 0 && Self.startsAsQuery(sql)
    }

    deinit {
        sqlite3_finalize(pointer)
        texts.deallocate()
    }

    private static func startsAsQuery(_ sql: String) -> Bool {
        let word = sql.utf8.prefix(6).map { $0 & 0xDF }
        return word.elementsEqual("SELECT".utf8) || word.prefix(4).elementsEqual("WITH".utf8)
    }

    var columnNames: [String] {
        (0..<Int32(columnCount)).map { index in
            sqlite3_column_name(pointer, index).map { String(cString: $0) } ?? ""
        }
    }

    func step() -> Int32 { sqlite3_step(pointer) }

    /// Makes the statement ready to run again, and lets go of its values.
    func finish() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
        isInUse = false
        textsUsed = 0
        if texts.count > Self.textsKept {
            texts.deallocate()
            texts = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
    }

    /// From so many parameters on texts are gathered in one place.
    private static let manyParameters = 32
    /// How many bytes of that place are kept for the next time.
    private static let textsKept = 256 * 1024

    // MARK: - Values in

    func bind(_ values: [SQLValue]) throws(PrismaError) {
        let expected = Int(sqlite3_bind_parameter_count(pointer))
        guard values.count == expected else {
            throw PrismaError(
                .rawQueryFailed, "The statement has \(expected) parameters but \(values.count) values.", sql: sql,
                help: "Give one value for each parameter."
            )
        }
        if expected >= Self.manyParameters { reserveTexts(for: values) }
        var index: Int32 = 0
        for value in values {
            index += 1
            let status = try bind(value, at: index)
            guard status == SQLITE_OK else {
                throw SQLiteFailure(database: sqlite3_db_handle(pointer), sql: sql).error
            }
        }
    }

    /// Room for all texts at once: what is bound must not move.
    private func reserveTexts(for values: [SQLValue]) {
        var size = 0
        for value in values {
            if case .text(let text) = value { size += text.utf8.count }
        }
        textsUsed = 0
        guard size > texts.count else { return }
        texts.deallocate()
        texts = .allocate(byteCount: size, alignment: 1)
    }

    private func bind(_ value: SQLValue, at index: Int32) throws(PrismaError) -> Int32 {
        switch value {
        case .int(let integer): return sqlite3_bind_int64(pointer, index, integer)
        case .text(var text): return bind(&text, at: index)
        default: return try bind(SQLiteValue(value), at: index)
        }
    }

    private func bind(_ text: inout String, at index: Int32) -> Int32 {
        text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // An empty string has no address, and no address means NULL.
                guard let start = characters.baseAddress else { return prisml_sqlite3_bind_text(pointer, index, "", 0) }
                if textsUsed + characters.count <= texts.count, let place = texts.baseAddress?.advanced(by: textsUsed) {
                    place.copyMemory(from: start, byteCount: characters.count)
                    textsUsed += characters.count
                    let text = UnsafeRawPointer(place).assumingMemoryBound(to: CChar.self)
                    return prisml_sqlite3_bind_static_text(pointer, index, text, UInt64(characters.count))
                }
                return prisml_sqlite3_bind_text(pointer, index, start, UInt64(characters.count))
            }
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) throws(PrismaError) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let integer): return sqlite3_bind_int64(pointer, index, integer)
        case .real(let real):
            guard !real.isNaN else {
                // SQLite would silently store NULL.
                throw PrismaError(
                    .inputError, "Parameter \(index) is not a number (NaN), which SQLite cannot store.", sql: sql, help: "Use NULL instead."
                )
            }
            return sqlite3_bind_double(pointer, index, real)
        case .text(var text): return bind(&text, at: index)
        case .bytes(let data):
            guard !data.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return data.withUnsafeBytes { prisml_sqlite3_bind_blob(pointer, index, $0.baseAddress, UInt64($0.count)) }
        case .unsupported(let what):
            throw PrismaError(
                .inputError, "Parameter \(index) is \(what), which SQLite cannot store.", sql: sql,
                help: "Store it as Json, or in rows of its own."
            )
        }
    }

    // MARK: - Values out

    /// Looks at the statement's current row in place.
    @inline(__always)
    static func read(_ pointer: OpaquePointer, isUTF8: Bool, into cells: UnsafeMutableBufferPointer<SQLCell>) {
        // SQLite gives NULL for columns that a statement has not. Its values may be looked at as long as no other thread
        // uses the connection, which is faster than to ask for each by its column.
        for index in 0..<cells.count {
            cells[index] = cell(sqlite3_column_value(pointer, Int32(truncatingIfNeeded: index)), isUTF8: isUTF8)
        }
    }

    /// A value that SQLite holds, in place: a column of the current row, or an argument of a function.
    @inline(__always)
    static func cell(_ value: OpaquePointer?, isUTF8: Bool) -> SQLCell {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER:
            return SQLCell(kind: .integer, integer: sqlite3_value_int64(value))
        case SQLITE_FLOAT:
            return SQLCell(real: sqlite3_value_double(value))
        case SQLITE_TEXT:
            // The bytes as they lie in the page: asked for as text, SQLite would copy them to put a zero behind.
            let text = isUTF8 ? sqlite3_value_blob(value) : UnsafeRawPointer(sqlite3_value_text(value))
            return SQLCell(kind: .text, pointer: text, count: Int(sqlite3_value_bytes(value)))
        case SQLITE_BLOB:
            let bytes = sqlite3_value_blob(value)
            return SQLCell(kind: .bytes, pointer: bytes, count: Int(sqlite3_value_bytes(value)))
        default:
            return SQLCell()
        }
    }
}
