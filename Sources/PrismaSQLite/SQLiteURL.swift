import Prisma

/// A `file:` URL as Prisma writes it: a path as it stands (no percent escapes), relative to the schema's folder.
struct SQLiteURL: Hashable, Sendable {
    enum Mode: Hashable, Sendable {
        case readOnly
        case readWrite
        case create
    }

    /// nil for a database in memory.
    var path: String?
    var mode = Mode.readWrite
    /// The most connections, the writer included.
    var connectionLimit: Int?
    /// How long a statement waits for a lock that another process holds.
    var busyTimeout = Duration.seconds(5)
    /// How long a caller waits for a connection.
    var poolTimeout = Duration.seconds(10)
    var statementCacheSize = 100

    init(_ text: String, relativeTo directory: String?) throws(PrismaError) {
        var rest = Substring(text)
        if rest.hasPrefix("file:") {
            rest = rest.dropFirst(5)
        } else if rest.hasPrefix("sqlite:") {
            rest = rest.dropFirst(7)
        } else if rest.contains("://") {
            throw Self.invalid("The URL of an SQLite database starts with `file:`, this one with `\(rest.prefix { $0 != ":" }):`.")
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let location = parts.first ?? ""
        if parts.count > 1 { try readParameters(parts[1]) }
        if location == ":memory:" { path = nil }
        if location != ":memory:", !isMemory {
            guard !location.isEmpty else { throw Self.invalid("The URL names no file.") }
            path = Self.resolve(location, relativeTo: directory)
        }
    }

    /// Set by `mode=memory`.
    private var isMemory = false

    private mutating func readParameters(_ text: Substring) throws(PrismaError) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first else { continue }
            let value = parts.count > 1 ? parts[1] : ""
            switch name {
            case "connection_limit": connectionLimit = try Self.number(value, name, atLeast: 1)
            case "socket_timeout": busyTimeout = .seconds(try Self.number(value, name, atLeast: 0))
            case "pool_timeout": poolTimeout = try Self.timeout(value, name)
            case "statement_cache_size": statementCacheSize = try Self.number(value, name, atLeast: 0)
            case "mode":
                switch value {
                case "ro": mode = .readOnly
                case "rw": mode = .readWrite
                case "rwc": mode = .create
                case "memory": isMemory = true
                default: throw Self.invalid("`mode=\(value)` in the URL is none of ro, rw, rwc and memory.")
                }
            default:
                // Prisma ignores what it does not know, so a URL may be shared with other tools.
                break
            }
        }
    }

    private static func timeout(_ text: Substring, _ name: Substring) throws(PrismaError) -> Duration {
        let seconds = try number(text, name, atLeast: 0)
        // Prisma's 0 means "no limit"; a day is as long as anything here waits.
        return .seconds(seconds == 0 ? 86_400 : seconds)
    }

    private static func number(_ text: Substring, _ name: Substring, atLeast minimum: Int) throws(PrismaError) -> Int {
        guard let value = Int(text), value >= minimum, value <= 1_000_000 else {
            throw invalid("`\(name)=\(text)` in the URL should be a whole number from \(minimum) to 1000000.")
        }
        return value
    }

    private static func resolve(_ location: Substring, relativeTo directory: String?) -> String {
        guard !location.hasPrefix("/"), let directory, !directory.isEmpty else { return String(location) }
        let relative = location.hasPrefix("./") ? location.dropFirst(2) : location
        return directory.hasSuffix("/") ? directory + relative : directory + "/" + relative
    }

    private static func invalid(_ message: String) -> PrismaError {
        PrismaError(.invalidURL, message, help: "Write it as `file:./dev.db`, relative to the folder of the schema, or `file::memory:`.")
    }
}
