internal import CSQLite
import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The one owner of an open SQLite database; whoever holds it has it alone.
struct SQLiteHandle: ~Copyable {
    enum Role: Sendable {
        case writer
        case reader
    }

    let database: OpaquePointer
    let gate: SQLiteGate
    private var statements: StatementCache<SQLiteStatement>
    /// Space for short reads, unless one of them is using it.
    private var ahead: SQLiteReadAhead?
    /// How many changes of the database's functions are done here.
    private(set) var functionCount = 0
    /// The statement that an open cursor reads.
    var cursor: SQLiteRowSource?
    private(set) var isOpen = true
    /// The database keeps text as UTF-8, as all but a few do.
    private var isUTF8 = false

    private init(_ database: OpaquePointer, url: SQLiteURL) {
        self.database = database
        gate = SQLiteGate(busyTimeout: url.busyTimeout)
        statements = StatementCache(capacity: url.statementCacheSize)
        ahead = SQLiteReadAhead()
    }

    static func open(_ url: SQLiteURL, role: Role, synchronous: SQLiteDatabase.Synchronous) throws(PrismaError) -> SQLiteHandle {
        var handle = SQLiteHandle(try open(url.path ?? ":memory:", mode: url.mode), url: url)
        try handle.configure(url, role: role, synchronous: synchronous)
        let encoding = try handle.prepare("PRAGMA encoding")
        if encoding.step() == SQLITE_ROW, let name = sqlite3_column_text(encoding.pointer, 0) {
            handle.isUTF8 = String(cString: name) == "UTF-8"
        }
        encoding.finish()
        return handle
    }

    private borrowing func configure(_ url: SQLiteURL, role: Role, synchronous: SQLiteDatabase.Synchronous) throws(PrismaError) {
        sqlite3_extended_result_codes(database, 1)
        gate.install(on: database)
        try run("PRAGMA foreign_keys = ON")
        try run("PRAGMA synchronous = \(synchronous.rawValue)")
        if url.path != nil, sqlite3_db_readonly(database, "main") == 0 { try useWriteAheadLog() }
        if role == .reader { try run("PRAGMA query_only = ON") }
    }

    deinit {
        guard isOpen else { return }
        sqlite3_progress_handler(database, 0, nil, nil)
        sqlite3_busy_handler(database, nil, nil)
        // SQLite closes it when the last of the cached statements has gone.
        sqlite3_close_v2(database)
    }

    /// Ends all statements and closes the database; the last connection to it also empties the write-ahead log.
    mutating func close() {
        guard isOpen else { return }
        isOpen = false
        closeCursor()
        _ = statements.removeAll()
        sqlite3_close_v2(database)
    }

    private static func open(_ path: String, mode: SQLiteURL.Mode) throws(PrismaError) -> OpaquePointer {
        // NOMUTEX: SQLite's own locks are not needed where one thread at a time holds the handle.
        let access =
            switch mode {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        var pointer: OpaquePointer?
        let status = sqlite3_open_v2(path, &pointer, (path == ":memory:" ? SQLITE_OPEN_READWRITE : access) | SQLITE_OPEN_NOMUTEX, nil)
        guard status == SQLITE_OK, let pointer else {
            let failure = SQLiteFailure(code: status, message: pointer.map { String(cString: sqlite3_errmsg($0)) } ?? "", sql: nil)
            sqlite3_close_v2(pointer)
            throw describe(failure, path: path)
        }
        return pointer
    }

    private static func describe(_ failure: SQLiteFailure, path: String) -> PrismaError {
        guard failure.code & 0xFF == SQLITE_CANTOPEN, access(path, F_OK) != 0 else {
            var error = failure.error
            error.message += " (`\(path)`)"
            return error
        }
        return PrismaError(
            .databaseMissing, "The database file `\(path)` does not exist.", databaseMessage: failure.message,
            help: "Run `prisml db push` to create it, or correct the `url` of the datasource."
        )
    }

    /// Readers and the writer then do not block each other. While another process holds the database in its old mode,
    /// SQLite goes on in that mode, which is slower and just as correct.
    private borrowing func useWriteAheadLog() throws(PrismaError) {
        let status = sqlite3_exec(database, "PRAGMA journal_mode = WAL", nil, nil, nil)
        guard status & 0xFF == SQLITE_OK || status & 0xFF == SQLITE_BUSY || status & 0xFF == SQLITE_LOCKED else {
            throw SQLiteFailure(database: database, sql: nil).error
        }
    }

    // MARK: - Statements

    /// Runs statements without parameters and without interest in their rows.
    borrowing func run(_ sql: String) throws(PrismaError) {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw SQLiteFailure(database: database, sql: sql).error
        }
    }

    /// A statement that was prepared before and is free.
    mutating func cached(_ sql: String) -> SQLiteStatement? {
        guard let statement = statements.find(sql), !statement.isInUse else { return nil }
        return statement
    }

