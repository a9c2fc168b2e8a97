import PrismaMigrate
import PrismaSchema
import Testing

/// Whole scripts, laid out as `prisma migrate diff --script` lays them out.
@Suite struct ScriptTests {
    @Test(arguments: Provider.allCases)
    func `A schema without tables is an empty migration`(provider: Provider) throws {
        #expect(try Sample.script(provider, "") == "-- This is an empty migration.\n")
    }

    static let shop = """
        model User {
          id    Int     @id @default(autoincrement())
          email String  @unique
          name  String?
          role  Role    @default(USER)
          posts Post[]
        }

        model Post {
          id       Int        @id @default(autoincrement())
          slug     String
          locale   String
          title    String     @unique(map: "titles")
          author   User       @relation(fields: [authorId], references: [id], onDelete: Cascade)
          authorId Int
          reviewer Reviewer?  @relation(fields: [rev1, rev2], references: [team, number])
          rev1     String?
          rev2     Int?
          tags     Tag[]

          @@unique([slug, locale])
          @@index([authorId, title(sort: Desc)])
        }

        model Reviewer {
          team   String
          number Int
          posts  Post[]

          @@id([team, number])
          @@map("reviewers")
        }

        model Tag {
          id    String @id @default(uuid())
          posts Post[]
        }

        enum Role {
          USER
          ADMIN
        }
        """

