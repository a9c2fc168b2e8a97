import Foundation
import PrismaSchema
import Testing

/// Schemas of the size and kind that projects have, laid out as they should be.
@Suite struct FixtureTests {
    static let fixtures = [(name: "helpdesk", models: 22, enums: 4, relations: 34), (name: "workshop", models: 8, enums: 1, relations: 11)]

    private func text(_ name: String) throws -> String {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return try String(contentsOfFile: "\(folder)/Fixtures/\(name).prisma", encoding: .utf8)
    }

    @Test(arguments: fixtures)
    func isValidAndInItsLayout(_ row: (name: String, models: Int, enums: Int, relations: Int)) throws {
        let text = try text(row.name)
        let found = Schema.diagnostics(in: [SourceFile(path: row.name, text: text)])
        #expect(found.isEmpty, Comment(rawValue: found.map { $0.rendered() }.joined(separator: "\n")))
        #expect(try SchemaFormatter.format(text) == text)
        let schema = try Schema(parsing: text)
        #expect(schema.models.count == row.models)
        #expect(schema.enums.count == row.enums)
        #expect(schema.models.flatMap(\.relationFields).count == 2 * row.relations)
    }

    @Test(arguments: fixtures)
    func keepsItsMeaningWithoutItsLayout(_ row: (name: String, models: Int, enums: Int, relations: Int)) throws {
        let text = try text(row.name)
        let squeezed = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: "\r\n")
        #expect(try Schema(parsing: squeezed) == Schema(parsing: text))
        #expect(try SchemaFormatter.format(squeezed) == text)
    }

    @Test(arguments: fixtures)
    func bothEndsOfARelationAgree(_ row: (name: String, models: Int, enums: Int, relations: Int)) throws {
        let schema = try Schema(parsing: text(row.name))
        for model in schema.models {
            for field in model.relationFields {
                let relation = try #require(field.relation)
                let target = try #require(schema.model(named: relation.model))
                let opposite = try #require(target.field(named: relation.opposite)?.relation)
                #expect(opposite.model == model.name && opposite.opposite == field.name && opposite.name == relation.name)
                #expect(opposite.fields == relation.references && opposite.references == relation.fields)
                #expect(opposite.onDelete == relation.onDelete && opposite.onUpdate == relation.onUpdate)
                #expect(relation.kind == .manyToMany || relation.holdsForeignKey != opposite.holdsForeignKey)
                #expect(relation.fields.allSatisfy { model.field(named: $0)?.relation == nil && model.field(named: $0) != nil })
                #expect((relation.kind == .oneToMany || relation.kind == .manyToMany) == (field.arity == .list))
            }
        }
    }
}
