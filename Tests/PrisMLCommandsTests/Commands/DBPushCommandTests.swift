import Foundation
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct DBPushCommandTests {
    static let done = "✓ dev.db has what prisma/schema.prisma describes: 2 tables\n"

    @Test func `The file is made beside the schema, and not filled twice`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "prisma/schema.prisma")
        let first = await ToolRun(["db", "push"], in: folder.path)
        #expect(first.output == "✓ made the database dev.db\n" + Self.done)
        #expect(first.errors == "")
        #expect(first.code == 0)
        #expect(FileManager.default.fileExists(atPath: folder.file("prisma/dev.db")))

        let second = await ToolRun(["db", "push", "--accept-data-loss"], in: folder.path)
        #expect(second.output == "")
        #expect(
            second.errors == """
                error: PS008: The database is not empty: it has 2 tables: Post and User.
                 help: Name an empty database, or drop all of that first with `prisml db push --force-reset`, which loses its rows.
                 more: prisml explain PS008

                """)
        #expect(second.code == 1)

        let third = await ToolRun(["db", "push", "--force-reset"], in: folder.path)
        #expect(third.errors == "warning: dropping what is in dev.db, which the schema names: 2 tables: Post and User\n")
        #expect(third.output == Self.done)
        #expect(third.code == 0)
    }

    @Test func `A folder that is missing is made with the file`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "schema.prisma")
        let run = await ToolRun(["db", "push", "--url", "file:data/new/shop.db?connection_limit=1"], in: folder.path)
        #expect(run.output.hasPrefix("✓ made the database shop.db\n"))
        #expect(FileManager.default.fileExists(atPath: folder.file("data/new/shop.db")))
    }

    static let errors: [(url: String, errors: String)] = [
        ("postgresql://me:secret@host/x", "error: P1013: "), ("file:schema.prisma/x.db", "error: cannot make the folder '"),
        ("file:.", "error: "), ("file:schema.prisma", "error: "), ("file:?mode=sideways", "error: P1013: "),
    ]

    @Test(arguments: errors)
    func `A url that does not do is told`(url: String, errors: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "schema.prisma")
        let run = await ToolRun(["db", "push", "--url", url], in: folder.path)
        #expect(run.errors.hasPrefix(errors))
        #expect(run.errors.contains(" help: "))
        #expect(!run.errors.contains("secret"))
        #expect(run.output == "")
        #expect(run.code == 1)
        #expect(try folder.read("schema.prisma") == SampleSchemas.good)
    }

    @Test(.enabled(if: PostgresTestServer.isUsable))
    func `A PostgreSQL database is made if it is missing`() async throws {
        let server = try await PostgresTestServer.shared()
        let folder = try TemporaryFolder()
        let schema = SampleSchemas.good.replacing("sqlite", with: "postgresql").replacing("\"file:dev.db\"", with: "env(\"SHOP\")")
        try folder.write(schema, to: "prisma/schema.prisma")
        let variables = ["SHOP": server.url(database: "made%20here", parameters: "schema=inner")]
        let first = await ToolRun(["db", "push"], variables: variables, in: folder.path)
        #expect(first.errors == "")
        #expect(
            first.output.split(separator: "\n").map { $0.split(separator: " at ")[0] } == [
                "✓ made the database made here", "✓ made here",
            ])
        #expect(
            try await server.run(#"SELECT count(*) FROM inner."Post""#.replacing("inner", with: "\"inner\""), database: "made here") == "0")

        let second = await ToolRun(["db", "push"], variables: variables, in: folder.path)
        #expect(second.errors.hasPrefix("error: PS008: The database is not empty: it has 2 tables: Post and User.\n"))
        let third = await ToolRun(["db", "push", "--force-reset"], variables: variables, in: folder.path)
        #expect(third.errors.hasPrefix("warning: dropping what is in made here at localhost:"))
        #expect(third.errors.hasSuffix(", which SHOP names: 2 tables: Post and User\n"))
        #expect(third.code == 0)
    }

    @Test(.enabled(if: PostgresTestServer.isUsable))
    func `What the server refuses is told in its own words`() async throws {
        let server = try await PostgresTestServer.shared()
        let folder = try TemporaryFolder()
        try folder.write(
            "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel A {\n  id String @id @default(dbgenerated(\"nothing()\"))\n}\n",
            to: "schema.prisma")
        let run = await ToolRun(["db", "push", "--url", try await server.makeDatabase()], in: folder.path)
        #expect(run.errors.contains("function nothing() does not exist"))
        #expect(run.errors.contains("in: CREATE TABLE \"A\" ("))
        #expect(run.code == 1)

        let gone = await ToolRun(["db", "push", "--url", "postgresql://me:secret@127.0.0.1:1/x"], in: folder.path)
        #expect(gone.errors.hasPrefix("error: P1001: "))
        #expect(!gone.errors.contains("secret"))
        #expect(gone.code == 1)
    }
}
