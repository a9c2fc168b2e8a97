import PrismaSchema
import Testing

/// Relations as both of their ends see them.
@Suite struct RelationTests {
    private func schema(_ text: String, _ provider: Provider = .postgresql) throws -> Schema {
        try Schema(parsing: "datasource db {\n  provider = \"\(provider.rawValue)\"\n}\n" + text)
    }

    @Test func oneToManyOverSeveralFields() throws {
        let schema = try schema(
            """
            model Order {
              tenant Int
              number Int
              items  Item[]
              @@id([tenant, number])
            }
            model Item {
              id     Int   @id
              tenant Int
              order  Int   @map("order_number")
              parent Order @relation(fields: [tenant, order], references: [tenant, number], onUpdate: NoAction, map: "fk")
            }
            """)
        let parent = try #require(schema.model(named: "Item")?.field(named: "parent")?.relation)
        #expect(parent.kind == .manyToOne && parent.holdsForeignKey)
        #expect(parent.fields == ["tenant", "order"] && parent.references == ["tenant", "number"])
        #expect(parent.model == "Order" && parent.opposite == "items" && parent.name == "ItemToOrder")
        #expect(parent.onDelete == .restrict && parent.declaredOnDelete == nil)
        #expect(parent.onUpdate == .noAction && parent.declaredOnUpdate == .noAction)
        #expect(parent.constraintName == "fk")
        let items = try #require(schema.model(named: "Order")?.field(named: "items")?.relation)
        #expect(items.kind == .oneToMany && !items.holdsForeignKey)
        #expect(items.fields == ["tenant", "number"] && items.references == ["tenant", "order"])
        #expect(items.constraintName == "fk" && items.onUpdate == .noAction)
    }

    /// The end with the key, the optional end, and what deleting does when nothing is said.
    static let oneToOneRows: [(forward: String, back: String, onDelete: ReferentialAction)] = [
        ("aId Int @unique\n  x B @relation(fields: [aId], references: [id])", "x A?", .restrict),
        ("aId Int? @unique\n  x B? @relation(fields: [aId], references: [id])", "x A?", .setNull),
        ("aId Int @unique\n  x B? @relation(fields: [aId], references: [id])", "x A?", .restrict),
        ("x B @relation(fields: [id], references: [id], onDelete: Cascade)", "x A?", .cascade),
    ]

    @Test(arguments: oneToOneRows)
    func oneToOne(_ row: (forward: String, back: String, onDelete: ReferentialAction)) throws {
        let schema = try schema("model A {\n  id Int @id\n  \(row.forward)\n}\nmodel B {\n  id Int @id\n  \(row.back)\n}")
        let forward = try #require(schema.model(named: "A")?.field(named: "x")?.relation)
        let back = try #require(schema.model(named: "B")?.field(named: "x")?.relation)
        #expect(forward.kind == .oneToOne && back.kind == .oneToOne)
        #expect(forward.holdsForeignKey && !back.holdsForeignKey)
        #expect(forward.onDelete == row.onDelete && back.onDelete == row.onDelete && forward.onUpdate == .cascade)
        #expect(forward.fields == back.references && forward.references == back.fields)
    }

    /// Column A belongs to the model, or for one model the field, that comes first in the alphabet.
    static let manyToManyRows: [(text: String, table: String, columns: [String: String])] = [
        (
            "model Tag {\n  id Int @id\n  x Post[]\n}\nmodel Post {\n  id Int @id\n  y Tag[]\n}", "_PostToTag",
            ["Tag.x": "B", "Post.y": "A"]
        ),
        (
            "model A {\n  id Int @id\n  x B[] @relation(\"n\")\n}\nmodel B {\n  id Int @id\n  y A[] @relation(\"n\")\n}", "_n",
            ["A.x": "A", "B.y": "B"]
        ),
        ("model A {\n  id Int @id\n  z A[] @relation(\"n\")\n  y A[] @relation(name: \"n\")\n}", "_n", ["A.y": "A", "A.z": "B"]),
    ]

    @Test(arguments: manyToManyRows)
    func manyToMany(_ row: (text: String, table: String, columns: [String: String])) throws {
        let schema = try schema(row.text, .sqlite)
        var columns: [String: String] = [:]
        for model in schema.models {
            for field in model.relationFields {
                let relation = try #require(field.relation)
                #expect(relation.kind == .manyToMany && !relation.holdsForeignKey)
                #expect(relation.fields == ["id"] && relation.references == ["id"])
                let join = try #require(relation.joinTable)
                #expect(join.databaseName == row.table && Set([join.column, join.oppositeColumn]) == ["A", "B"])
                #expect(relation.constraintName == "\(row.table)_\(join.column)_fkey")
                columns["\(model.name).\(field.name)"] = join.column
            }
        }
        #expect(columns == row.columns)
    }

    @Test func treesAndSeveralRelationsBetweenTheSameModels() throws {
        let schema = try schema(
            """
            model Part {
              id       Int    @id
              parentId Int?
              parent   Part?  @relation("tree", fields: [parentId], references: [id])
              children Part[] @relation("tree")
              made     Plan[] @relation("made")
              used     Plan[]
            }
            model Plan {
              id     Int  @id
              madeId Int
              usedId Int
              made   Part @relation("made", fields: [madeId], references: [id])
              used   Part @relation(fields: [usedId], references: [id])
            }
            """)
        let part = try #require(schema.model(named: "Part"))
        #expect(part.field(named: "parent")?.relation?.opposite == "children")
        #expect(part.field(named: "children")?.relation?.kind == .oneToMany)
        #expect(part.field(named: "made")?.relation?.references == ["madeId"])
        #expect(part.field(named: "used")?.relation?.references == ["usedId"])
        #expect(part.field(named: "used")?.relation?.name == "PartToPlan")
    }
}
