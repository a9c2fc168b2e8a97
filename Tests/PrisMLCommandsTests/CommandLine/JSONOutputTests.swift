import Foundation
import Prisma
import TestSupport
import Testing

@testable import PrisMLCommands

/// What commands print for machines: JSON on standard output and nothing else, whatever their other output looks like.
@Suite struct JSONOutputTests {
    private static let schema = """
        generator client {
          provider = "prisml-swift"
          output   = "../Client"
        }

        datasource db {
          provider = "sqlite"
          url      = "file:./test.db"
        }

        model Item {
          id Int @id
        }

        """

    /// A line in a folder with that schema, and what has to be in its answer.
    static let lines: [(line: String, code: Int32, has: @Sendable (JSON) -> Bool)] = [
        ("generate --json", 0, { $0.array?.map { $0["path"]?.string } == ["Client/Item.swift", "Client/PrismaClient.swift"] }),
        ("generate --check --json", 1, { $0.array?.first?["change"] == "write" }),
        ("db push --json", 0, { $0["isNew"] == true && $0["made"]?[0]?["kind"] == "CreateTable" }),
        ("explain P2002 --json", 0, { $0["code"] == "P2002" && $0["fixes"]?.array?.isEmpty == false }),
        ("explain --json", 0, { ($0.array?.count ?? 0) > 60 }),
        ("validate --json", 0, { $0 == [] }),
        ("format --json", 0, { $0 == [] }),
        ("init project --template minimal --prisml \(Project.root.path) --json", 0, { $0["next"]?[0] == "swift run ml db push" }),
    ]

    @Test(arguments: lines.indices) func `Standard output is one JSON value`(index: Int) async throws {
        let (line, code, has) = Self.lines[index]
        let folder = try TemporaryFolder()
        try folder.write(Self.schema, to: "prisma/schema.prisma")
        let run = await ToolRun(line.split(separator: " ").map(String.init), in: folder.path)
        #expect(run.code == code, "\(run.errors)")
        #expect(run.errors == "")
        let value = try JSON(parsing: run.output)
        #expect(has(value), "\(run.output)")
    }
}
