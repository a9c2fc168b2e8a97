@testable import PrismaSchema

extension RuleRow {
    /// Attributes, their arguments, and where they can stand.
    static let attributes: [RuleRow] = [
        RuleRow(
            .unknownAttribute,
            "model A {\n  id Int @id\n  a Int «@uniqe»\n}",
            "unknown attribute @uniqe; did you mean @unique?",
            good: "model A {\n  id Int @id\n  a Int @unique\n}"),
        RuleRow(
            .unknownAttribute,
            "model A {\n  id Int @id\n  «@@idnex([id])»\n}",
            "unknown attribute @@idnex; did you mean @@index?",
            good: "model A {\n  id Int @id\n  @@index([id])\n}"),
        RuleRow(
            .unknownAttribute,
            "model A {\n  id Int @id\n  a String «@pg.Text»\n}",
            "unknown attribute @pg.Text",
            good: "model A {\n  id Int @id\n  a String @db.Text\n}"),
        RuleRow(
            .unknownAttribute,
            "enum A {\n  B «@id»\n}",
            "unknown attribute @id",
            good: "enum A {\n  B @map(\"b\")\n}"),
        RuleRow(
            .unknownAttribute,
            "enum A {\n  B\n  «@@index([B])»\n}",
            "unknown attribute @@index",
            good: "enum A {\n  B\n  @@map(\"b\")\n}"),
        RuleRow(
            .duplicateAttribute,
            "model A {\n  id Int @id «@id»\n}",
            "@id is given twice",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .duplicateAttribute,
            "model A {\n  id Int @id\n  @@map(\"a\")\n  «@@map(\"b\")»\n}",
            "@@map is given twice",
            good: "model A {\n  id Int @id\n  @@map(\"a\")\n}"),
        RuleRow(
            .duplicateAttribute,
            "enum A {\n  B\n  @@map(\"a\")\n  «@@map(\"b\")»\n}",
            "@@map is given twice",
            good: "enum A {\n  B\n  @@map(\"a\")\n}"),
        RuleRow(
            .duplicateAttribute,
            "enum A {\n  B @map(\"a\") «@map(\"b\")»\n}",
            "@map is given twice",
            good: "enum A {\n  B @map(\"a\")\n}"),
        RuleRow(
            .attributeNotAllowed,
            "model A {\n  id Int @id\n  a Int «@relation(\"x\")»\n}",
            "'a' is no relation, since its type is not a model",
            good: "model A {\n  id Int @id\n  a Int\n}"),
        RuleRow(
            .attributeNotAllowed,
            "model A {\n  id Int @id\n  b B[] @map(«\"x\"»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "the relation 'b' is no column, so it has no name in the database",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
        RuleRow(
            .attributeNotAllowed,
            "model A {\n  id Int @id\n  b B[] «@db.Text»\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "the relation 'b' is no column, so it has no type in the database",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
        RuleRow(
            .attributeNotAllowed,
            "model A {\n  id Int @id\n  b B «@db.Text»\n}\nenum B {\n  C\n}",
            "the type of 'b' is one of the database already",
            good: "model A {\n  id Int @id\n  b B\n}\nenum B {\n  C\n}"),
        RuleRow(
            .attributeNotAllowed,
            "model A {\n  id Int @id\n  «b Unsupported(\"x\") @ignore»\n}",
            "a field of an unsupported type is kept out of the client without @ignore",
            good: "model A {\n  id Int @id\n  b Unsupported(\"x\")\n}"),
        RuleRow(
            .attributeNotAllowed,
            "model A {\n  id Int @id\n  «b Int @ignore»\n  @@ignore\n}",
            "'b' needs no @ignore, since all of 'A' is ignored",
            good: "model A {\n  id Int @id\n  b Int\n  @@ignore\n}"),
        RuleRow(
            .unknownArgument,
            "model A {\n  id Int @id(«mpa»: \"x\")\n}",
            "@id has no argument 'mpa'; did you mean 'map'?",
            good: "model A {\n  id Int @id(map: \"x\")\n}"),
        RuleRow(
            .unknownArgument,
            "model A {\n  id Int @id\n  a DateTime @updatedAt(«1»)\n}",
            "@updatedAt takes no arguments",
            good: "model A {\n  id Int @id\n  a DateTime @updatedAt\n}"),
        RuleRow(
            .unknownArgument,
            "model A {\n  id Int @id\n  @@index([id], «\"x\"»)\n}",
            "@@index has one argument without a name too many",
            good: "model A {\n  id Int @id\n  @@index([id], map: \"x\")\n}"),
        RuleRow(
            .unknownArgument,
            "model A {\n  id Int @id @default(«autoincrement(1)»)\n}",
            "autoincrement() takes no arguments",
            good: "model A {\n  id Int @id @default(autoincrement())\n}"),
        RuleRow(
            .duplicateArgument,
            "model A {\n  id Int @id\n  @@index([id], «fields: [id]»)\n}",
            "@@index is given 'fields' twice",
            good: "model A {\n  id Int @id\n  @@index(fields: [id])\n}"),
        RuleRow(
            .missingArgument,
            "model A {\n  id Int @id «@map»\n}",
            "@map needs 'name'",
            good: "model A {\n  id Int @id @map(name: \"x\")\n}"),
        RuleRow(
            .missingArgument,
            "model A {\n  id Int @id «@default()»\n}",
            "@default needs 'value'",
            good: "model A {\n  id Int @id @default(value: 1)\n}"),
        RuleRow(
            .missingArgument,
            "model A {\n  id Int @id\n  «@@index(map: \"x\")»\n}",
            "@@index needs 'fields'",
            good: "model A {\n  id Int @id\n  @@index([id], map: \"x\")\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id(map: «x»)\n}",
            "'map' of @id is a string in double quotes, not the word 'x'",
            good: "model A {\n  id Int @id(map: \"x\")\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id @map(«\"\"»)\n}",
            "the name in the database is empty",
            good: "model A {\n  id Int @id @map(\"x\")\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id(map: «\"\"»)\n}",
            "'map' is empty",
            good: "model A {\n  id Int @id(map: \"x\")\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id\n  @@index([id(sort: «desc»)])\n}",
            "'desc' is no value of 'sort'; did you mean 'Desc'?",
            good: "model A {\n  id Int @id\n  @@index([id(sort: Desc)])\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id\n  @@index([id], type: «\"Hash\"»)\n}",
            "'type' of @@index is one of BTree, Hash, Gin, Gist, SpGist, Brin, not a string",
            good: "model A {\n  id Int @id\n  @@index([id], type: Hash)\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id String @id @default(«uuid(5)»)\n}",
            "uuid() takes no argument, or 4 or 7",
            good: "model A {\n  id String @id @default(uuid(7))\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id String @id @default(«nanoid(1)»)\n}",
            "nanoid() takes no argument, or a number from 2 to 255",
            good: "model A {\n  id String @id @default(nanoid(12))\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id String @id @default(«dbgenerated(\"\")»)\n}",
            "dbgenerated() takes no argument, or one string that is not empty",
            good: "model A {\n  id String @id @default(dbgenerated())\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id\n  a A[] @relation(«\"\"»)\n  b A[] @relation(\"x\")\n  c A[] @relation(\"x\")\n}",
            "the name of the relation is empty",
            good: "model A {\n  id Int @id\n  b A[] @relation(\"x\")\n  c A[] @relation(\"x\")\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id\n  @@index([«\"id\"»])\n}",
            "'fields' of @@index is a list of field names, not a string",
            good: "model A {\n  id Int @id\n  @@index([id])\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id\n  @@index([id], type: BTree, map: «1»)\n}",
            "'map' of @@index is a string in double quotes, not a number",
            good: "model A {\n  id Int @id\n  @@index([id], type: BTree, map: \"a\")\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int @id\n  a String\n  @@index([«a(length: 10)»])\n}",
            "PostgreSQL indexes whole values, not the first 10 bytes",
            good: "model A {\n  id Int @id\n  a String\n  @@index([a])\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int «@id(sort: Desc)»\n}",
            "PostgreSQL keeps no order in a primary key",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int @id(clustered: «false»)\n}",
            "PostgreSQL has no clustered indexes of this kind",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unsupportedArgument, .sqlite,
            "model A {\n  id Int @id(map: «\"pk\"»)\n}",
            "SQLite has no names for primary keys",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int @id @default(1, map: «\"d\"»)\n}",
            "PostgreSQL has no names for defaults",
            good: "model A {\n  id Int @id @default(1)\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int @id\n  a Int\n  @@index([«a(sort: Desc)»], type: Hash)\n}",
            "an index of type Hash has no order",
            good: "model A {\n  id Int @id\n  a Int\n  @@index([a], type: Hash)\n}"),
        RuleRow(
            .unsupportedArgument, .sqlite,
            "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id], map: «\"fk\"»)\n}\nmodel B {\n  id Int @id\n  a A?\n}",
            "SQLite has no names for foreign keys",
            good: "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int @id\n  b B[] @relation(map: «\"x\"»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "a many-to-many relation has no 'map'",
            good: "model A {\n  id Int @id\n  b B[] @relation(\"x\")\n}\nmodel B {\n  id Int @id\n  a A[] @relation(\"x\")\n}"),
    ]
}
