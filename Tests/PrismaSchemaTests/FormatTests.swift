import PrismaSchema
import Testing

/// What a text becomes. Rows without a second text are in their proper layout already.
struct FormatRow: CustomTestStringConvertible {
    let name: String
    let text: String
    let expected: String

    init(_ name: String, _ text: String, _ expected: String? = nil) {
        self.name = name
        self.text = text
        self.expected = expected ?? text
    }

    var testDescription: String { name }
}

@Suite struct FormatTests {
    static let rows = [
        FormatRow("nothing", ""),
        FormatRow("only blank lines", "\n\n \n", ""),
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
    ]

    @Test(arguments: rows)
    func formats(_ row: FormatRow) throws {
        let formatted = try SchemaFormatter.format(row.text)
        #expect(formatted == row.expected)
        #expect(try SchemaFormatter.format(formatted) == formatted)
    }
}
