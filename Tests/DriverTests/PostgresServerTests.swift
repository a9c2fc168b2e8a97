import TestSupport
import Testing

@Suite(.enabled(if: PostgresTestServer.isUsable))
struct PostgresServerTests {
    @Test func databasesAreSeparateAndComparedByLanguage() async throws {
        let server = try await PostgresTestServer.shared()
        try await server.createDatabase(named: "pattern")
        try await server.run("CREATE TABLE a (i int)", database: "pattern")
        let url = try await server.makeDatabase(template: "pattern")
        let name = url.split(separator: "?")[0].split(separator: "/").last.map(String.init) ?? ""
        #expect(url == server.url(database: name))
        #expect(try await server.run("SELECT count(*) FROM a", database: name) == "0")
        #expect(try await server.run("SELECT 'a' < 'B'") == "t")
    }

    @Test func aRestartKeepsTheData() async throws {
        let server = try await PostgresTestServer.start(listensOnPort: true)
        try await server.run("CREATE TABLE a AS SELECT 7 AS i")
        try await server.restart()
        #expect(try await server.run("SELECT i FROM a") == "7")
    }
}
