import PrismaSchema
import Testing

@Suite struct ModelTests {
    @Test func readsTheOrdinaryCase() throws {
        let schema = try Schema(
            parsing: """
                datasource db {
                  provider = "postgresql"
                  url      = env("DATABASE_URL")
                }

                /// Who writes.
                model User {
                  id        Int      @id @default(autoincrement())
                  email     String   @unique @map("e_mail")
                  role      Role     @default(READER)
                  createdAt DateTime @default(now())
                  posts     Post[]
                  tags      Tag[]

                  @@map("users")
                }

                model Post {
                  id       Int     @id
                  title    String? /// What it is called.
                  authorId Int
                  author   User    @relation(fields: [authorId], references: [id], onDelete: Cascade)

                  @@index([authorId, title(sort: Desc)])
                }

                model Tag {
                  name  String @id
                  users User[]
                }

                enum Role {
                  READER
                  WRITER @map("writer")
                }
                """)
        #expect(schema.provider == .postgresql)
        #expect(schema.datasource?.url == .environment("DATABASE_URL"))
        let user = try #require(schema.model(named: "User"))
        #expect(user.databaseName == "users")
        #expect(user.documentation == "Who writes.")
        #expect(user.primaryKey?.databaseName == "users_pkey")
        #expect(user.uniques.map(\.databaseName) == ["users_e_mail_key"])
        #expect(user.field(named: "role")?.default == .literal(.enumValue("READER")))
        #expect(user.field(named: "posts")?.relation?.kind == .oneToMany)
        #expect(user.field(named: "posts")?.relation?.references == ["authorId"])
        #expect(user.field(named: "tags")?.relation?.joinTable?.databaseName == "_TagToUser")
        #expect(user.field(named: "tags")?.relation?.joinTable?.column == "B")
        let author = try #require(schema.model(named: "Post")?.field(named: "author")?.relation)
        #expect(author.constraintName == "Post_authorId_fkey")
        #expect(author.onDelete == .cascade)
        #expect(author.onUpdate == .cascade)
        #expect(schema.model(named: "Post")?.field(named: "title")?.documentation == "What it is called.")
        #expect(schema.model(named: "Post")?.indexes.map(\.databaseName) == ["Post_authorId_title_idx"])
        #expect(schema.enumeration(named: "Role")?.values.map(\.databaseName) == ["READER", "writer"])
    }
}
