import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct MigrateDiffCommandTests {
    static let summary = "\n[+] Added tables\n  - User\n  - Post\n"
    static let script = """
        -- CreateTable
        CREATE TABLE "User" (
            "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
        );

        -- CreateTable
        CREATE TABLE "Post" (
            "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            "authorId" INTEGER NOT NULL,
            CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
        );

        """

    static let runs: [(line: String, output: String)] = [
        ("--from-empty --to-schema schema.prisma", summary), ("--from-empty --to-schema schema.prisma --script", script),
        ("--from-empty --to-schema-datamodel schema.prisma --script", script), ("--from-empty --to-schema . --script", script),
        ("--from-empty --to-schema - --script", script),
    ]

    @Test(arguments: runs)
    func `What makes a schema's database is printed`(line: String, output: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "schema.prisma")
        let words = line.split(separator: " ").map(String.init)
        let run = await ToolRun(["migrate", "diff"] + words, input: Array(SampleSchemas.good.utf8), in: folder.path)
        #expect(run.output == output)
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test(arguments: ["--output", "-o"])
    func `It can be written to a file`(option: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "schema.prisma")
        let run = await ToolRun(
            ["migrate", "diff", "--from-empty", "--to-schema", "schema.prisma", "--script", option, "init.sql"], in: folder.path)
        #expect(run.output == "✓ wrote init.sql\n")
        #expect(try folder.read("init.sql") == Self.script)
    }

    static let errors: [(line: String, schema: String, message: String, code: Int32)] = [
        ("", SampleSchemas.good, "error: there is nothing to start from\n help: add --from-empty\n", 2),
        ("--from-empty", SampleSchemas.good, "error: there is nothing to end at\n help: name a schema with --to-schema PATH\n", 2),
        (
            "--from-empty --to-schema a --to-schema-datamodel b", SampleSchemas.good,
            "error: --to-schema and --to-schema-datamodel are the same\n", 2
        ),
        ("--from-empty --to-schema none.prisma", SampleSchemas.good, "error: there is no file 'none.prisma'\n", 1),
        ("--from-empty --to-schema schema.prisma", SampleSchemas.unknownType, "schema.prisma:8:8: error: unknown type 'Strng'", 1),
        ("--from-empty --to-schema schema.prisma -o no/a.sql", SampleSchemas.good, "error: ", 1),
    ]

    @Test(arguments: errors)
    func `What is wrong is told`(line: String, schema: String, message: String, code: Int32) async throws {
        let folder = try TemporaryFolder()
        try folder.write(schema, to: "schema.prisma")
        let run = await ToolRun(["migrate", "diff"] + line.split(separator: " ").map(String.init), in: folder.path)
        #expect(run.errors.hasPrefix(message))
        #expect(run.output == "")
        #expect(run.code == code)
    }
}
