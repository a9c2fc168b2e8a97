import Foundation
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct ValidateCommandTests {
    @Test func `A valid schema is counted`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "prisma/schema.prisma")
        let run = await ToolRun(["validate"], in: folder.path)
        #expect(run.output == "✓ prisma/schema.prisma is valid: 2 models\n")
        #expect(run.errors == "")
        #expect(run.code == 0)
    }

    @Test func `Problems go to standard error with their place`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.unknownType, to: "schema.prisma")
        let run = await ToolRun(["validate"], in: folder.path)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("schema.prisma:8:8: error: unknown type 'Strng'; did you mean 'String'?\n"))
        #expect(run.errors.hasSuffix("✗ schema.prisma has 1 error\n"))
        #expect(run.code == 1)
    }

    @Test func `Problems are coloured on a terminal only`() async throws {
        for isTerminal in [true, false] {
            let run = await ToolRun(["validate", "-"], input: Array(SampleSchemas.unknownType.utf8), isTerminal: isTerminal)
            #expect(run.errors.contains("\u{1B}[") == isTerminal)
        }
    }

    static let inputs: [(schema: String, problems: Int, code: Int32)] = [
        (SampleSchemas.good, 0, 0), (SampleSchemas.unknownType, 1, 1), (SampleSchemas.user, 1, 0),
    ]

    @Test(arguments: inputs)
    func `The JSON form is an array on standard output`(schema: String, problems: Int, code: Int32) async throws {
        let run = await ToolRun(["validate", "--json", "-"], input: Array(schema.utf8))
        let array = try JSONDecoder().decode([Problem].self, from: Data(run.output.utf8))
        #expect(array.count == problems)
        #expect(array.allSatisfy { $0.path == "<stdin>" })
        #expect(run.errors == "")
        #expect(run.code == code)
    }

    private struct Problem: Decodable {
        let path: String
        let line: Int
    }

    static let places: [(files: [String: String], line: String, named: String)] = [
        (["prisma/schema.prisma": SampleSchemas.good, "schema.prisma": "wrong"], "validate", "prisma/schema.prisma"),
        (["schema.prisma": SampleSchemas.good, "prisma/schema/a.prisma": "wrong"], "validate", "schema.prisma"),
        (
            ["prisma/schema/a.prisma": SampleSchemas.datasource, "prisma/schema/deep/b.prisma": SampleSchemas.user], "validate",
            "prisma/schema"
        ),
        (["other.prisma": SampleSchemas.good, "schema.prisma": "wrong"], "validate --schema other.prisma", "other.prisma"),
        (["other.prisma": SampleSchemas.good, "schema.prisma": "wrong"], "validate other.prisma", "other.prisma"),
        (
            ["db/a.prisma": SampleSchemas.good, "db/notes.txt": "wrong", "db/.old/b.prisma": "wrong", "db/node_modules/c.prisma": "wrong"],
            "validate --schema=db/", "db/"
        ),
        (["odd": SampleSchemas.good], "validate ./odd", "./odd"),
    ]

    @Test(arguments: places)
    func `The schema is found where it may be`(files: [String: String], line: String, named: String) async throws {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        let run = await ToolRun(line.split(separator: " ").map(String.init), in: folder.path)
        #expect(run.errors == "")
        #expect(run.output.hasPrefix("✓ \(named) is valid: "))
    }

    @Test func `Problems in a folder name their file`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.datasource, to: "db/a.prisma")
        try folder.write("model User {\n  id Strng @id\n}\n", to: "db/b.prisma")
        let run = await ToolRun(["validate", "--schema", "db"], in: folder.path)
        #expect(run.errors.hasPrefix("db/b.prisma:2:6: error: unknown type 'Strng'"))
    }

    @Test func `A folder that links to itself is read once`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleSchemas.good, to: "db/a.prisma")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/db/again", withDestinationPath: folder.path + "/db")
        let run = await ToolRun(["validate", "db"], in: folder.path)
        #expect(run.output == "✓ db is valid: 2 models\n")
    }

    static let refused: [(line: String, error: String, code: Int32)] = [
        ("validate", "error: there is no schema here\n help: name one with --schema PATH; looked for prisma/schema.prisma", 1),
        ("validate --schema gone.prisma", "error: there is no file 'gone.prisma'\n", 1),
        ("validate empty", "error: the folder 'empty' has no .prisma files\n", 1),
        ("validate file.txt/x.prisma", "error: there is no file 'file.txt/x.prisma'\n", 1),
        ("validate a --schema b", "error: the schema is named twice: --schema 'b' and 'a'\n", 2),
        ("validate --schema", "error: --schema needs a value\n", 2),
        ("validate --jsn", "error: 'prisml validate' has no option '--jsn'; did you mean '--json'?\n", 2),
    ]

    @Test(arguments: refused)
    func `What cannot be read is explained`(line: String, error: String, code: Int32) async throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "empty/notes.txt")
        try folder.write("x", to: "file.txt")
        let run = await ToolRun(line.split(separator: " ").map(String.init), in: folder.path)
        #expect(run.errors.hasPrefix(error))
        #expect(run.output == "")
        #expect(run.code == code)
    }

    static let garbage: [(name: String, bytes: [UInt8], code: Int32)] = [
        ("empty", [], 0),
        ("not UTF-8", Array(SampleSchemas.datasource.utf8) + [0x2F, 0x2F, 0xFF, 0xFE, 0x0A], 1),
        ("a NUL byte", Array(SampleSchemas.good.utf8) + [0], 1),
        ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(SampleSchemas.good.utf8), 0),
        ("CRLF", Array(SampleSchemas.good.replacing("\n", with: "\r\n").utf8), 0),
        ("an unterminated string", Array("datasource db { provider = \"sqlite".utf8), 1),
        ("nested brackets", Array(repeating: UInt8(ascii: "["), count: 10_000), 1),
        ("an escape sequence", Array("model \u{1B}[2J {}".utf8), 1),
    ]

    @Test(arguments: garbage)
    func `Any bytes give an answer`(name: String, bytes: [UInt8], code: Int32) async {
        let run = await ToolRun(["validate", "-"], input: bytes)
        #expect(run.code == code)
        #expect((run.code == 1) == run.errors.contains("error: "))
        #expect(!run.errors.unicodeScalars.contains("\u{1B}"))
    }
}
