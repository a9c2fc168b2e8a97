import PrismaSchema
import Testing

/// The names that Prisma gives to constraints and indexes.
@Suite struct DatabaseNameTests {
    static let long = String(repeating: "x", count: 58)

    /// A model's table, and the names of its key, its unique constraint, its index and its foreign key.
    static let rows: [(table: String, names: [String])] = [
        ("T", ["T_pkey", "T_a_key", "T_a_b_idx", "T_a_fkey"]),
        (
            String(long.prefix(57)),
            [long.prefix(57) + "_pkey", long.prefix(57) + "_a_key", long.prefix(57) + "_a_idx", long.prefix(57) + "__fkey"]
        ),
        (long, [long + "_pkey", long + "__key", long + "__idx", long + "_fkey"]),
        (long + "yyyyy", [long + "_pkey", long + "y_key", long + "y_idx", long + "_fkey"]),
        (
            long.dropLast() + "ö",
            [long.dropLast() + "_pkey", long.dropLast() + "ö_key", long.dropLast() + "ö_idx", long.dropLast() + "_fkey"]
        ),
    ]

    @Test(arguments: rows)
    func cutsWhatPostgresWouldCut(_ row: (table: String, names: [String])) throws {
        let schema = try Schema(
            parsing: """
                datasource db {
                  provider = "postgresql"
                }
                model A {
                  id Int @id
                  a  Int @unique
                  b  Int
                  x  B   @relation(fields: [a], references: [id])
                  @@index([a, b])
                  @@map("\(row.table)")
                }
                model B {
                  id Int @id
                  a  A?
                }
                """)
        let model = try #require(schema.model(named: "A"))
        let names = [
            model.primaryKey?.databaseName, model.uniques.first?.databaseName, model.indexes.first?.databaseName,
            model.field(named: "x")?.relation?.constraintName,
        ]
        #expect(names == row.names)
        #expect(names.allSatisfy { ($0?.utf8.count ?? 0) <= 63 })
    }

    @Test func writtenNamesWin() throws {
        let schema = try Schema(
            parsing: """
                datasource db {
                  provider = "sqlite"
                }
                model A {
                  a Int @map("x")
                  b Int @unique(map: "u")
                  @@id([a, b], name: "key")
                  @@unique([b, a], map: "v")
                  @@index([a], name: "legacy")
                  @@map("t")
                }
                """)
        let model = try #require(schema.model(named: "A"))
        #expect(model.primaryKey?.name == "key")
        #expect(model.primaryKey?.databaseName == nil)
        #expect(model.uniques.map(\.name) == ["b", "b_a"])
        #expect(model.uniques.map(\.databaseName) == ["u", "v"])
        #expect(model.indexes.map(\.databaseName) == ["legacy"])
    }
}
