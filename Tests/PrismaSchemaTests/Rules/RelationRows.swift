@testable import PrismaSchema

extension RuleRow {
    /// Relations, from both ends.
    static let relations: [RuleRow] = [
        RuleRow(
            .missingOpposite,
            "model A {\n  id Int @id\n  «b B @relation(fields: [id], references: [id])»\n}\nmodel B {\n  id Int @id\n}",
            "the relation 'b' has no opposite field in the model 'B'",
            good: "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"),
        RuleRow(
            .missingOpposite,
            "model A {\n  id Int @id\n  «b A[]»\n}",
            "the relation 'b' has no opposite field in the model 'A'",
            good: "model A {\n  id Int @id\n  b A[] @relation(\"x\")\n  c A[] @relation(\"x\")\n}"),
        RuleRow(
            .ambiguousRelation,
            """
            model A {
              id Int @id
              «b  B   @relation(fields: [id], references: [id])»
              «c  B   @relation(fields: [id], references: [id])»
            }
            model B {
              id Int @id
              as A[]
            }
            """,
            "the fields 'b' and 'c' of 'A' all refer to 'B', so the other ends cannot be told apart",
            good: """
                model A {
                  id Int @id
                  cId Int
                  b  B   @relation("b", fields: [id], references: [id])
                  c  B   @relation("c", fields: [cId], references: [id])
                }
                model B {
                  id Int @id
                  as A? @relation("b")
                  cs A[] @relation("c")
                }
                """),
        RuleRow(
            .ambiguousRelation,
            "model A {\n  id Int @id\n  up Int?\n  «a A? @relation(fields: [up], references: [id])»\n  «b A[]»\n}",
            "the fields 'a' and 'b' of 'A' refer to 'A' itself without saying how they belong together",
            good: "model A {\n  id Int @id\n  up Int?\n  a A? @relation(\"x\", fields: [up], references: [id])\n  b A[] @relation(\"x\")\n}"
        ),
        RuleRow(
            .ambiguousRelation,
            "model A {\n  id Int @id\n  «a A[] @relation(\"x\")»\n  «b A[] @relation(\"x\")»\n  «c A[] @relation(\"x\")»\n}",
            "the relation \"x\" has too many ends: 'a', 'b' and 'c' of 'A'",
            good: "model A {\n  id Int @id\n  a A[] @relation(\"x\")\n  b A[] @relation(\"x\")\n}"),
        RuleRow(
            .relationFields,
            "model A {\n  id Int @id\n  bId Int\n  «b B»\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "the relation 'A.b' does not say on which fields it stands: 'fields' and 'references' missing",
            good: "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: bId, references: id)\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .relationFields,
            "model A {\n  id Int @id\n  bId Int\n  b B «@relation(fields: [bId])»\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "the relation 'A.b' does not say on which fields it stands: 'references' missing",
            good:
                "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .relationFields,
            "model A {\n  id Int @id\n  bId Int\n  b B\n}\nmodel B {\n  id Int @id\n  a A[] «@relation(fields: [id], references: [bId])»\n}",
            "'B.a' is a list, so the key is held by 'A.b', where 'fields' and 'references' belong",
            good:
                "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .relationFields,
            "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A? «@relation(fields: [id], references: [id])»\n}",
            "both 'A.b' and 'B.a' name 'fields' or 'references', but only one end holds the key",
            good: "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"),
        RuleRow(
            .relationFields,
            "model A {\n  id Int @id\n  b B? @relation(fields: [«b»], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}",
            "'fields' names the relation 'b'; it must name the field that holds the key",
            good: "model A {\n  id Int @id\n  b B? @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"),
        RuleRow(
            .relationFields,
            "model A {\n  id Int @id\n  x Int\n  b B «@relation(fields: [id, x], references: [id])»\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "'fields' names 2 and 'references' names 1",
            good:
                "model A {\n  id Int @id\n  x Int\n  b B @relation(fields: [id, x], references: [x, id])\n}\nmodel B {\n  id Int @id\n  x Int\n  a A[]\n  @@unique([id, x])\n}"
        ),
        RuleRow(
            .relationTypes,
            "model A {\n  id Int @id\n  bId String\n  b B @relation(fields: [«bId»], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "'A.bId' and 'B.id' differ in type",
            good:
                "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .relationTypes,
            "model A {\n  id Int @id\n  bId Int[]\n  b B @relation(fields: [«bId»], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "'bId' is a list, which no foreign key can stand on",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
        RuleRow(
            .relationArity,
            "model A {\n  id Int @id\n  bId Int?\n  b «B» @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "'b' is required, but 'bId', on which it stands, is optional",
            good:
                "model A {\n  id Int @id\n  bId Int?\n  b B? @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .relationArity,
            "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  «a A»\n}",
            "'B.a' cannot be required, since no database can see to it that such a row exists",
            good: "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"),
        RuleRow(
            .relationNotUnique,
            "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: «[bId]», references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}",
            "the relation 'A.b' is one-to-one, but several rows could hold the same 'bId'",
            good:
                "model A {\n  id Int @id\n  bId Int @unique\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"
        ),
        RuleRow(
            .relationReferences,
            "model A {\n  id Int @id\n  b B @relation(fields: [id], references: «[x]»)\n}\nmodel B {\n  id Int @id\n  x Int\n  a A[]\n}",
            "'references' must name a key of 'B', which 'x' is not",
            good:
                "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [x])\n}\nmodel B {\n  id Int @id\n  x Int @unique\n  a A[]\n}"
        ),
        RuleRow(
            .manyToMany,
            "model A {\n  id Int @id\n  «b B[]»\n}\nmodel B {\n  x Int\n  y Int\n  a A[]\n  @@id([x, y])\n}",
            "the many-to-many relation 'A.b' needs 'B' to have a key of one field",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  x Int @id\n  y Int\n  a A[]\n}"),
        RuleRow(
            .manyToMany,
            "model A {\n  id Int @id\n  b B[] @relation(references: «[id]»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "a many-to-many relation has no 'fields' and 'references': its table holds the keys of both ends",
            good: "model A {\n  id Int @id\n  b B[] @relation(\"x\")\n}\nmodel B {\n  id Int @id\n  a A[] @relation(\"x\")\n}"),
        RuleRow(
            .referentialAction,
            "model A {\n  id Int @id\n  b B[] @relation(onDelete: «Cascade»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "a many-to-many relation has no actions: its pairs go when a row at either end goes",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
        RuleRow(
            .referentialAction,
            "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[] @relation(onDelete: «Cascade»)\n}",
            "'onDelete' and 'onUpdate' belong to the end that holds the key, 'A.b'",
            good:
                "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id], onDelete: Cascade)\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .referentialAction, .sqlite,
            "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id], onDelete: «SetNull»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "onDelete: SetNull cannot work, since 'id' is required",
            good:
                "model A {\n  id Int @id\n  bId Int?\n  b B? @relation(fields: [bId], references: [id], onDelete: SetNull)\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .referentialAction,
            "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\nmodel A {\n  id Int @id\n  b B @relation(fields: [id], references: [id], onUpdate: «NoAction»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "NoAction is an action of the database, which relationMode = \"prisma\" does without",
            good:
                "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\nmodel A {\n  id Int @id\n  b B @relation(fields: [id], references: [id], onUpdate: Restrict)\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .ignoredModel,
            "model A {\n  id Int @id\n  «b B @relation(fields: [id], references: [id])»\n}\nmodel B {\n  id Int @id\n  a A[]\n  @@ignore\n}",
            "'b' refers to 'B', which is ignored",
            good:
                "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id]) @ignore\n}\nmodel B {\n  id Int @id\n  a A[]\n  @@ignore\n}"
        ),
        RuleRow(
            .missingRelationIndex,
            "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\nmodel A {\n  id Int @id\n  bId Int\n  b B «@relation(fields: [bId], references: [id])»\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "with relationMode = \"prisma\" no index comes with the relation, so that following it reads the whole table",
            good:
                "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\nmodel A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n  @@index([bId, id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
    ]
}
