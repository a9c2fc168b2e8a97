import Prisma
import Testing

@testable import PrismaPostgres
@testable import PrismaSQLite

@Suite struct URLTests {
    @Test func sqlitePathsAreRelativeToTheSchema() throws {
        let table: [(url: String, directory: String?, path: String?)] = [
            ("file:./dev.db", "/app/prisma", "/app/prisma/dev.db"), ("file:dev.db", "/app/prisma/", "/app/prisma/dev.db"),
            ("file:../dev.db", "/app/prisma", "/app/prisma/../dev.db"), ("file:/data/dev.db", "/app", "/data/dev.db"),
            ("file:///data/dev.db", "/app", "///data/dev.db"), ("sqlite:dev.db", nil, "dev.db"), ("dev.db", "/app", "/app/dev.db"),
            ("file:my%20file.db", nil, "my%20file.db"), ("file:./dev.db?connection_limit=1&unknown=x", "/app", "/app/dev.db"),
            ("file::memory:", "/app", nil), (":memory:", "/app", nil), ("file:x.db?mode=memory", "/app", nil),
        ]
        for (url, directory, path) in table { #expect(try SQLiteURL(url, relativeTo: directory).path == path, "\(url)") }
    }

    @Test func sqliteParametersAreRead() throws {
        let url = try SQLiteURL(
            "file:a.db?connection_limit=3&socket_timeout=7&pool_timeout=9&statement_cache_size=0&mode=ro", relativeTo: nil)
        #expect(url.connectionLimit == 3)
        #expect(url.busyTimeout == .seconds(7))
        #expect(url.poolTimeout == .seconds(9))
        #expect(url.statementCacheSize == 0)
        #expect(url.mode == .readOnly)
    }

    @Test(arguments: [
        "postgresql://localhost/a", "file:", "file:?mode=ro", "file:a.db?mode=x", "file:a.db?connection_limit=0",
        "file:a.db?connection_limit=",
        "file:a.db?socket_timeout=-1", "file:a.db?pool_timeout=1.5", "",
    ])
    func wrongSQLiteURLsAreRefused(_ url: String) {
        #expect { _ = try SQLiteURL(url, relativeTo: nil) } throws: { ($0 as? PrismaError)?.code == .invalidURL }
    }

    @Test func postgresPartsAreRead() throws {
        let table: [(url: String, keywords: [String: String])] = [
            ("postgresql://", ["host": "localhost", "dbname": "postgres"]),
            ("postgres://u:p@h:6543/d", ["user": "u", "password": "p", "host": "h", "port": "6543", "dbname": "d"]),
            ("postgresql://u%40x:p%3A%2F%25@h/my%20db", ["user": "u@x", "password": "p:/%", "dbname": "my db"]),
            ("postgresql://u:p@ss@h/d", ["user": "u", "password": "p@ss", "host": "h"]),
            ("postgresql://[::1]:5433/d", ["host": "::1", "port": "5433"]),
            ("postgresql://a,b/d?target_session_attrs=read-write", ["host": "a,b", "target_session_attrs": "read-write"]),
            ("postgresql://u@localhost/d?host=/var/run/postgresql", ["host": "/var/run/postgresql", "user": "u"]),
            ("postgresql://u@localhost/d?host=%2Fcloudsql%2Fproject%3Aregion%3Ainstance", ["host": "/cloudsql/project:region:instance"]),
            ("postgresql://u@%2Ftmp/d", ["host": "/tmp"]),
            (
                "postgresql://h/d?application_name=my%20app&options=-c%20geqo%3Doff",
                ["application_name": "my app", "options": "-c geqo=off"]
            ),
            ("postgresql://h/d?sslmode=require", ["sslmode": "require"]),
            ("postgresql://h/d?sslmode=require&sslaccept=strict&sslcert=ca.pem", ["sslmode": "verify-full", "sslrootcert": "ca.pem"]),
            ("postgresql://h/d?sslcert=ca.pem", ["sslmode": "verify-ca", "sslrootcert": "ca.pem"]),
            (
                "postgresql://h/d?sslcert=c.pem&sslkey=k.pem&sslrootcert=ca.pem",
                ["sslcert": "c.pem", "sslkey": "k.pem", "sslrootcert": "ca.pem"]
            ),
            ("postgresql://h/d?unknown=1#fragment", ["dbname": "d"]),
        ]
        for (url, expected) in table {
            let keywords = try PostgresURL(url).keywords
            for (name, value) in expected { #expect(keywords[name] == value, "\(name) of \(url)") }
        }
        #expect(
            try PostgresURL("postgresql://h/d?sslmode=require&sslcert=ca.pem&sslaccept=accept_invalid_certs").keywords["sslrootcert"] == nil
        )
    }

    @Test func postgresParametersAreRead() throws {
        let standard = try PostgresURL("postgresql://h/d")
        #expect(standard.schema == "public")
        #expect(standard.poolTimeout == .seconds(10))
        #expect(standard.connectTimeout == .seconds(5))
        #expect(standard.statementCacheSize == 100)
        #expect(!standard.usesPgBouncer)
        let url = try PostgresURL(
            "postgresql://h/d?schema=my%20schema&connection_limit=3&pool_timeout=2&connect_timeout=0&socket_timeout=4&statement_cache_size=5&pgbouncer=true&max_idle_connection_lifetime=6"
        )
        #expect(url.schema == "my schema")
        #expect(url.connectionLimit == 3)
        #expect(url.poolTimeout == .seconds(2))
        #expect(url.connectTimeout == nil)
        #expect(url.socketTimeout == .seconds(4))
        #expect(url.statementCacheSize == 5)
        #expect(url.usesPgBouncer)
        #expect(url.idleLifetime == .seconds(6))
    }

    @Test(arguments: [
        "", "mysql://h/d", "file:a.db", "postgresql:/h", "postgresql://h:0/d", "postgresql://h:x/d", "postgresql://h:70000/d",
        "postgresql://h/d?connection_limit=0", "postgresql://h/d?pool_timeout=x", "postgresql://h/d?pgbouncer=yes",
        "postgresql://h/d?sslmode=on",
        "postgresql://h/d?sslaccept=maybe", "postgresql://h/d?sslidentity=c.p12", "postgresql://u%zz@h/d", "postgresql://h/%00",
        "postgresql://h/%ff",
    ])
    func wrongPostgresURLsAreRefused(_ url: String) {
        #expect { _ = try PostgresURL(url) } throws: { error in
            guard let error = error as? PrismaError else { return false }
            return error.code == .invalidURL && error.help?.isEmpty == false
        }
    }

    @Test func secretsDoNotLeak() throws {
        #expect {
            _ = try PostgresURL("postgresql://user:se%zzcret@h/d")
        } throws: { !"\($0)".contains("cret") }
    }
}
