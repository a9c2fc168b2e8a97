/// Schemas that are right and wrong in known ways.
enum SampleSchemas {
    static let datasource = "datasource db {\n  provider = \"sqlite\"\n  url      = \"file:dev.db\"\n}\n"

    static let good =
        datasource + """

            model User {
              id    Int    @id
              posts Post[]
            }

            model Post {
              id       Int  @id
              author   User @relation(fields: [authorId], references: [id])
              authorId Int
            }

            """

    static let user = "model User {\n  id Int @id\n}\n"
    static let unknownType = datasource + "\nmodel User {\n  id   Int   @id\n  name Strng\n}\n"
}
