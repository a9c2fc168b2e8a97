import Prisma

/// A `postgresql://` URL with the parameters that Prisma documents.
struct PostgresURL: Hashable, Sendable {
    /// What libpq is told, by its names.
    var keywords: [String: String]
    var schema = "public"
    var connectionLimit: Int?
    var poolTimeout = Duration.seconds(10)
    /// nil: no limit but the system's own.
    var connectTimeout: Duration? = .seconds(5)
    /// How long a statement may take without a word from the server.
    var socketTimeout: Duration?
    var idleLifetime: Duration? = .seconds(300)
    var statementCacheSize = 100
    /// Behind a pooler that hands out another server connection for each transaction: no prepared statements.
    var usesPgBouncer = false

    var host: String { keywords["host"] ?? "localhost" }
    var database: String { keywords["dbname"] ?? "postgres" }
    var user: String { keywords["user"] ?? "" }

    init(_ text: String) throws(PrismaError) {
        guard let scheme = text.firstRange(of: "://"), ["postgresql", "postgres"].contains(text[..<scheme.lowerBound]) else {
            throw Self.invalid("The URL of a PostgreSQL database starts with `postgresql://`.")
        }
        var rest = text[scheme.upperBound...]
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let location = (parts.first ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        keywords = ["client_encoding": "UTF8", "gssencmode": "disable", "application_name": "prisml"]
        // A server that vanished is noticed within a minute even if a statement waits for it.
        keywords.merge(["keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"]) { $1 }
        try readAuthority(location.first ?? "")
        keywords["dbname"] = location.count > 1 && !location[1].isEmpty ? try Self.decode(location[1], "database") : "postgres"
        var parameters = Parameters()
        if parts.count > 1 {
            for pair in parts[1].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = try Self.decode(sides[0], "parameter")
                try readParameter(name, try Self.decode(sides.count > 1 ? sides[1] : "", name), &parameters)
            }
        }
        try setSecurity(parameters)
    }

    /// Parameters whose meaning depends on each other.
    private struct Parameters {
        var accept: String?
        var certificate: String?
    }

    // MARK: - user:password@host:port

    private mutating func readAuthority(_ text: Substring) throws(PrismaError) {
        var address = text
        if let at = text.lastIndex(of: "@") {
            let credentials = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            address = text[text.index(after: at)...]
            if let user = credentials.first, !user.isEmpty { keywords["user"] = try Self.decode(user, "user") }
            if credentials.count > 1 { keywords["password"] = try Self.decode(credentials[1], "password") }
        }
        var host = address
        var port: Substring?
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
            host = address[address.index(after: address.startIndex)..<end]
            let tail = address[address.index(after: end)...]
            if tail.hasPrefix(":") { port = tail.dropFirst() }
        } else if let colon = address.lastIndex(of: ":"), !address.contains(",") {
            host = address[..<colon]
            port = address[address.index(after: colon)...]
        }
        keywords["host"] = host.isEmpty ? "localhost" : try Self.decode(host, "host")
        if let port, !port.isEmpty {
            guard let number = UInt16(port), number > 0 else { throw Self.invalid("`\(port)` in the URL is not a port.") }
            keywords["port"] = String(number)
        }
    }

    // MARK: - Parameters

    private mutating func readParameter(_ name: String, _ value: String, _ parameters: inout Parameters) throws(PrismaError) {
        switch name {
        case "schema": schema = value
        case "connection_limit": connectionLimit = try Self.number(value, name, atLeast: 1)
        // Prisma's 0 means "no limit"; a day is as long as anything here waits.
        case "pool_timeout": poolTimeout = try Self.timeout(value, name) ?? .seconds(86_400)
        case "connect_timeout": connectTimeout = try Self.timeout(value, name)
        case "socket_timeout": socketTimeout = try Self.timeout(value, name)
        case "max_idle_connection_lifetime": idleLifetime = try Self.timeout(value, name)
        case "statement_cache_size": statementCacheSize = try Self.number(value, name, atLeast: 0)
        case "pgbouncer":
            guard value == "true" || value == "false" else {
                throw Self.invalid("`pgbouncer=\(value)` in the URL should be true or false.")
            }
            usesPgBouncer = value == "true"
        case "sslaccept": parameters.accept = value
        case "sslcert": parameters.certificate = value
        case "sslidentity":
            throw Self.invalid(
                "`sslidentity` names a PKCS #12 file, which libpq cannot read.",
                help: "Split it with `openssl pkcs12` and name the parts as `sslcert` and `sslkey`."
            )
        case "sslmode":
            guard ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"].contains(value) else {
                throw Self.invalid("`sslmode=\(value)` in the URL is none of disable, allow, prefer, require, verify-ca and verify-full.")
            }
            keywords[name] = value
        case _ where Self.passedOn.contains(name): keywords[name] = value
        default:
            // Prisma ignores what it does not know, so a URL may be shared with other tools.
            break
        }
    }

    /// Parameters that mean the same to Prisma and to libpq, and some that only libpq has.
    private static let passedOn: Set<String> = [
        "application_name", "channel_binding", "connect_timeout", "gssencmode", "host", "hostaddr", "keepalives", "keepalives_count",
        "keepalives_idle", "keepalives_interval", "krbsrvname", "options", "passfile", "password", "port", "requirepeer", "sslcrl",
        "sslkey", "sslpassword", "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
    ]

    /// Prisma's `sslcert` is the authority's certificate. Beside `sslkey` it is libpq's: the client's own.
    private mutating func setSecurity(_ parameters: Parameters) throws(PrismaError) {
        if let certificate = parameters.certificate {
            keywords[keywords["sslkey"] == nil ? "sslrootcert" : "sslcert"] = certificate
        }
        switch parameters.accept {
        case "strict":
            keywords["sslmode"] = "verify-full"
        case "accept_invalid_certs":
            keywords["sslrootcert"] = nil
        case nil:
            // Who names an authority wants it to be asked.
            if keywords["sslrootcert"] != nil, ["require", "prefer", nil].contains(keywords["sslmode"]) {
                keywords["sslmode"] = "verify-ca"
            }
        case let other?:
            throw Self.invalid("`sslaccept=\(other)` in the URL should be strict or accept_invalid_certs.")
        }
    }

    // MARK: - Text

    private static func timeout(_ text: String, _ name: String) throws(PrismaError) -> Duration? {
        let seconds = try number(text, name, atLeast: 0)
        return seconds == 0 ? nil : .seconds(seconds)
    }

    private static func number(_ text: String, _ name: String, atLeast minimum: Int) throws(PrismaError) -> Int {
        guard let value = Int(text), value >= minimum, value <= 1_000_000 else {
            throw invalid("`\(name)=\(text)` in the URL should be a whole number from \(minimum) to 1000000.")
        }
        return value
    }

    private static func decode(_ text: Substring, _ what: String) throws(PrismaError) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) else {
                throw invalid(
                    "The \(what) in the URL has a `%` that is not followed by two hexadecimal digits.", help: "Write `%` as `%25`.")
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw invalid("The \(what) in the URL is not valid text.")
        }
        return text
    }

    private static func invalid(
        _ message: String, help: String = "Write it as `postgresql://user:password@host:5432/database?schema=public`."
    ) -> PrismaError {
        PrismaError(.invalidURL, message, help: help)
    }
}
