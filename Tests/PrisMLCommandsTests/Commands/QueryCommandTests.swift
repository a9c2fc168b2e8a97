import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct QueryCommandTests {
    private func project() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try folder.write(
            """
            datasource db {
              provider = "sqlite"
              url = "file:./query.db"
            }
            model Tag {
              id   Int    @id @default(autoincrement())
              name String @unique
            }
            """, to: "schema.prisma")
        #expect(await ToolRun(["db", "push"], in: folder.path).code == 0)
        return folder
    }

    @Test func answersLines() async throws {
        let folder = try await project()
        let input = """
            {"id": 1, "action": "create", "model": "Tag", "args": {"data": {"name": "é"}}}

            nonsense
            {"id": 2, "action": "create", "model": "Tag", "args": {"data": {"name": "é"}}}
            {"id": 3, "action": "count", "model": "Tag"}
            """
        let run = await ToolRun(["query"], input: Array(input.utf8), in: folder.path)
        #expect(run.code == 0)
        let lines = run.output.split(separator: "\n").sorted()
        #expect(lines.count == 4)
        #expect(lines.first == #"{"data":1,"id":3}"#)
        #expect(lines.dropFirst().first == #"{"data":{"id":1,"name":"é"},"id":1}"#)
        #expect(lines.contains { $0.hasPrefix(#"{"error":{"code":"P2002""#) && $0.hasSuffix(#""id":2}"#) })
        #expect(
            lines.contains { $0.hasPrefix(#"{"error":{"code":"P2009","message":"The line is not JSON"#) && $0.hasSuffix(#""id":null}"#) })
    }

    @Test func answersOneRequest() async throws {
        let folder = try await project()
        let right = await ToolRun(["query", #"{"action": "count", "model": "Tag"}"#], in: folder.path)
        #expect(right.code == 0 && right.output == "{\"data\":0,\"id\":null}\n")
        let wrong = await ToolRun(["query", #"{"action": "count", "model": "Tagg"}"#], in: folder.path)
        #expect(wrong.code == 1 && wrong.output.contains("did you mean Tag?"))
        let missing = await ToolRun(["query", "--url", "file:./none.db", #"{"action": "count", "model": "Tag"}"#], in: folder.path)
        #expect(missing.code == 1 && missing.output.contains("P1003"))
    }

    @Test func cutsLines() {
        var lines = RequestLines(longest: 5)
        #expect(lines.add(Array("ab\n\ncd".utf8)) == [.request("ab")])
        #expect(lines.add(Array("e\ntoolong".utf8)) == [.request("cde"), .tooLong])
        #expect(lines.add(Array("er\nfit\n".utf8)) == [.request("fit")])
        #expect(lines.add(Array("end".utf8)) == [])
        #expect(lines.end() == [.request("end")])
        #expect(lines.end() == [])
    }
}
