import Foundation
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct FormatCommandTests {
    static let formatted = SampleSchemas.datasource + "\nmodel User {\n  id    Int    @id\n  email String @unique\n}\n"
    static let untidy = SampleSchemas.datasource + "\nmodel User {\n  id Int @id\n  email String @unique\n}\n"
    static let broken = "model User {\n  id Int @id\n"

    @Test func `Only files that change are replaced`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.untidy, to: "prisma/schema/a.prisma")
        let tidy = try folder.write("model Post {\n  id Int @id\n}\n", to: "prisma/schema/b.prisma")
        let before = try FileManager.default.attributesOfItem(atPath: tidy)[.systemFileNumber] as? Int
        let run = await ToolRun(["format"], in: folder.path)
        #expect(run.output == "✓ formatted prisma/schema/a.prisma\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
        #expect(try folder.read("prisma/schema/a.prisma") == Self.formatted)
        #expect(try FileManager.default.attributesOfItem(atPath: tidy)[.systemFileNumber] as? Int == before)

        let again = await ToolRun(["format"], in: folder.path)
        #expect(again.output == "✓ prisma/schema was formatted already\n")
    }

    static let checks: [(line: String, schema: String, output: String, errors: String, code: Int32)] = [
        ("--check", formatted, "✓ schema.prisma is formatted\n", "", 0),
        ("--check", untidy, "", "✗ schema.prisma is not formatted, first in line 7\n help: 'prisml format' formats it\n", 1),
        ("--check --json", formatted, "[]\n", "", 0),
        (
            "--check --json", untidy,
            """
            [
              {"path": "schema.prisma", "line": 7, "column": 1, "length": 1, "severity": "error", "code": "format", "rule": "format", \
            "message": "the file is not formatted", "help": "run 'prisml format'"}
            ]

            """, "", 1
        ),
    ]

    @Test(arguments: checks)
    func `A check changes nothing`(line: String, schema: String, output: String, errors: String, code: Int32) async throws {
        let folder = try TemporaryFolder()
        try folder.write(schema, to: "schema.prisma")
        let run = await ToolRun(["format"] + line.split(separator: " ").map(String.init), in: folder.path)
        #expect(run.output == output)
        #expect(run.errors == errors)
        #expect(run.code == code)
        #expect(try folder.read("schema.prisma") == schema)
    }

    static let streams: [(options: [String], input: String, output: String, code: Int32)] = [
        (["-"], untidy, formatted, 0), (["-"], formatted, formatted, 0), (["--json", "-"], untidy, formatted, 0),
        (["--schema", "-"], untidy, formatted, 0), (["--check", "-"], formatted, "✓ <stdin> is formatted\n", 0),
        (["--check", "-"], untidy, "", 1), (["-"], broken, "", 1), (["-"], "", "", 0),
        (["-"], "\u{FEFF}" + untidy, formatted, 0),
    ]

    @Test(arguments: streams)
    func `Standard input is written to standard output`(options: [String], input: String, output: String, code: Int32) async {
        let run = await ToolRun(["format"] + options, input: Array(input.utf8))
        #expect(run.output == output)
        #expect(run.code == code)
        #expect(run.errors.isEmpty == (code == 0))
    }

    @Test func `A schema that does not parse stays as it is`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.untidy, to: "db/a.prisma")
        try folder.write(Self.broken, to: "db/b.prisma")
        let run = await ToolRun(["format", "db"], in: folder.path)
        #expect(run.code == 1)
        #expect(run.errors.contains("db/b.prisma:"))
        #expect(run.errors.hasSuffix("✗ db cannot be formatted: 1 error\n"))
        #expect(try folder.read("db/a.prisma") == Self.untidy)

        let asJSON = await ToolRun(["format", "--json", "db"], in: folder.path)
        #expect(asJSON.output.hasPrefix("[\n  {\"path\": \"db/b.prisma\", "))
        #expect(asJSON.errors == "")
    }

    @Test func `A file that cannot be replaced stays as it is`() async throws {
        // Permissions do not bind root; a name that leaves no room for the temporary file's does.
        let name = String(repeating: "x", count: 250)
        let folder = try TemporaryFolder()
        try folder.write(Self.untidy, to: name)
        let run = await ToolRun(["format", name], in: folder.path)
        #expect(run.errors.hasPrefix("error: cannot write '\(name)': "))
        #expect(run.code == 1)
        #expect(try folder.read(name) == Self.untidy)
        #expect(try folder.names == [name])
    }
}
