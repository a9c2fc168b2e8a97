internal import CPostgres
import Prisma

/// What the server or libpq reported, turned into Prisma's terms.
struct PostgresFailure {
    /// SQLSTATE; empty if the server said nothing.
    var state = ""
    var message = ""
    var detail: String?
    var table: String?
    var column: String?
    var constraint: String?
    var sql: String?

    init(state: String, message: String) {
        self.state = state
        self.message = message
    }

    init(_ result: OpaquePointer?, connection: OpaquePointer, sql: String?) {
        self.sql = sql
        state = Self.field(result, "C") ?? ""
        message = Self.field(result, "M") ?? Self.trimmed(PQerrorMessage(connection))
        detail = Self.field(result, "D")
        table = Self.field(result, "t")
        column = Self.field(result, "c")
        constraint = Self.field(result, "n")
    }

    private static func field(_ result: OpaquePointer?, _ code: Unicode.Scalar) -> String? {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }

    static func trimmed(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "" }
        var message = Substring(String(cString: text))
        while message.last?.isWhitespace == true { message.removeLast() }
        return String(message)
    }

    var error: PrismaError {
        var error = constraintError ?? statementError ?? stateError
        error.sql = sql
        error.databaseMessage = [message, detail].compactMap { $0 }.joined(separator: " ")
        return error
    }

    // MARK: - Constraints

    private var constraintError: PrismaError? {
        switch state {
        case "23505":
            let fields = keyFields
            return PrismaError(
                .uniqueViolation, "Unique constraint failed\(Self.list(fields)).", model: table, fields: fields,
                help: "Use another value, or `upsert` to change the row that has this one."
            )
        case "23503", "23001":
            return PrismaError(
                .foreignKeyViolation, "Foreign key constraint failed\(Self.list(constraint)).", model: table,
                fields: Self.fields(constraint),
                help: "Create the row that is referred to first; delete or change the rows that refer to this one before it."
            )
        case "23502":
            return PrismaError(
                .nullViolation, "Null constraint violation\(Self.list(column)).", model: table, fields: Self.fields(column),
                help: "Give the field a value, or make it optional in the schema."
            )
        case "23514", "23P01", "23000", "44000":
            return PrismaError(
                .constraintViolation, "A constraint of the database failed\(Self.list(constraint)).", model: table,
                fields: Self.fields(constraint), help: "Use a value that the table's constraint admits."
            )
        default:
            return nil
        }
    }

    /// The columns of `Key (email, tenant)=(…) already exists.`, whose words depend on the server's language; or the constraint.
    private var keyFields: [String] {
        guard let detail, let start = detail.firstIndex(of: "("), let end = detail.firstRange(of: ")=(") else {
            return Self.fields(constraint)
        }
        let list = detail[detail.index(after: start)..<end.lowerBound]
        return list.split(separator: ", ").map { $0.filter { $0 != "\"" } }
    }

    private static func fields(_ name: String?) -> [String] { name.map { [$0] } ?? [] }
    private static func list(_ name: String?) -> String { list(fields(name)) }
    private static func list(_ names: [String]) -> String { names.isEmpty ? "" : ": " + names.joined(separator: ", ") }

    // MARK: - Statements and values

    private var statementError: PrismaError? {
        switch state {
        case "42P01":
            return PrismaError(
                .tableMissing, "The table `\(quoted)` does not exist in the database.", model: quoted,
                help: "Run `prisml db push`, or check `schema` in the URL."
            )
        case "42703":
            return PrismaError(
                .columnMissing, "The column `\(quoted)` does not exist in the database.", fields: [quoted],
                help: "Run `prisml db push`: the schema has a column that the database has not."
            )
        case "22001":
            return PrismaError(
                .valueTooLong, "A value is too long for its column.", fields: Self.fields(column), help: "Shorten it, or widen the column.")
        case "22003", "22008":
            return PrismaError(
                .outOfRange, "A number or a date is outside of the range of its type.", fields: Self.fields(column),
                help: "Use a type with a larger range, such as BigInt or Decimal."
            )
        case "22021":
            return PrismaError(
                .invalidText, "A text contains a character that the database cannot store.",
                help: "Remove NUL characters, or store it as Bytes."
            )
        case "22P02", "22P03", "22007", "42804", "22023":
            return PrismaError(
                .inputError, "A value does not fit the type that the statement needs.", help: "Use a value of the column's type, or a cast."
            )
        case "42501":
            return PrismaError(.accessDenied, "The user may not do this.", help: "Grant the user the permission, or use another user.")
        case "25006":
            return PrismaError(.readOnly, "The transaction or the server is read-only.", help: "Connect to the primary server.")
        case "25P02":
            return PrismaError(
                .transactionFailed, "An earlier statement of the transaction failed; it can only be rolled back.",
                help: "Roll back, or put statements that may fail into a nested transaction."
            )
        default:
            return nil
        }
    }

    /// The first name in quotation marks of whatever language: "…", „…“ or «…».
    private var quoted: String {
        let marks: Set<Character> = ["\"", "„", "“", "”", "«", "»"]
        let parts = message.split(omittingEmptySubsequences: false) { marks.contains($0) }
        // `column u.nme does not exist` has none.
        if parts.count < 3 { return message.split(separator: " ").dropFirst().first.map(String.init) ?? message }
        return String(parts[1])
    }

    // MARK: - The state of the server

    private var stateError: PrismaError {
        switch state {
        case "40001", "40P01":
            PrismaError(.writeConflict, "The transaction conflicts with another one.", help: "Run the transaction again.")
        case "57014", "55P03":
            PrismaError(
                .operationTimedOut, "The server ended the statement because it took or waited too long.",
                help: "Raise `statement_timeout` or `lock_timeout`.")
        case "53100":
            PrismaError(
                .diskFull, "The server's disk is full; nothing of the statement was kept.", help: "Free some space and run it again.")
        case "53300":
            PrismaError(
                .tooManyConnections, "The server has no connection left.",
                help: "Lower `connection_limit`, or raise the server's `max_connections`.")
        case "XX001", "XX002":
            PrismaError(.databaseCorrupt, "The server found damaged data.", help: "Restore the database from a backup.")
        case "54011", "54023":
            PrismaError(.tooManyParameters, "The statement is larger than PostgreSQL takes.", help: "Send fewer values at once.")
        case "08P01":
            PrismaError(
                .rawQueryFailed, "The statement has another number of parameters than values.", help: "Give one value for each `$`.")
        case _ where ["", "57P01", "57P02", "57P03", "57P05"].contains(state) || state.hasPrefix("08"):
            PrismaError(
                .connectionClosed, "The server has closed the connection.",
                help: "Run it again; what was written may or may not have been kept."
            )
        default:
            PrismaError(.rawQueryFailed, "PostgreSQL refused the statement: \(message).")
        }
    }
}