    /// The statement for this SQL, prepared if it has to be, marked as in use.
    mutating func prepare(_ sql: String) throws(PrismaError) -> SQLiteStatement {
        if let statement = cached(sql) {
            statement.isInUse = true
            return statement
        }
        var pointer: OpaquePointer?
        var hasMore = false
        var text = sql
        let status = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                var tail: UnsafePointer<CChar>?
                guard let start = characters.baseAddress, let count = Int32(exactly: characters.count) else { return SQLITE_TOOBIG }
                let status = sqlite3_prepare_v3(database, start, count, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, &tail)
                if let tail { hasMore = UnsafeBufferPointer(rebasing: characters[(tail - start)...]).contains { !Self.isBlank($0) } }
                return status
            }
        }
        guard status == SQLITE_OK else {
            throw SQLiteFailure(database: database, sql: sql).error
        }
        guard let pointer else {
            throw PrismaError(.rawQueryFailed, "The statement is empty.", sql: sql)
        }
        let statement = SQLiteStatement(pointer, sql: sql, isUTF8: isUTF8)
        guard !hasMore else {
            throw PrismaError(
                .rawQueryFailed, "There is more than one statement in the text.", sql: sql, help: "Run them one at a time, or as a script."
            )
        }
        statement.isInUse = true
        _ = statements.insert(statement, for: sql)
        return statement
    }

    private static func isBlank(_ character: CChar) -> Bool {
        character == 0x20 || (0x09...0x0D).contains(character) || character == 0x3B
    }

    // MARK: - Running

    /// Runs a statement and hands its rows to `body`.
    mutating func query<Result>(
        _ statement: SQLStatement, _ body: (inout SQLRows) throws -> Result
    ) throws -> Result {
        let prepared = try prepare(statement.text)
        defer { prepared.finish() }
        try prepared.bind(statement.bindings)
        let source = SQLiteRowSource(prepared, gate: gate)
        var rows = SQLRows(source)
        let result = try body(&rows)
        // A write runs to its end even if its reader stopped early, so that both databases keep the same.
        if !prepared.isQuery { try source.drain() }
        return result
    }

    /// Runs a statement and gives the number of rows it changed.
    mutating func execute(_ statement: SQLStatement) throws(PrismaError) -> Int {
        let prepared = try prepare(statement.text)
        defer { prepared.finish() }
        try prepared.bind(statement.bindings)
        let before = sqlite3_total_changes64(database)
        try SQLiteRowSource(prepared, gate: gate).drain()
        // SQLite reports the changes of the last INSERT, UPDATE or DELETE, which was another one if nothing was added to the total.
        return sqlite3_total_changes64(database) == before ? 0 : Int(sqlite3_changes64(database))
    }

    /// Runs several statements: all of them, or none if there is no transaction yet.
    mutating func execute(_ list: [SQLStatement]) throws(PrismaError) -> [Int] {
        let needsTransaction = list.count > 1 && !isInTransaction && !list.contains { Self.controlsTransaction($0.text) }
        if needsTransaction { try run("BEGIN IMMEDIATE") }
        do throws(PrismaError) {
            var counts: [Int] = []
            counts.reserveCapacity(list.count)
            for statement in list { counts.append(try execute(statement)) }
            if needsTransaction { try run("COMMIT") }
            return counts
        } catch {
            if needsTransaction { rollback() }
            throw error
        }
    }

    private static func controlsTransaction(_ sql: String) -> Bool {
        let word = sql.prefix { $0.isLetter }.uppercased()
        return ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA"].contains(word)
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    /// Ends an open transaction; SQLite may have ended it already because of an error.
    borrowing func rollback() {
        guard isInTransaction else { return }
        sqlite3_exec(database, "ROLLBACK", nil, nil, nil)
    }

    // MARK: - Functions

    /// Makes the changes of the database's functions that this connection has not made yet.
    mutating func register(_ changes: [SQLiteFunctions.Change]) throws(PrismaError) {
        while functionCount < changes.count {
            switch changes[functionCount] {
            case .add(let function): try function.register(on: database, gate: gate)
            case .remove(let name):
                // While a statement runs it stays; the next lease tries again.
                guard SQLiteFunction.remove(name, from: database) else { return }
            case .nothing: break
            }
            functionCount += 1
        }
    }
}

// MARK: - Short reads on the caller's thread

extension SQLiteHandle {
    /// Reads a result of a few rows without waiting for anything but the file itself.
    ///
    /// If `body` was not called, the read is one for the connection's thread: the rest of it, which is returned, or, if there
    /// is none, the whole. (It gives no value because generic values are expensive here.)
    mutating func queryInline(
        _ statement: SQLStatement, _ body: (inout SQLRows) throws -> Void
    ) throws -> SQLiteUnchecked<SQLiteRowSource>? {
        guard cursor == nil, let prepared = cached(statement.text), prepared.isQuery, let ahead else { return nil }
        prepared.isInUse = true
        try bindInline(prepared, statement.bindings)
        ahead.start(columnCount: prepared.columnCount)
        gate.beginInline()
        defer { gate.endInline() }
        while true {
            switch prepared.step() {
            case SQLITE_ROW:
                let fits = ahead.append(prepared)
                guard !fits || ahead.isFull else { continue }
                self.ahead = nil
                return SQLiteUnchecked(SQLiteRowSource(prepared, gate: gate, ahead: ahead, isOnUnreadRow: !fits))
            case SQLITE_DONE:
                defer { prepared.finish() }
                var rows = SQLRows(SQLiteRowSource(prepared, gate: gate, ahead: ahead, isDone: true))
                try body(&rows)
                return nil
            default:
                // Out of its budget, a lock, or an error: the thread runs it again, and waits or reports as it should.
                gate.functionError = nil
                prepared.finish()
                return nil
            }
        }
    }

    private func bindInline(_ prepared: SQLiteStatement, _ values: [SQLValue]) throws(PrismaError) {
        do throws(PrismaError) {
            try prepared.bind(values)
        } catch {
            prepared.finish()
            throw error
        }
    }

    /// Reads on what `queryInline` began.
    mutating func resume<Result>(
        _ source: SQLiteUnchecked<SQLiteRowSource>, _ body: (inout SQLRows) throws -> Result
    ) throws -> Result {
        defer {
            source.value.finish()
            if ahead == nil { ahead = SQLiteReadAhead() }
        }
        var rows = SQLRows(source.value)
        return try body(&rows)
    }
}
