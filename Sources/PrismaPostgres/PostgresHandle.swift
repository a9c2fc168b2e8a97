internal import CPostgres
import Prisma

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The one owner of a libpq connection.
///
/// Sendable because one operation at a time uses it: the connection's actor, or the poller while that actor waits for it.
final class PostgresHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    let socket: Int32

    private init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        socket = PQsocket(pointer)
    }

    deinit {
        PQfinish(pointer)
    }

    var isBroken: Bool { PQstatus(pointer) != CONNECTION_OK }

    /// Connects; blocks until the server answers or the time is up.
    static func connect(_ url: PostgresURL) throws(PrismaError) -> PostgresHandle {
        let deadline = url.connectTimeout.map { ContinuousClock.now + $0 }
        guard let pointer = start(url) else {
            throw PrismaError(.unexpected, "Out of memory.")
        }
        // So that errors carry their SQLSTATE.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        prisml_pq_silence(pointer)
        var failure: PrismaError?
        var state = PGRES_POLLING_WRITING
        while PQstatus(pointer) != CONNECTION_BAD, state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING {
            guard waitForSocket(PQsocket(pointer), state, until: deadline) else {
                failure = PrismaError(
                    .timedOut, "The database server at `\(url.host)` did not answer in time.",
                    help: "Check host and port in the URL and the network between, or raise `connect_timeout`."
                )
                break
            }
            state = PQconnectPoll(pointer)
        }
        if failure == nil, PQstatus(pointer) != CONNECTION_OK || state != PGRES_POLLING_OK {
            failure = PostgresFailure.connecting(pointer, url: url)
        }
        failure = failure ?? prepareSession(pointer, url)
        if let failure {
            PQfinish(pointer)
            throw failure
        }
        PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
        PQsetnonblocking(pointer, 1)
        return PostgresHandle(pointer)
    }

    private static func start(_ url: PostgresURL) -> OpaquePointer? {
        var keywords = url.keywords
        if !url.usesPgBouncer {
            let settings = session(url).map { name, value in "-c \(name)=\(escaped(value))" }
            keywords["options"] = ([keywords["options"] ?? ""] + settings).filter { !$0.isEmpty }.joined(separator: " ")
        }
        let pairs = keywords.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (name, value) in pairs {
                free(name)
                free(value)
            }
        }
        let names = pairs.map { UnsafePointer($0.0) } + [nil]
        let values = pairs.map { UnsafePointer($0.1) } + [nil]
        return PQconnectStartParams(names, values, 0)
    }

    /// What every session has, whatever the server's configuration.
    private static func session(_ url: PostgresURL) -> [(name: String, value: String)] {
        let schema = "\"" + url.schema.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        return [("search_path", schema), ("TimeZone", "UTC")]
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            if character == " " || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text
    }

    /// PgBouncer does not pass on `options`.
    private static func prepareSession(_ pointer: OpaquePointer, _ url: PostgresURL) -> PrismaError? {
        guard url.usesPgBouncer else { return nil }
        for (name, value) in session(url) {
            guard let result = PQexec(pointer, "SET \(name) = \(value)") else { return PostgresFailure.connecting(pointer, url: url) }
            defer { PQclear(result) }
            if PQresultStatus(result) != PGRES_COMMAND_OK { return PostgresFailure(result, connection: pointer, sql: nil).error }
        }
        return nil
    }

    private static func waitForSocket(
        _ socket: Int32, _ state: PostgresPollingStatusType, until deadline: ContinuousClock.Instant?
    ) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN), revents: 0)
        while true {
            var timeout: Int32 = -1
            if let deadline {
                let left = deadline - ContinuousClock.now
                guard left > .zero else { return false }
                timeout = Int32(clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
            }
            let count = poll(&entry, 1, timeout)
            if count > 0 { return true }
            if count < 0, errno != EINTR { return true }
        }
    }
}
