import PrismaMigrate
import PrismaSchema
import Testing

/// Keys, indexes and relations, one construct each: the statements after the first `CREATE TABLE`, or the key in it.
@Suite struct KeyTests {
    static let indexes: [(Provider, String, String)] = [
        (.sqlite, "a Int @unique", #"CREATE UNIQUE INDEX "T_a_key" ON "T"("a")"#),
        (.sqlite, "a Int @unique(map: \"u\", sort: Desc)", #"CREATE UNIQUE INDEX "u" ON "T"("a" DESC)"#),
        (.sqlite, "a Int\n b Int\n @@unique([b, a])", #"CREATE UNIQUE INDEX "T_b_a_key" ON "T"("b", "a")"#),
        (.sqlite, "a Int @map(\"x\")\n @@index([a])", #"CREATE INDEX "T_x_idx" ON "T"("x")"#),
        (.sqlite, "a Int\n @@index([a(sort: Asc)], map: \"i\")", #"CREATE INDEX "i" ON "T"("a" ASC)"#),
        (.postgresql, "a Int\n @@index([a], type: Hash)", #"CREATE INDEX "T_a_idx" ON "T" USING HASH ("a")"#),
        (.postgresql, "a Json\n @@index([a], type: Gin)", #"CREATE INDEX "T_a_idx" ON "T" USING GIN ("a")"#),
        (
            .postgresql, "a Json\n @@index([a(ops: raw(\"jsonb_path_ops\"))], type: Gin)",
            #"CREATE INDEX "T_a_idx" ON "T" USING GIN ("a" jsonb_path_ops)"#
        ),
        (
            .postgresql, "a String @db.Inet\n @@index([a(ops: raw(\"inet_ops\"))], type: SpGist)",
            #"CREATE INDEX "T_a_idx" ON "T" USING SPGIST ("a" inet_ops)"#
        ),
        (
            .postgresql, "a String @db.Inet\n @@index([a(ops: raw(\"inet_ops\"))], type: Gist)",
            #"CREATE INDEX "T_a_idx" ON "T" USING GIST ("a" inet_ops)"#
        ),
        (.postgresql, "a Int\n @@index([a], type: Brin)", #"CREATE INDEX "T_a_idx" ON "T" USING BRIN ("a")"#),
        (.postgresql, "a Int\n @@index([a], type: BTree)", #"CREATE INDEX "T_a_idx" ON "T"("a")"#),
        (
            .postgresql, "a String\n b Int\n @@index([a(ops: raw(\"text_pattern_ops\"), sort: Desc), b])",
            #"CREATE INDEX "T_a_b_idx" ON "T"("a" text_pattern_ops DESC, "b")"#
        ),
    ]

    @Test(arguments: indexes)
    func `An index`(provider: Provider, fields: String, statement: String) throws {
        let schema = try Sample.schema(provider, "model T {\n id String @id\n \(fields)\n}")
        #expect(Migration(creating: schema).statements.dropFirst() == [statement])
    }

    static let keys: [(Provider, String, String)] = [
        (.sqlite, "a Int @id", #"("a" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT)"#),
        (.sqlite, "a Int @id @default(autoincrement())", #"("a" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT)"#),
        (.sqlite, "a BigInt @id", #"("a" BIGINT NOT NULL PRIMARY KEY)"#),
        (.sqlite, "a String @id @default(\"x\")", #"("a" TEXT NOT NULL PRIMARY KEY DEFAULT 'x')"#),
        (.sqlite, "a Int\n b Int\n @@id([b, a])", #"("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, PRIMARY KEY ("b", "a"))"#),
        (.sqlite, "a Int @unique", #"("a" INTEGER NOT NULL)"#),
        (.postgresql, "a Int @id", #"("a" INTEGER NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY ("a"))"#),
        (.postgresql, "a Int @id(map: \"k\")", #"("a" INTEGER NOT NULL, CONSTRAINT "k" PRIMARY KEY ("a"))"#),
        (
            .postgresql, "a Int\n b Int\n @@id([b, a], map: \"k\")",
            #"("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, CONSTRAINT "k" PRIMARY KEY ("b","a"))"#
        ),
        (.postgresql, "a Int @unique", #"("a" INTEGER NOT NULL)"#),
    ]

    @Test(arguments: keys)
    func `A primary key`(provider: Provider, fields: String, body: String) throws {
        let statement = try #require(Migration(creating: Sample.schema(provider, "model T {\n \(fields)\n}")).statements.first)
        let words = statement.split { $0.isWhitespace }.joined(separator: " ")
        #expect(words == "CREATE TABLE \"T\" " + body.replacing("(\"a\"", with: "( \"a\"", maxReplacements: 1).dropLast() + " )")
    }

    static let actions: [(String, String, String)] = [
        ("Int", "", "ON DELETE RESTRICT ON UPDATE CASCADE"), ("Int?", "", "ON DELETE SET NULL ON UPDATE CASCADE"),
        ("Int", ", onDelete: Cascade, onUpdate: NoAction", "ON DELETE CASCADE ON UPDATE NO ACTION"),
        ("Int?", ", onDelete: NoAction, onUpdate: SetNull", "ON DELETE NO ACTION ON UPDATE SET NULL"),
        ("Int", ", onDelete: Restrict, onUpdate: Restrict", "ON DELETE RESTRICT ON UPDATE RESTRICT"),
        ("Int @default(1)", ", onDelete: SetDefault, onUpdate: SetDefault", "ON DELETE SET DEFAULT ON UPDATE SET DEFAULT"),
        ("Int", ", map: \"other\"", "ON DELETE RESTRICT ON UPDATE CASCADE"),
    ]

    @Test(arguments: actions, Provider.allCases)
    func `A foreign key`(action: (type: String, arguments: String, sql: String), provider: Provider) throws {
        // SQLite's cannot be given names.
        if provider == .sqlite, action.arguments.contains("map") { return }
        let optional = action.type.hasSuffix("?") ? "?" : ""
        let script = try Sample.script(
            provider,
            """
            model P {
              id Int @id
              cs C[]
            }
            model C {
              id  Int @id
              p   P\(optional) @relation(fields: [pId], references: [id]\(action.arguments))
              pId \(action.type) @map("p_id")
              @@map("cs")
            }
            """)
        let name = action.arguments.contains("map") ? "other" : "cs_p_id_fkey"
        let space = provider == .sqlite ? " " : ""
        #expect(script.contains(#"CONSTRAINT "\#(name)" FOREIGN KEY ("p_id") REFERENCES "P"\#(space)("id") \#(action.sql)"#))
    }

    @Test func `Columns A and B follow the names of models, and of fields in a relation to itself`() throws {
        let script = try Sample.script(
            .postgresql,
            """
            model Zoo {
              id      BigInt @id @default(autoincrement())
              animals Animal[] @relation("lives")
              nearby  Zoo[]    @relation("near")
              around  Zoo[]    @relation("near")
            }
            model Animal {
              id   String @id @db.Uuid
              zoos Zoo[]  @relation("lives")
            }
            """)
        #expect(
            script.contains(
                """
                CREATE TABLE "_near" (
                    "A" BIGINT NOT NULL,
                    "B" BIGINT NOT NULL,

                    CONSTRAINT "_near_AB_pkey" PRIMARY KEY ("A","B")
                );

                -- CreateTable
                CREATE TABLE "_lives" (
                    "A" UUID NOT NULL,
                    "B" BIGINT NOT NULL,

                """))
        #expect(script.contains(#""_lives_A_fkey" FOREIGN KEY ("A") REFERENCES "Animal"("id")"#))
    }

    @Test func `Names that are too long are cut as Prisma cuts them`() throws {
        let long = String(repeating: "n", count: 70)
        let script = try Sample.script(
            .postgresql,
            "model A {\n id Int @id\n bs B[] @relation(\"\(long)\")\n}\nmodel B {\n id Int @id\n as A[] @relation(\"\(long)\")\n}")
        func cut(_ count: Int, _ suffix: String) -> String { "\"_" + String(repeating: "n", count: count - 1) + suffix + "\"" }
        for name in [cut(63, ""), cut(55, "_AB_pkey"), cut(55, "_B_index"), cut(56, "_A_fkey"), cut(56, "_B_fkey")] {
            #expect(script.contains(name))
        }
    }

    @Test(arguments: Provider.allCases)
    func `Quotes in names and values stay inside of them`(provider: Provider) throws {
        let script = try Sample.script(
            provider,
            """
            model T {
              id Int    @id @map("i\\"d")
              a  String @default("'\u{301}; DROP") @map("'\u{301}")
              e  E
              @@map("t\\"; DROP")
            }
            enum E {
              A @map("a'b")
            }
            """)
        #expect(script.contains("\"i\"\"d\""))
        #expect(script.contains("CREATE TABLE \"t\"\"; DROP\" ("))
        #expect(script.unicodeScalars.contains("'''\u{301}; DROP'".unicodeScalars))
        #expect(script.contains("'a''b'") == (provider == .postgresql))
    }
}
