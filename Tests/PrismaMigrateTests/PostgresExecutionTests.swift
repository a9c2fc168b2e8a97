import Prisma
import PrismaMigrate
import PrismaPostgres
import PrismaSchema
import TestSupport
import Testing

/// What PostgreSQL's catalogue says of the tables that were made.
@Suite(.enabled(if: PostgresTestServer.isUsable))
struct PostgresExecutionTests {
    @Test func `Every construct of the tests is accepted`() async throws {
        let rows = ColumnTests.postgres + ColumnTests.postgresDefaults
        let fields = rows.enumerated().map { index, row in
            row.0.replacing("a ", with: "a\(index) ", maxReplacements: 1).replacing("@map(\"a b\")", with: "@map(\"a b \(index)\")")
        }
        // One model for each numbering column, as the language has it.
        let models = fields.enumerated().filter { rows[$0.offset].0.contains("autoincrement") }.map { index, field in
            "model N\(index) {\n  \(field.replacing("@default", with: "@id @default", maxReplacements: 1))\n}\n"
        }
        let others = fields.filter { !$0.contains("autoincrement") }
        let schema = try Sample.schema(
            .postgresql, "model Row {\n  key String @id\n" + others.joined(separator: "\n") + "\n}\n" + models.joined() + ScriptTests.shop,
            settings: "extensions = [citext]")
        try await Provider.postgresql.withDatabase { database in
            try await SchemaPush(schema).run(on: database)
            #expect(
                try await database.lines("SELECT count(*)::text FROM information_schema.columns WHERE table_name = 'Row'")
                    == ["\(others.count + 1)"])
        }
    }

    @Test func `Every index is accepted`() async throws {
        let models = KeyTests.indexes.filter { $0.0 == .postgresql }.enumerated().map { index, row in
            "model T\(index) {\n  id String @id\n  \(row.1)\n}\n"
        }
        try await Provider.postgresql.withDatabase { database in
            try await SchemaPush(try Sample.schema(.postgresql, models.joined())).run(on: database)
            #expect(
                try await database.lines(
                    "SELECT DISTINCT amname::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace ORDER BY 1"
                )
                    == ["brin", "btree", "gin", "gist", "hash", "spgist"])
        }
    }

    @Test func `Columns, keys, indexes and foreign keys are as intended`() async throws {
        try await Provider.postgresql.withDatabase { database in
            try await SchemaPush(try Sample.schema(.postgresql, ScriptTests.shop)).run(on: database)
            let columns = """
                SELECT attname::text, format_type(atttypid, atttypmod), attnotnull::text, pg_get_expr(adbin, adrelid)
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attnum > 0 AND attrelid = '"User"'::regclass ORDER BY attnum
                """
            #expect(
                try await database.lines(columns) == [
                    #"id | integer | true | nextval('"User_id_seq"'::regclass)"#, "email | text | true | ", "name | text | false | ",
                    #"role | "Role" | true | 'USER'::"Role""#,
                ])
            #expect(
                try await database.lines(
                    "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint "
                        + "WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text COLLATE \"C\", conname")
                    == [
                        #""Post" | Post_authorId_fkey | FOREIGN KEY ("authorId") REFERENCES "User"(id) ON UPDATE CASCADE ON DELETE CASCADE"#,
                        #""Post" | Post_pkey | PRIMARY KEY (id)"#,
                        #""Post" | Post_rev1_rev2_fkey | FOREIGN KEY (rev1, rev2) REFERENCES reviewers(team, number) ON UPDATE CASCADE ON DELETE SET NULL"#,
                        #""Tag" | Tag_pkey | PRIMARY KEY (id)"#, #""User" | User_pkey | PRIMARY KEY (id)"#,
                        #""_PostToTag" | _PostToTag_AB_pkey | PRIMARY KEY ("A", "B")"#,
                        #""_PostToTag" | _PostToTag_A_fkey | FOREIGN KEY ("A") REFERENCES "Post"(id) ON UPDATE CASCADE ON DELETE CASCADE"#,
                        #""_PostToTag" | _PostToTag_B_fkey | FOREIGN KEY ("B") REFERENCES "Tag"(id) ON UPDATE CASCADE ON DELETE CASCADE"#,
                        #"reviewers | reviewers_pkey | PRIMARY KEY (team, number)"#,
                    ])
            #expect(
                try await database.lines(
                    "SELECT indexdef FROM pg_indexes WHERE tablename = 'Post' AND indexname <> 'Post_pkey' ORDER BY indexname COLLATE \"C\""
                )
                    == [
                        #"CREATE INDEX "Post_authorId_title_idx" ON public."Post" USING btree ("authorId", title DESC)"#,
                        #"CREATE UNIQUE INDEX "Post_slug_locale_key" ON public."Post" USING btree (slug, locale)"#,
                        #"CREATE UNIQUE INDEX titles ON public."Post" USING btree (title)"#,
                    ])
            #expect(
                try await database.lines("SELECT enumlabel::text FROM pg_enum ORDER BY enumsortorder") == ["USER", "ADMIN"])
        }
    }

    @Test func `Defaults give the values that the schema says`() async throws {
        let schema = try Sample.schema(
            .postgresql,
            #"""
            model Row {
              id    BigInt     @id @default(autoincrement())
              text  String     @default("it's \\ two")
              json  Json       @default("{\"a\": \"it's\"}")
              bytes Bytes      @default("aGVsbG8=")
              date  DateTime   @default("2020-01-01T00:00:00.5+01:00") @db.Timestamptz
              tags  String[]   @default(["a", "it's"])
              roles Role[]     @default([A])
              none  Int[]      @default([])
              uuid  String     @default(dbgenerated("gen_random_uuid()")) @db.Uuid
            }
            enum Role {
              A
            }
            """#)
        try await Provider.postgresql.withDatabase { database in
            try await SchemaPush(schema).run(on: database)
            try await database.run(#"INSERT INTO "Row" DEFAULT VALUES"#)
            #expect(
                try await database.lines(
                    "SELECT id::text, text, json->>'a', encode(bytes, 'escape'), date::text, tags::text, roles::text, none::text, length(uuid::text)::text FROM \"Row\""
                )
                    == [#"1 | it's \ two | it's | hello | 2019-12-31 23:00:00.5+00 | {a,it's} | {A} | {} | 36"#])
        }
    }

    @Test func `Schemas of the database are made where they are missing`() async throws {
        let schema = try Sample.schema(
            .postgresql, "model A {\n id Int @id\n @@schema(\"public\")\n}\nmodel B {\n id Int @id\n @@schema(\"other\")\n}",
            settings: "schemas = [\"public\", \"other\"]")
        try await Provider.postgresql.withDatabase { database in
            let push = SchemaPush(schema)
            try await push.run(on: database)
            #expect(try await push.contents(of: database).items.map { "\($0.schema ?? "").\($0.name)" } == ["other.B", "public.A"])
        }
    }

    @Test func `The schema in the URL is made if it is missing`() async throws {
        let server = try await PostgresTestServer.shared()
        let database = try PostgresDatabase(url: try await server.makeDatabase(parameters: "schema=my%20shop"))
        try await SchemaPush(try Sample.schema(.postgresql, ScriptTests.shop)).run(on: database)
        #expect(try await database.lines("SELECT schemaname::text FROM pg_tables WHERE tablename = 'Post'") == ["my shop"])
        await database.close()
    }
}