    @Test func `SQLite keeps foreign keys in the table and enums as text`() throws {
        #expect(
            try Sample.script(.sqlite, Self.shop) == """
                -- CreateTable
                CREATE TABLE "User" (
                    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                    "email" TEXT NOT NULL,
                    "name" TEXT,
                    "role" TEXT NOT NULL DEFAULT 'USER'
                );

                -- CreateTable
                CREATE TABLE "Post" (
                    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                    "slug" TEXT NOT NULL,
                    "locale" TEXT NOT NULL,
                    "title" TEXT NOT NULL,
                    "authorId" INTEGER NOT NULL,
                    "rev1" TEXT,
                    "rev2" INTEGER,
                    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
                    CONSTRAINT "Post_rev1_rev2_fkey" FOREIGN KEY ("rev1", "rev2") REFERENCES "reviewers" ("team", "number") ON DELETE SET NULL ON UPDATE CASCADE
                );

                -- CreateTable
                CREATE TABLE "reviewers" (
                    "team" TEXT NOT NULL,
                    "number" INTEGER NOT NULL,

                    PRIMARY KEY ("team", "number")
                );

                -- CreateTable
                CREATE TABLE "Tag" (
                    "id" TEXT NOT NULL PRIMARY KEY
                );

                -- CreateTable
                CREATE TABLE "_PostToTag" (
                    "A" INTEGER NOT NULL,
                    "B" TEXT NOT NULL,
                    CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
                    CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("id") ON DELETE CASCADE ON UPDATE CASCADE
                );

                -- CreateIndex
                CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

                -- CreateIndex
                CREATE UNIQUE INDEX "titles" ON "Post"("title");

                -- CreateIndex
                CREATE INDEX "Post_authorId_title_idx" ON "Post"("authorId", "title" DESC);

                -- CreateIndex
                CREATE UNIQUE INDEX "Post_slug_locale_key" ON "Post"("slug", "locale");

                -- CreateIndex
                CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");

                -- CreateIndex
                CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");

                """)
    }

    @Test func `PostgreSQL adds foreign keys at the end`() throws {
        #expect(
            try Sample.script(.postgresql, Self.shop) == """
                -- CreateEnum
                CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');

                -- CreateTable
                CREATE TABLE "User" (
                    "id" SERIAL NOT NULL,
                    "email" TEXT NOT NULL,
                    "name" TEXT,
                    "role" "Role" NOT NULL DEFAULT 'USER',

                    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
                );

                -- CreateTable
                CREATE TABLE "Post" (
                    "id" SERIAL NOT NULL,
                    "slug" TEXT NOT NULL,
                    "locale" TEXT NOT NULL,
                    "title" TEXT NOT NULL,
                    "authorId" INTEGER NOT NULL,
                    "rev1" TEXT,
                    "rev2" INTEGER,

                    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
                );

                -- CreateTable
                CREATE TABLE "reviewers" (
                    "team" TEXT NOT NULL,
                    "number" INTEGER NOT NULL,

                    CONSTRAINT "reviewers_pkey" PRIMARY KEY ("team","number")
                );

                -- CreateTable
                CREATE TABLE "Tag" (
                    "id" TEXT NOT NULL,

                    CONSTRAINT "Tag_pkey" PRIMARY KEY ("id")
                );

                -- CreateTable
                CREATE TABLE "_PostToTag" (
                    "A" INTEGER NOT NULL,
                    "B" TEXT NOT NULL,

                    CONSTRAINT "_PostToTag_AB_pkey" PRIMARY KEY ("A","B")
                );

                -- CreateIndex
                CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

                -- CreateIndex
                CREATE UNIQUE INDEX "titles" ON "Post"("title");

                -- CreateIndex
                CREATE INDEX "Post_authorId_title_idx" ON "Post"("authorId", "title" DESC);

                -- CreateIndex
                CREATE UNIQUE INDEX "Post_slug_locale_key" ON "Post"("slug", "locale");

                -- CreateIndex
                CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");

                -- AddForeignKey
                ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

                -- AddForeignKey
                ALTER TABLE "Post" ADD CONSTRAINT "Post_rev1_rev2_fkey" FOREIGN KEY ("rev1", "rev2") REFERENCES "reviewers"("team", "number") ON DELETE SET NULL ON UPDATE CASCADE;

                -- AddForeignKey
                ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;

                -- AddForeignKey
                ALTER TABLE "_PostToTag" ADD CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag"("id") ON DELETE CASCADE ON UPDATE CASCADE;

                """)
    }

    @Test func `Schemas and extensions of the database come first`() throws {
        let script = try Sample.script(
            .postgresql,
            """
            model User {
              id   Int   @id
              role Role
              tags Tag[]
              @@schema("people")
            }
            model Tag {
              id    Int    @id
              name  String @unique
              users User[]
              @@schema("base")
            }
            enum Role {
              A
              @@schema("base")
            }
            """,
            settings: """
                schemas    = ["people", "base"]
                  extensions = [citext, uuid(map: "uuid-ossp", schema: "base", version: "1.1"), hstore(version: "2")]
                """)
        #expect(
            script == """
                -- CreateSchema
                CREATE SCHEMA IF NOT EXISTS "base";

                -- CreateSchema
                CREATE SCHEMA IF NOT EXISTS "people";

                -- CreateExtension
                CREATE EXTENSION IF NOT EXISTS "citext";

                -- CreateExtension
                CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "base" VERSION "1.1";

                -- CreateExtension
                CREATE EXTENSION IF NOT EXISTS "hstore" WITH VERSION "2";

                -- CreateEnum
                CREATE TYPE "base"."Role" AS ENUM ('A');

                -- CreateTable
                CREATE TABLE "people"."User" (
                    "id" INTEGER NOT NULL,
                    "role" "base"."Role" NOT NULL,

                    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
                );

                -- CreateTable
                CREATE TABLE "base"."Tag" (
                    "id" INTEGER NOT NULL,
                    "name" TEXT NOT NULL,

                    CONSTRAINT "Tag_pkey" PRIMARY KEY ("id")
                );

                -- CreateTable
                CREATE TABLE "base"."_TagToUser" (
                    "A" INTEGER NOT NULL,
                    "B" INTEGER NOT NULL,

                    CONSTRAINT "_TagToUser_AB_pkey" PRIMARY KEY ("A","B")
                );

                -- CreateIndex
                CREATE UNIQUE INDEX "Tag_name_key" ON "base"."Tag"("name");

                -- CreateIndex
                CREATE INDEX "_TagToUser_B_index" ON "base"."_TagToUser"("B");

                -- AddForeignKey
                ALTER TABLE "base"."_TagToUser" ADD CONSTRAINT "_TagToUser_A_fkey" FOREIGN KEY ("A") REFERENCES "base"."Tag"("id") ON DELETE CASCADE ON UPDATE CASCADE;

                -- AddForeignKey
                ALTER TABLE "base"."_TagToUser" ADD CONSTRAINT "_TagToUser_B_fkey" FOREIGN KEY ("B") REFERENCES "people"."User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

                """)
    }

    @Test(arguments: Provider.allCases)
    func `Views are not made, ignored models are, and the client may keep relations itself`(provider: Provider) throws {
        let script = try Sample.script(
            provider,
            """
            model Used {
              id   Int        @id
              tags Ignored[] @ignore
              others Ignored[] @relation("others") @ignore
            }
            model Ignored {
              id     Int    @id
              used   Used   @relation("others", fields: [usedId], references: [id])
              usedId Int
              useds  Used[]
              @@ignore
            }
            view Seen {
              id Int @unique
            }
            """, settings: "relationMode = \"prisma\"")
        let made = script.split(separator: "\n").filter { $0.hasPrefix("CREATE") }.map(String.init)
        var expected = [
            #"CREATE TABLE "Used" ("#, #"CREATE TABLE "Ignored" ("#, #"CREATE TABLE "_IgnoredToUsed" ("#,
            #"CREATE UNIQUE INDEX "_IgnoredToUsed_AB_unique" ON "_IgnoredToUsed"("A", "B");"#,
            #"CREATE INDEX "_IgnoredToUsed_B_index" ON "_IgnoredToUsed"("B");"#,
        ]
        if provider == .postgresql { expected.remove(at: 3) }
        #expect(made == expected)
        #expect(!script.contains("FOREIGN KEY"))
    }

    @Test func `What is added can be told in words`() throws {
        let migration = Migration(creating: try Sample.schema(.postgresql, Self.shop, settings: "extensions = [citext]"))
        #expect(
            migration.summary == """

                [+] Added extensions
                  - citext

                [+] Added enums
                  - Role

                [+] Added tables
                  - User
                  - Post
                  - reviewers
                  - Tag
                  - _PostToTag

                [*] Changed the `Post` table
                  [+] Added unique index on columns (title)
                  [+] Added index on columns (authorId, title)
                  [+] Added unique index on columns (slug, locale)
                  [+] Added foreign key on columns (authorId)
                  [+] Added foreign key on columns (rev1, rev2)

                [*] Changed the `User` table
                  [+] Added unique index on columns (email)

                [*] Changed the `_PostToTag` table
                  [+] Added index on columns (B)
                  [+] Added foreign key on columns (A)
                  [+] Added foreign key on columns (B)

                """)
        #expect(Migration(creating: try Sample.schema(.sqlite, "")).summary == "No difference detected.\n")
    }
}
