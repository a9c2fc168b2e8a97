@testable import PrismaSchema

extension RuleRow {
    /// What names can be, in code and in the database.
    static let names: [RuleRow] = [
        RuleRow(
            .invalidName,
            "model «_A» {\n  id Int @id\n}",
            "the name of the model '_A' begins with '_'",
            good: "model A {\n  id Int @id\n  @@map(\"_A\")\n}"),
        RuleRow(
            .invalidName,
            "model A {\n  «2fa» Int @id\n}",
            "the name of the field '2fa' begins with a digit",
            good: "model A {\n  twoFactor Int @id @map(\"2fa\")\n}"),
        RuleRow(
            .invalidName,
            "model A {\n  id Int @id\n  «größe» Int\n}",
            "the name of the field 'größe' contains 'ö'",
            good: "model A {\n  id Int @id\n  groesse Int @map(\"größe\")\n}"),
        RuleRow(
            .invalidName,
            "enum A {\n  «in-transit»\n}",
            "the name of the enum value 'in-transit' contains '-'",
            good: "enum A {\n  inTransit @map(\"in-transit\")\n}"),
        RuleRow(
            .invalidName,
            "model A {\n  a Int\n  b Int\n  @@id([a, b], name: «\"a b\"»)\n}",
            "the name 'a b' of @@id is not one that code can use",
            good: "model A {\n  a Int\n  b Int\n  @@id([a, b], name: \"ab\")\n}"),
        RuleRow(
            .reservedName,
            "model «String» {\n  id Int @id\n}",
            "'String' is a type of the language and cannot name a model",
            good: "model Text {\n  id Int @id\n}"),
        RuleRow(
            .reservedName,
            "enum «default» {\n  A\n}",
            "'default' is a reserved word and cannot name an enum",
            good: "enum Default {\n  A\n}"),
        RuleRow(
            .duplicateName,
            "model A {\n  id Int @id\n}\nenum «A» {\n  B\n}",
            "the name 'A' is taken by another model",
            good: "model A {\n  id Int @id\n}\nenum B {\n  B\n}"),
        RuleRow(
            .duplicateName,
            "generator a {\n  provider = \"x\"\n}\ngenerator «a» {\n  provider = \"y\"\n}",
            "the name 'a' is taken by another generator",
            good: "generator a {\n  provider = \"x\"\n}\ngenerator b {\n  provider = \"y\"\n}"),
        RuleRow(
            .duplicateName,
            "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"a\", «\"a\"»]\n}",
            "the schema 'a' is named twice",
            good: "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"a\", \"b\"]\n}"),
        RuleRow(
            .duplicateName,
            "datasource db {\n  provider = \"postgresql\"\n  extensions = [a, «a»]\n}",
            "the extension 'a' is named twice",
            good: "datasource db {\n  provider = \"postgresql\"\n  extensions = [a, b]\n}"),
        RuleRow(
            .duplicateField,
            "model A {\n  id Int @id\n  «id» String\n}",
            "the model 'A' has a field 'id' already",
            good: "model A {\n  id Int @id\n  name String\n}"),
        RuleRow(
            .duplicateValue,
            "enum A {\n  B\n  «B»\n}",
            "the enum 'A' has a value 'B' already",
            good: "enum A {\n  B\n  b\n}"),
        RuleRow(
            .duplicateDatabaseName,
            "model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n  @@map(«\"A\"»)\n}",
            "the model 'B' is named 'A' in the database, as the model 'A' is",
            good: "model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n  @@map(\"a\")\n}"),
        RuleRow(
            .duplicateDatabaseName,
            "model A {\n  id Int @id\n  a Int @map(«\"id\"»)\n}",
            "'a' is the column 'id', as 'id' is",
            good: "model A {\n  id Int @id\n  a Int @map(\"ID\")\n}"),
        RuleRow(
            .duplicateDatabaseName,
            "enum A {\n  B\n  C @map(«\"B\"»)\n}",
            "'C' is 'B' in the database, as 'B' is",
            good: "enum A {\n  B\n  C @map(\"c\")\n}"),
        RuleRow(
            .duplicateDatabaseName,
            "model A {\n  id Int @id\n}\nenum B {\n  C\n  @@map(«\"A\"»)\n}",
            "the enum 'B' is named 'A' in the database, as the model 'A' is",
            good: "model A {\n  id Int @id\n}\nenum B {\n  C\n  @@map(\"a\")\n}"),
        RuleRow(
            .duplicateDatabaseName,
            "model A {\n  id Int @id\n  «bs B[]»\n}\nmodel B {\n  id Int @id\n  as A[]\n}\nmodel C {\n  id Int @id\n  @@map(\"_AToB\")\n}",
            "the table of the relation \"AToB\" is named '_AToB' in the database, as the model 'C' is",
            good:
                "model A {\n  id Int @id\n  bs B[] @relation(\"ab\")\n}\nmodel B {\n  id Int @id\n  as A[] @relation(\"ab\")\n}\nmodel C {\n  id Int @id\n  @@map(\"_AToB\")\n}"
        ),
        RuleRow(
            .duplicateConstraintName,
            "model A {\n  id Int @id\n  a Int @unique(map: \"x\")\n  @@index([a], map: «\"x\"»)\n}",
            "@@index of 'A' is named 'x' in the database, as @unique of 'A' is",
            good: "model A {\n  id Int @id\n  a Int @unique(map: \"x\")\n  @@index([a], map: \"y\")\n}"),
        RuleRow(
            .duplicateConstraintName, .sqlite,
            "model A {\n  id Int @id\n  a Int\n  @@index([a])\n  «@@index([a(sort: Desc)])»\n}",
            "@@index of 'A' is named 'A_a_idx' in the database, as @@index of 'A' is",
            good: "model A {\n  id Int @id\n  a Int\n  @@index([a])\n  @@index([a(sort: Desc)], map: \"A_a_desc_idx\")\n}"),
        RuleRow(
            .duplicateConstraintName,
            """
            model A {
              id Int @id
              b  B   @relation("one", fields: [id], references: [id])
              «c  B   @relation("two", fields: [id], references: [id])»
            }
            model B {
              id Int @id
              as A? @relation("one")
              cs A? @relation("two")
            }
            """,
            "the foreign key of 'A.c' is named 'A_id_fkey' in the database, as the foreign key of 'A.b' is",
            good: """
                model A {
                  id Int @id
                  b  B   @relation("one", fields: [id], references: [id])
                  c  B   @relation("two", fields: [id], references: [id], map: "two")
                }
                model B {
                  id Int @id
                  as A? @relation("one")
                  cs A? @relation("two")
                }
                """),
        RuleRow(
            .duplicateIndexName,
            "model A {\n  a Int\n  b Int\n  @@id([a, b], name: \"k\")\n  @@unique([b, a], name: «\"k\"»)\n}",
            "another key of 'A' is named 'k' already",
            good: "model A {\n  a Int\n  b Int\n  @@id([a, b], name: \"k\")\n  @@unique([b, a], name: \"l\")\n}"),
        RuleRow(
            .nameTooLong,
            "model A {\n  id Int @id(map: «\"\(String(repeating: "x", count: 64))\"»)\n}",
            "the name of @id of 'A' has 64 bytes, and PostgreSQL keeps 63",
            good: "model A {\n  id Int @id(map: \"\(String(repeating: "x", count: 63))\")\n}"),
        RuleRow(
            .clientNameClash,
            "model A {\n  a Int\n  b Int\n  a_b Int\n  «@@id([a, b])»\n}",
            "the key is named 'a_b' in the client, as a field of 'A' is",
            good: "model A {\n  a Int\n  b Int\n  a_b Int\n  @@id([a, b], name: \"key\")\n}"),
    ]
}
