import Prisma
import PrismaMigrate
import PrismaSchema
import Testing

/// What SQLite itself says of the tables that were made.
@Suite struct SQLiteExecutionTests {
    @Test func `Every construct of the tests is accepted`() async throws {
        let fields = (ColumnTests.sqlite + ColumnTests.sqliteDefaults).enumerated().map { index, row in
            row.0.replacing("a ", with: "a\(index) ", maxReplacements: 1).replacing("@map(\"a b\")", with: "@map(\"a b \(index)\")")
        }
        let schema = try Sample.schema(
            .sqlite, "model Row {\n  key String @id\n" + fields.joined(separator: "\n") + "\n}\n" + ScriptTests.shop)
        try await Provider.sqlite.withDatabase { database in
            try await SchemaPush(schema).run(on: database)
            #expect(try await database.lines("SELECT CAST(count(*) AS TEXT) FROM pragma_table_info('Row')") == ["\(fields.count + 1)"])
        }
    }

    @Test func `Columns, keys, indexes and foreign keys are as intended`() async throws {
        try await Provider.sqlite.withDatabase { database in
            try await SchemaPush(try Sample.schema(.sqlite, ScriptTests.shop)).run(on: database)
            let columns = "SELECT name, type, CAST(\"notnull\" AS TEXT), dflt_value, CAST(pk AS TEXT) FROM"
            #expect(
                try await database.lines("\(columns) pragma_table_info('User')") == [
                    "id | INTEGER | 1 |  | 1", "email | TEXT | 1 |  | 0", "name | TEXT | 0 |  | 0", "role | TEXT | 1 | 'USER' | 0",
                ])
            #expect(
                try await database.lines("\(columns) pragma_table_info('reviewers')") == [
                    "team | TEXT | 1 |  | 1", "number | INTEGER | 1 |  | 2",
                ])
            #expect(
                try await database.lines(
                    "SELECT \"table\", \"from\", \"to\", on_delete, on_update FROM pragma_foreign_key_list('Post') ORDER BY id DESC, seq")
                    == [
                        "User | authorId | id | CASCADE | CASCADE", "reviewers | rev1 | team | SET NULL | CASCADE",
                        "reviewers | rev2 | number | SET NULL | CASCADE",
                    ])
            #expect(
                try await database.lines(
                    "SELECT i.name, CAST(i.\"unique\" AS TEXT), group_concat(c.name || CASE c.desc WHEN 1 THEN ' DESC' ELSE '' END) FROM "
                        + "pragma_index_list('Post') i, pragma_index_xinfo(i.name) c WHERE c.key GROUP BY i.name ORDER BY i.name") == [
                        "Post_authorId_title_idx | 0 | authorId,title DESC", "Post_slug_locale_key | 1 | slug,locale",
                        "titles | 1 | title",
                    ])
        }
    }

    @Test func `Defaults give the values that the schema says`() async throws {
        let schema = try Sample.schema(
            .sqlite,
            #"""
            model Row {
              id    Int      @id @default(autoincrement())
              text  String   @default("it's")
              json  Json     @default("{\"a\": \"it's\"}")
              bytes Bytes    @default("aGVsbG8=")
              date  DateTime @default("2020-01-01T00:00:00.5+01:00")
              flag  Boolean  @default(true)
              sum   Decimal  @default(1.50)
              now   DateTime @default(now())
            }
            """#)
        try await Provider.sqlite.withDatabase { database in
            try await SchemaPush(schema).run(on: database)
            try await database.run("INSERT INTO Row (text) VALUES ('a'); DELETE FROM Row; INSERT INTO Row DEFAULT VALUES")
            #expect(
                try await database.lines(
                    "SELECT CAST(id AS TEXT), text, json_extract(json, '$.a'), hex(bytes), date, CAST(flag AS TEXT), CAST(sum AS TEXT), "
                        + "CAST(now LIKE '20__-__-__ __:__:__' AS TEXT) FROM Row")
                    == ["2 | it's | it's | 68656C6C6F | 2020-01-01 00:00:00.500 +01:00 | 1 | 1.5 | 1"])
        }
    }
}
