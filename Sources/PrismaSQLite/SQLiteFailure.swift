internal import CSQLite
import Prisma

/// What SQLite reported, turned into Prisma's terms.
struct SQLiteFailure {
    /// The extended result code.
    var code: Int32
    var message: String
    var sql: String?

    init(code: Int32, message: String, sql: String?) {
        self.code = code
        self.message = message
        self.sql = sql
    }

    init(database: OpaquePointer?, sql: String?) {
        code = sqlite3_extended_errcode(database)
        message = String(cString: sqlite3_errmsg(database))
        self.sql = sql
    }

    var isInterrupt: Bool { code & 0xFF == SQLITE_INTERRUPT }
    var isBusy: Bool { code & 0xFF == SQLITE_BUSY || code & 0xFF == SQLITE_LOCKED }

    var error: PrismaError {
        var error =
            switch code & 0xFF {
            case SQLITE_CONSTRAINT: constraint
            case SQLITE_ERROR: statement
            case SQLITE_BUSY, SQLITE_LOCKED: busy
            default: condition
            }
        error.sql = sql
        error.databaseMessage = message
        return error
    }

    // MARK: - Constraints

    private var constraint: PrismaError {
        // "UNIQUE constraint failed: User.email, User.tenant", "… failed: index 'name'", "CHECK constraint failed: name".
        let (table, fields) = subjects
        let names = fields.isEmpty ? "" : ": " + fields.joined(separator: ", ")
        // SQLITE_CONSTRAINT_… are macros that compute, which Swift does not import.
        switch code >> 8 {
        case 8, 6, 10:
            return PrismaError(
                .uniqueViolation, "Unique constraint failed\(names).", model: table, fields: fields,
                help: "Use another value, or `upsert` to change the row that has this one."
            )
        case 5:
            return PrismaError(
                .nullViolation, "Null constraint violation\(names).", model: table, fields: fields,
                help: "Give the field a value, or make it optional in the schema."
            )
        case 3, 7:
            return PrismaError(
                .foreignKeyViolation, "Foreign key constraint failed.", model: table, fields: fields,
                help: "Create the row that is referred to first; delete or change the rows that refer to this one before it."
            )
        default:
            return PrismaError(
                .constraintViolation, "A constraint of the database failed\(names).", model: table, fields: fields,
                help: "Use a value that the table's constraint admits."
            )
        }
    }

    /// The table and the columns or the constraint that the message names.
    private var subjects: (table: String?, fields: [String]) {
        guard let separator = message.utf8.firstIndex(of: UInt8(ascii: ":")) else { return (nil, []) }
        let list = message[separator...].dropFirst(2)
        if list.hasPrefix("index '") { return (nil, [String(list.dropFirst(7).dropLast())]) }
        guard code >> 8 != 1 else { return (nil, [String(list)]) }
        var table: String?
        var fields: [String] = []
        for item in list.split(separator: ", ") {
            let parts = item.split(separator: ".", maxSplits: 1)
            if parts.count == 2 {
                table = String(parts[0])
                fields.append(String(parts[1]))
            } else {
                fields.append(String(item))
            }
        }
        return (table, fields)
    }

    // MARK: - A statement that SQLite does not accept

    private var statement: PrismaError {
        if let table = message.after("no such table: ") {
            return PrismaError(
                .tableMissing, "The table `\(table)` does not exist in the database.", model: table,
                help: "Run `prisml db push`, or check that the URL points to the right file."
            )
        }
        if let column = message.after("no such column: ") ?? message.after(" has no column named ") {
            return PrismaError(
                .columnMissing, "The column `\(column)` does not exist in the database.", fields: [column],
                help: "Run `prisml db push`: the schema has a column that the database has not."
            )
        }
        if message.hasPrefix("too many SQL variables") || message.hasPrefix("variable number must be between") {
            return PrismaError(
                .tooManyParameters, "The statement has more parameters than SQLite takes.", help: "Send fewer values at once.")
        }
        if message == "integer overflow" {
            return PrismaError(.outOfRange, "A number left the range of a 64-bit integer.", help: "Compute with floating-point numbers.")
        }
        return PrismaError(.rawQueryFailed, "SQLite refused the statement: \(message).")
    }

    // MARK: - The state of the database

    private var busy: PrismaError {
        // SQLITE_BUSY_SNAPSHOT: a reader that wants to write, while another writer committed.
        if code == SQLITE_BUSY | (2 << 8) {
            return PrismaError(
                .writeConflict, "Another connection wrote to the database since this transaction began to read.",
                help: "Run the transaction again; begin it for writing if it writes."
            )
        }
        return PrismaError(
            .operationTimedOut, "The database is locked by another connection or process.",
            help: "Keep transactions short, or raise `socket_timeout` in the URL."
        )
    }

    private var condition: PrismaError {
        switch code & 0xFF {
        case SQLITE_READONLY:
            PrismaError(
                .readOnly, "The database cannot be written to.",
                help: "Check the permissions of the file and its folder, `mode=ro` in the URL, and that the lease is for writing."
            )
        case SQLITE_FULL:
            PrismaError(.diskFull, "The disk is full; nothing of the statement was kept.", help: "Free some space and run it again.")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            PrismaError(
                .databaseCorrupt, "The file is not an intact SQLite database.", help: "Check the URL, or restore the file from a backup."
            )
        case SQLITE_IOERR:
            PrismaError(.unexpected, "The database file could not be read or written.", help: "Check the disk; then run it again.")
        case SQLITE_CANTOPEN:
            PrismaError(.accessDenied, "The database file cannot be opened.", help: "Check the permissions of the file and its folder.")
        case SQLITE_PERM, SQLITE_AUTH:
            PrismaError(.accessDenied, "The operation is not permitted.", help: "Check the permissions of the file.")
        case SQLITE_TOOBIG:
            PrismaError(.valueTooLong, "A value is longer than SQLite can store.", help: "Store it in parts, or in a file.")
        case SQLITE_RANGE:
            PrismaError(
                .rawQueryFailed, "The statement has another number of parameters than values.", help: "Give one value for each `?`.")
        case SQLITE_MISMATCH:
            PrismaError(.inputError, "A value does not fit the type of its column.", help: "Use a value of the column's type.")
        default:
            PrismaError(.unexpected, "SQLite failed with code \(code).")
        }
    }
}

extension String {
    fileprivate func after(_ marker: String) -> String? {
        guard let range = firstRange(of: marker) else { return nil }
        return String(self[range.upperBound...])
    }
}
