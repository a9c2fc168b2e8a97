import Foundation
import PrismaGenerator
import PrismaSchema
import Testing

@Suite struct ClientGeneratorTests {
    /// The shared client that other tests compile and use is what the generator writes today.
    @Test func theCommittedClientIsUpToDate() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "ShopClient")
        let text = try String(contentsOf: folder.appending(path: "schema.prisma"), encoding: .utf8)
        var options = ClientGenerator.Options()
        options.schemaDirectory = "Tests/ShopClient"
        let files = try ClientGenerator(schema: Schema(parsing: text), schemaText: text, options: options).files()
        for file in files {
            let committed = try String(contentsOf: folder.appending(path: "Generated/\(file.name)"), encoding: .utf8)
            #expect(committed == file.contents, "run: prisml generate Tests/ShopClient/schema.prisma")
        }
    }

    @Test(arguments: [
        ("User", "user"), ("BlogPost", "blogPost"), ("URLEntry", "urlEntry"), ("API", "api"), ("order_item", "order_item"),
        ("Default", "`default`"), ("Engine", "engine_"), ("A", "a"), ("IPAddress", "ipAddress"),
    ])
    func namesPropertiesOfTheClient(model: String, property: String) throws {
        #expect(try generated("model \(model) {\n  id Int @id\n}").contains("public var \(property): ModelQueries<"))
    }

    @Test(arguments: [
        ("IN_PROGRESS", "inProgress"), ("admin", "admin"), ("Admin", "admin"), ("snake_case", "snakeCase"), ("A", "a"),
        ("default", "`default`"), ("self", "self_"), ("X1", "x1"),
    ])
    func namesCasesOfEnums(value: String, name: String) throws {
        let text = try generated("enum E {\n  \(value)\n}\nmodel M {\n  id Int @id\n  e E\n}")
        #expect(text.contains("    case \(name) = \"\(value)\"\n"))
    }

    @Test func qualifiesTypesThatTheSchemaHides() throws {
        let text = try generated("model Date {\n  id Int @id\n  at DateTime\n  self String\n}")
        #expect(text.contains("public var at: Foundation.Date"))
        #expect(text.contains("public var self_: String"))
        #expect(text.contains("rowScope.column(\"self\")"))
    }

    @Test func refusesASchemaWithoutModels() throws {
        let schema = try Schema(parsing: "datasource db {\n  provider = \"sqlite\"\n  url = \"file:a\"\n}")
        #expect(throws: GeneratorError.self) { try ClientGenerator(schema: schema, schemaText: "").files() }
    }

    private func generated(_ blocks: String) throws -> String {
        let text = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"X\")\n}\n" + blocks
        return try ClientGenerator(schema: Schema(parsing: text), schemaText: text).files().map(\.contents).joined()
    }
}
