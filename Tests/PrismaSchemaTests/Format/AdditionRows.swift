extension FormatRow {
    /// What relations miss.
    static let additions: [FormatRow] = [
        FormatRow(
            "the list at the other end",
            """
            model User {
              id Int @id

              @@map("users")
            }

            model Post {
              id       Int  @id
              authorId Int
              author   User @relation(fields: [authorId], references: [id])
            }

            """,
            """
            model User {
              id    Int    @id
              posts Post[]

              @@map("users")
            }

            model Post {
              id       Int  @id
              authorId Int
              author   User @relation(fields: [authorId], references: [id])
            }

            """),
        FormatRow(
            "the single end of a unique key, named as the relation is",
            """
            model User {
              id Int @id
              // the end
            }

            model Category {
              id   Int  @id
              user User @relation("one", fields: [id], references: [id])
            }

            """,
            """
            model User {
              id Int @id
              // the end

              category Category? @relation("one")
            }

            model Category {
              id   Int  @id
              user User @relation("one", fields: [id], references: [id])
            }

            """),
        FormatRow(
            "a name that is taken",
            """
            model User {
              id    Int    @id
              posts String
            }

            model Post {
              id       Int  @id
              authorId Int
              author   User @relation(fields: [authorId], references: [id])
            }

            """,
            """
            model User {
              id     Int    @id
              posts  String
              posts2 Post[]
            }

            model Post {
              id       Int  @id
              authorId Int
              author   User @relation(fields: [authorId], references: [id])
            }

            """),
        FormatRow(
            "the end with the key",
            """
            model User {
              id    String @id @db.Uuid
              posts Post[]
            }

            model Post {
              id Int @id
            }

            """,
            """
            model User {
              id    String @id @db.Uuid
              posts Post[]
            }

            model Post {
              id     Int     @id
              user   User?   @relation(fields: [userId], references: [id])
              userId String? @db.Uuid
            }

            """),
        FormatRow(
            "the key and the attribute",
            """
            model User {
              id    Int    @id
              posts Post[]
            }

            model Post {
              id     Int  @id
              author User // who
            }

            """,
            """
            model User {
              id    Int    @id
              posts Post[]
            }

            model Post {
              id     Int  @id
              author User @relation(fields: [userId], references: [id]) // who
              userId Int
            }

            """),
        FormatRow(
            "the attribute for a key that is there",
            """
            model User {
              id    Int    @id
              posts Post[]
            }

            model Post {
              id       Int   @id
              author   User?
              authorId Int?
            }

            """,
            """
            model User {
              id    Int    @id
              posts Post[]
            }

            model Post {
              id       Int   @id
              author   User? @relation(fields: [authorId], references: [id])
              authorId Int?
            }

            """),
        FormatRow(
            "the arguments that are missing",
            """
            model User {
              id    Int    @id
              posts Post[] @relation("x")
            }

            model Post {
              id       Int  @id
              author   User @relation("x", fields: [authorId],)
              authorId Int
            }

            """,
            """
            model User {
              id    Int    @id
              posts Post[] @relation("x")
            }

            model Post {
              id       Int  @id
              author   User @relation("x", fields: [authorId], references: [id])
              authorId Int
            }

            """),
        FormatRow(
            "a composite key",
            """
            model User {
              tenant Int
              kind   Kind
              posts  Post[]

              @@id([tenant, kind])
            }

            model Post {
              id     Int  @id
              author User
            }

            enum Kind {
              A
            }

            """,
            """
            model User {
              tenant Int
              kind   Kind
              posts  Post[]

              @@id([tenant, kind])
            }

            model Post {
              id         Int  @id
              author     User @relation(fields: [userTenant, userKind], references: [tenant, kind])
              userTenant Int
              userKind   Kind
            }

            enum Kind {
              A
            }

            """),
        FormatRow(
            "a one-to-one key is unique",
            """
            model User {
              id   Int   @id
              post Post?
            }

            model Post {
              id     Int  @id
              author User
            }

            """,
            """
            model User {
              id   Int   @id
              post Post?
            }

            model Post {
              id     Int  @id
              author User @relation(fields: [userId], references: [id])
              userId Int  @unique
            }

            """),
        FormatRow(
            "both ends and the key",
            """
            model User {
              id Int @id
            }

            model Post {
              id     Int  @id
              author User
            }

            """,
            """
            model User {
              id    Int    @id
              posts Post[]
            }

            model Post {
              id     Int  @id
              author User @relation(fields: [userId], references: [id])
              userId Int
            }

            """),
        FormatRow(
            "a relation of a model with itself that has a name",
            """
            model Part {
              id       Int   @id
              parentId Int?
              parent   Part? @relation("tree", fields: [parentId], references: [id])
            }

            """,
            """
            model Part {
              id       Int    @id
              parentId Int?
              parent   Part?  @relation("tree", fields: [parentId], references: [id])
              parts    Part[] @relation("tree")
            }

            """),
        FormatRow(
            "an ignored model",
            """
            model User {
              id Int @id
            }

            model Post {
              id       Int  @id
              authorId Int
              author   User @relation(fields: [authorId], references: [id])

              @@ignore
            }

            """,
            """
            model User {
              id    Int    @id
              posts Post[] @ignore
            }

            model Post {
              id       Int  @id
              authorId Int
              author   User @relation(fields: [authorId], references: [id])

              @@ignore
            }

            """),
    ]

    /// What only the author can know.
    static let untouched: [FormatRow] = [
        FormatRow("two relations that cannot be told apart", "model A {\n  id Int @id\n  b  B\n  c  B\n}\n\nmodel B {\n  id Int @id\n}\n"),
        FormatRow("a relation of a model with itself without a name", "model A {\n  id Int @id\n  as A[]\n}\n"),
        FormatRow("a model without a key", "model A {\n  id Int @id\n  b  B\n}\n\nmodel B {\n  id Int\n  as A[]\n}\n"),
        FormatRow("a type that is not there", "model A {\n  id Int @id\n  b  B\n  c  C\n}\n\nmodel B {\n  id Int @id\n}\n"),
        FormatRow(
            "a name that is no field",
            "model A {\n  id Int @id\n  b  B   @relation(fields: [x], references: [id])\n}\n\nmodel B {\n  id Int @id\n  as A[]\n}\n"),
    ]
}
