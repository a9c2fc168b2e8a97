import Prisma
import PrismaPostgres
import TestSupport
import Testing

/// TLS modes and passwords.
@Suite(.enabled(if: PostgresTestServer.isUsable))
struct PostgresSecurityTests {
    /// Whether the connection is encrypted; throws what connecting throws.
    func isEncrypted(_ url: String) async throws -> Bool {
        let database = try PostgresDatabase(url: url)
        do {
            let rows = try await database.rows(SQLStatement("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
            await database.close()
            return rows == [[.boolean(true)]]
        } catch {
            await database.close()
            throw error
        }
    }

    @Test func encryptionAsTheURLAsks() async throws {
        let server = try await PostgresTestServer.start(listensOnPort: true)
        let base = "postgresql://postgres@localhost:\(server.port ?? 0)/postgres"
        #expect(await prismaError { try await isEncrypted(base + "?sslmode=require") }?.code == .tlsFailed)
        #expect(try await isEncrypted(base) == false)

        let certificate = try await server.enableTLS()
        let table: [(parameters: String, isEncrypted: Bool)] = [
            ("", true), ("?sslmode=prefer", true), ("?sslmode=disable", false), ("?sslmode=require", true),
            ("?sslmode=require&sslaccept=accept_invalid_certs", true), ("?sslcert=\(certificate)", true),
            ("?sslaccept=strict&sslcert=\(certificate)", true), ("?sslmode=verify-full&sslrootcert=\(certificate)", true),
        ]
        for (parameters, expected) in table {
            let found = try await isEncrypted(base + parameters)
            #expect(found == expected, "\(parameters)")
        }
        // The certificate is for another name than this address.
        let address = base.replacing("localhost", with: "127.0.0.1")
        let error = await prismaError { try await isEncrypted(address + "?sslaccept=strict&sslcert=\(certificate)") }
        #expect(error?.code == .tlsFailed)
        #expect(error?.help?.contains("sslcert") == true)
        #expect(try await isEncrypted(address + "?sslcert=\(certificate)"))
    }

    @Test func passwordsAreChecked() async throws {
        let server = try await PostgresTestServer.start(listensOnPort: true)
        try await server.run("CREATE ROLE guest LOGIN PASSWORD 'p@ss w/rd'")
        try await server.setAuthentication("host all guest 127.0.0.1/32 scram-sha-256")
        let place = "127.0.0.1:\(server.port ?? 0)/postgres"
        #expect(try await isEncrypted("postgresql://guest:p%40ss%20w%2Frd@\(place)") == false)
        let table: [(user: String, code: PrismaError.Code)] = [
            ("guest:wrong", .authenticationFailed), ("guest", .authenticationFailed), ("stranger:x", .accessDenied),
        ]
        for (user, code) in table {
            let error = await prismaError { try await isEncrypted("postgresql://\(user)@\(place)") }
            #expect(error?.code == code, "\(user)")
            #expect(error.map { !"\($0)".contains("wrong") } == true)
        }
    }

    @Test func aServerThatFallsSilentIsGivenUp() async throws {
        let url = try await PostgresTestServer.shared().makeDatabase(parameters: "socket_timeout=1&connection_limit=1")
        let database = try PostgresDatabase(url: url)
        let error = await prismaError { try await database.rows(SQLStatement("SELECT pg_sleep(60)")) }
        #expect(error?.code == .operationTimedOut)
        // The connection is replaced.
        try await database.expect(SQLStatement("SELECT 1"), gives: [[.integer(1)]])
        await database.close()
    }

    @Test func nothingIsPreparedBehindPgBouncer() async throws {
        for parameters in ["pgbouncer=true", "statement_cache_size=0"] {
            let url = try await PostgresTestServer.shared().makeDatabase(parameters: parameters + "&connection_limit=1&schema=other")
            let database = try PostgresDatabase(url: url)
            try await database.execute(SQLStatement("CREATE SCHEMA other"))
            try await database.execute(SQLStatement("CREATE TABLE item (at timestamptz)"))
            for _ in 0..<3 {
                try await database.expect(SQLStatement("SELECT $1::bigint", bindings: [.int(7)]), gives: [[.integer(7)]])
            }
            try await database.expect(
                SQLStatement("SELECT count(*), current_setting('TimeZone'), current_schema()::text FROM pg_prepared_statements"),
                gives: [[.integer(0), .text("UTC"), .text("other")]])
            await database.close()
        }
    }

    @Test func aPlanThatTheServerForgotIsMadeAgain() async throws {
        let database = try PostgresDatabase(
            url: try await PostgresTestServer.shared().makeDatabase(parameters: "connection_limit=1&statement_cache_size=2"))
        try await database.execute(SQLStatement("CREATE TABLE item AS SELECT 1 AS a"))
        let all = SQLStatement("SELECT * FROM item")
        for _ in 0..<2 { try await database.expect(all, gives: [[.integer(1)]]) }
        try await database.execute(SQLStatement("ALTER TABLE item ADD b text DEFAULT 'x'"))
        try await database.expect(all, gives: [[.integer(1), .text("x")]])
        try await database.withConnection(for: .write) { try await $0.executeScript("DEALLOCATE ALL") }
        try await database.expect(all, gives: [[.integer(1), .text("x")]])
        // Those that leave the cache leave the server.
        for number in 0..<30 { try await database.expect(SQLStatement("SELECT \(number)"), gives: [[.integer(Int64(number))]]) }
        let rows = try await database.rows(SQLStatement("SELECT count(*) FROM pg_prepared_statements"))
        guard case .integer(let kept) = rows[0][0] else { return }
        #expect(kept <= 10)
        await database.close()
    }
}