// MARK: - Connecting

extension PostgresFailure {
    /// The error of an attempt to connect. Its message carries SQLSTATE where the server was reached.
    static func connecting(_ connection: OpaquePointer?, url: PostgresURL) -> PrismaError {
        let message = trimmed(PQerrorMessage(connection))
        var error = describe(message, url)
        error.databaseMessage = message
        return error
    }

    private static func describe(_ message: String, _ url: PostgresURL) -> PrismaError {
        let place = "`\(url.host)`" + (url.keywords["port"].map { ", port \($0)" } ?? "")
        switch state(in: message) {
        case "28P01":
            return PrismaError(
                .authenticationFailed, "The server at \(place) does not accept the password of user `\(url.user)`.",
                help: "Correct user and password in the URL; write special characters as `%` and two digits.")
        case "28000":
            return PrismaError(
                .accessDenied, "The server at \(place) does not admit user `\(url.user)` to database `\(url.database)`.",
                help: "Check the user in the URL and the server's pg_hba.conf.")
        case "42501":
            return PrismaError(
                .accessDenied, "User `\(url.user)` may not connect to database `\(url.database)`.", help: "Grant the user CONNECT.")
        case "3D000":
            return PrismaError(
                .databaseMissing, "The database `\(url.database)` does not exist on the server at \(place).",
                help: "Create it, or correct the name in the URL.")
        case "53300":
            return PrismaError(
                .tooManyConnections, "The server at \(place) has no connection left.",
                help: "Lower `connection_limit`, or raise the server's `max_connections`.")
        case nil where message.contains("SSL") || message.contains("certificate"):
            return PrismaError(
                .tlsFailed, "No secure connection to the server at \(place).",
                help: "Check `sslmode`, `sslaccept` and `sslcert` in the URL and the server's certificate.")
        case nil where message.contains("no password supplied"):
            return PrismaError(
                .authenticationFailed, "The server at \(place) asks for a password and the URL has none.",
                help: "Add it: `postgresql://user:password@…`.")
        default:
            return PrismaError(
                .unreachable, "Can't reach the database server at \(place).",
                help: "Check that the server runs and that host and port in the URL are right.")
        }
    }

    /// `FATAL:  28P01: password authentication failed …`
    private static func state(in message: String) -> String? {
        for part in message.split(separator: " ") where part.utf8.count == 6 && part.last == ":" {
            let code = part.dropLast()
            if code.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isUppercase) }), code.contains(where: \.isNumber) { return String(code) }
        }
        return nil
    }
}
