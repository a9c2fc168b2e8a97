import PrismaSchema

extension Suite {
    static let schema = Suite("schema", "Validating and formatting schema.prisma, by its number of models", targets: .schema) { runner in
        let sizes = [10, 100, 1_000, 10_000]
        for count in sizes {
            let text = SchemaText.models(count)
            try await runner.measure("validate \(count) models", items: count, of: "model", against: "validate 10 models") {
                try Schema(parsing: text)
            }
        }
        for count in sizes {
            let text = SchemaText.models(count)
            try await runner.measure("format \(count) models", items: count, of: "model", against: "format 10 models") {
                try SchemaFormatter.format(text)
            }
        }
    }
}

/// A schema of any size, of the kind that people write: keys, dates, an enum, indexes, and relations in both directions.
enum SchemaText {
    static func models(_ count: Int) -> String {
        var text = """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }

            enum Status {
              ACTIVE
              PAUSED
              GONE
            }

            """
        for number in 0..<count {
            let next = (number + 1) % count
            let previous = (number + count - 1) % count
            text += """

                /// Item \(number) of the catalogue.
                model Item\(number) {
                  id        Int      @id @default(autoincrement())
                  code      String   @unique @db.VarChar(40)
                  title     String?  @map("display_title")
                  status    Status   @default(ACTIVE)
                  price     Decimal  @default(0) @db.Decimal(12, 2)
                  tags      String[]
                  data      Json?
                  createdAt DateTime @default(now()) @map("created_at")
                  updatedAt DateTime @updatedAt @map("updated_at")
                  nextId    Int
                  next      Item\(next) @relation("Chain\(number)", fields: [nextId], references: [id], onDelete: Cascade)
                  previous  Item\(previous)[] @relation("Chain\(previous)")

                  @@index([status, createdAt(sort: Desc)])
                  @@map("item_\(number)")
                }

                """
        }
        return text
    }
}
