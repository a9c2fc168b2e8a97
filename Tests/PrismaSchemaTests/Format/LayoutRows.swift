extension FormatRow {
    /// The layout of what is there.
    static let layout: [FormatRow] = [
        FormatRow("nothing", ""),
        FormatRow("only blank lines", "\n\n \n", ""),
        FormatRow("only a comment", "// a\n"),
        FormatRow("a comment without a line break behind it", "// a", "// a\n"),
        FormatRow(
            "columns",
            """
            model   User{
              id Int @id   @default( autoincrement( ) )
              emailAddress    String? @unique// mail
             a Unsupported( "x y" ) [ ]
            }
            """,
            """
            model User {
              id           Int                  @id @default(autoincrement())
              emailAddress String?              @unique // mail
              a            Unsupported("x y")[]
            }

            """),
        FormatRow(
            "settings",
            """
            datasource db{
              provider="sqlite" // here
              url   =   env( "URL" )
              // relationMode = "prisma"


              extensions=[ a,b( map:"c" ) ]
            }
            """,
            """
            datasource db {
              provider = "sqlite" // here
              url      = env("URL")
              // relationMode = "prisma"

              extensions = [a, b(map: "c")]
            }

            """),
        FormatRow(
            "an enum",
            """
            enum A {
              B // first
              LONG_NAME @map( "long" )
              C @map("c")
              @@map("a")
            }
            """,
            """
            enum A {
              B // first
              LONG_NAME @map("long")
              C         @map("c")

              @@map("a")
            }

            """),
        FormatRow(
            "each group of lines has columns of its own",
            """
            model A {

              id Int @id
              // between
              name String @db.Text


              veryLongName Boolean @default(true)

            }
            """,
            """
            model A {
              id   Int    @id
              // between
              name String @db.Text

              veryLongName Boolean @default(true)
            }

            """),
        FormatRow(
            "attributes have an order",
            """
            model A {
              @@map("a")
              @@index([b])
              id Int @db.Integer @map("i") @default(1) @unique @id
              b  Int @ignore @updatedAt
              @@unique([b])

              @@schema("x")
              @@id([id])
            }
            """,
            """
            model A {
              id Int @id @unique @default(1) @map("i") @db.Integer
              b  Int @updatedAt @ignore

              @@id([id])
              @@unique([b])
              @@index([b])
              @@map("a")
              @@schema("x")
            }

            """),
        FormatRow(
            "comments go with the attribute below them",
            """
            model A {
              // of the map
              @@map("a")
              // of the field
              id Int @id
              /// of the index
              // in two lines
              @@index([id]) // and behind

              // at the end
            }
            """,
            """
            model A {
              // of the field
              id Int @id

              // at the end

              /// of the index
              // in two lines
              @@index([id]) // and behind
              // of the map
              @@map("a")
            }

            """),
        FormatRow(
            "a comment above a blank line and an attribute does not go to the next field",
            """
            model A {
              id Int @id
              /// loose

              @@index([id])
              name String
            }
            """,
            """
            model A {
              id Int @id
              /// loose

              name String

              @@index([id])
            }

            """),
        FormatRow(
            "blocks stand apart, and what is above stays above",
            """
            // about nothing


            // about A
            model A {
              id Int @id
            }
            /// about B
            model B { // here
              id Int @id
            } // there
            enum C {
              D
            }
            // the end
            """,
            """
            // about nothing

            // about A
            model A {
              id Int @id
            }

            /// about B
            model B { // here
              id Int @id
            } // there

            enum C {
              D
            }

            // the end

            """),
        FormatRow("CRLF", "model A {\r\n  id Int @id\r\n}\r\n/* a\r\nb */\r\n", "model A {\n  id Int @id\n}\n\n/* a\nb */\n"),
        FormatRow("CR", "model A {\r  id Int @id\r}\r", "model A {\n  id Int @id\n}\n"),
        FormatRow("a byte order mark", "\u{FEFF}// a\n", "// a\n"),
        FormatRow("spaces behind comments", "// a  \n/// b\t\n", "// a\n/// b\n"),
        FormatRow("spaces of Unicode", "model\u{A0}A {\n\u{3000}id\u{2003}Int @id\n}", "model A {\n  id Int @id\n}\n"),
        FormatRow(
            "an attribute over several lines",
            """
            model A {
              id Int @id
              @@index(
                [
                  id,
                  id,
                ],
                map: "x",
              )
            }
            """,
            """
            model A {
              id Int @id

              @@index([id, id], map: "x")
            }

            """),
        FormatRow(
            "an attribute with a comment inside keeps its lines",
            """
            model A {
              id Int @id @default( // one
                1)
              @@index([id, // two
                name])
              name String
            }
            """,
            """
            model A {
              id   Int    @id @default( // one
                1)
              name String

              @@index([id, // two
                name])
            }

            """),
        FormatRow("a list setting with a comment inside", "generator g {\n  a = [ // x\n    1]\n}\n"),
        FormatRow("strings are not touched", "generator g {\n  a = \"  x // \\\"y  \"\n}\n"),
        FormatRow("wide characters", "model A {\n  id Unsupported(\"größe\") @id\n  b  Int                  @id\n}\n"),
        FormatRow(
            "arguments without names or values", "model A {\n  id Int @unique()\n  @@id(id)\n}\n",
            "model A {\n  id Int @unique()\n\n  @@id(id)\n}\n"),
        FormatRow("only attributes", "model A {\n  @@map(\"a\")\n}\n"),
        FormatRow("an empty block", "model A {\n\n}\n", "model A {\n}\n"),
    ]
}
