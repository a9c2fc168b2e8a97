import PrismaSchema
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct DatabaseAddressTests {
    /// Who is asked first: each row is what is there, and what is found.
    static let sources: [(url: String?, option: String?, variables: [String: String], files: [String: String], found: String?)] = [
        ("\"file:a\"", "file:b", [:], [:], "file:b from --url"),
        ("\"file:a\"", nil, ["DATABASE_URL": "file:c"], [:], "file:a from the schema"),
        ("env(\"DB\")", nil, ["DB": "file:d", "DATABASE_URL": "file:c"], [:], "file:d from DB"),
        ("env(\"DB\")", nil, ["DB": "file:d"], ["prisma/.env": "DB=file:e"], "file:d from DB"),
        ("env(\"DB\")", nil, [:], ["prisma/.env": "DB=file:e", ".env": "DB=file:f"], "file:e from DB"),
        ("env(\"DB\")", nil, [:], ["prisma/.env": "X=1", ".env": "DB=file:${X}"], "file:1 from DB"),
        // A variable that the schema asks for is never replaced by another one.
        ("env(\"DB\")", nil, ["DATABASE_URL": "file:c"], ["prisml.json": "{\"url\": \"file:g\"}"], nil),
        ("env(\"DB\")", nil, ["DB": ""], [:], nil),
        (nil, nil, ["DATABASE_URL": "file:c"], ["prisml.json": "{\"url\": \"file:g\"}"], "file:c from DATABASE_URL"),
        (nil, nil, [:], [".env": "DATABASE_URL=file:h"], "file:h from DATABASE_URL"),
        (nil, nil, ["DATABASE_URL": ""], ["prisml.json": "{\"url\": \"file:g\", \"other\": 1}"], "file:g from prisml.json"),
        (nil, nil, [:], ["prisml.json": "{}"], nil),
        (nil, nil, [:], ["prisml.json": "nonsense"], nil),
        (nil, nil, [:], [:], nil),
    ]

    @Test(arguments: sources)
    func `The nearest source of the url is taken`(
        url: String?, option: String?, variables: [String: String], files: [String: String], found: String?
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write("datasource db {\n  provider = \"sqlite\"\n\(url.map { "  url = \($0)\n" } ?? "")}\n", to: "prisma/schema.prisma")
        for (name, text) in files { try folder.write(text, to: name) }
        let run = await ToolRun(
            ["find"] + (option.map { ["--url", $0] } ?? []), variables: variables, in: folder.path,
            root: Command(group: "prisml", summary: "test", subcommands: [Self.find(.queries)]))
        if let found {
            #expect(run.output == found + " in \(folder.path)/prisma\n")
        } else {
            #expect(run.code == 1)
            #expect(run.errors.contains(" help: "))
        }
    }

    @Test func `Migrations go around a pooler`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "datasource db {\n  provider = \"postgresql\"\n  url = env(\"POOLED\")\n  directUrl = env(\"DIRECT\")\n}\n", to: "schema.prisma"
        )
        for (purpose, found) in [(DatabaseAddress.Purpose.queries, "p from POOLED"), (.migrations, "d from DIRECT")] {
            let run = await ToolRun(
                ["find"], variables: ["POOLED": "p", "DIRECT": "d"], in: folder.path,
                root: Command(group: "prisml", summary: "test", subcommands: [Self.find(purpose)]))
            #expect(run.output == found + " in \(folder.path)\n")
        }
    }

    private static func find(_ purpose: DatabaseAddress.Purpose) -> Command {
        Command("find", summary: "Find the database", parameters: [DatabaseAddress.option]) { context in
            let source = try SchemaSource(nil, context: context)
            let address = try DatabaseAddress.find(for: source.read(in: context), source, purpose: purpose, in: context)
            context.output.print("\(address.url) from \(address.origin) in \(address.folder)")
            return .success
        }
    }

    static let locations: [(String, String?, String)] = [
        ("postgresql://me:secret@db.example:5433/my%20shop?schema=x", "my shop", "my shop at db.example:5433"),
        ("postgres://localhost/a#b", "a", "a at localhost"), ("postgresql:///a?host=/run", "a", "a at localhost"),
        ("postgresql://u:p%2Fq@h", nil, "the database at h"), ("postgresql://u:a@b@h/%zz%4", "%zz%4", "%zz%4 at h"),
        ("", nil, "the database at localhost"),
    ]

    @Test(arguments: locations)
    func `A location shows no password`(url: String, database: String?, description: String) {
        let location = PostgresLocation(url)
        #expect(location.database == database)
        #expect(location.description == description)
    }
}
