@testable import PrismaSchema

extension RuleRow {
    /// Keys, indexes and database schemas.
    static let keys: [RuleRow] = [
        RuleRow(
            .missingKey,
            "model «A» {\n  a Int\n}",
            "the model 'A' has no key that tells one row from another",
            good: "model A {\n  a Int @unique\n}"),
        RuleRow(
            .missingKey,
            "model «A» {\n  a Int? @unique\n}",
            "the model 'A' has only keys that may be missing in a row",
            good: "model A {\n  a Int?\n  @@ignore\n}"),
        RuleRow(
            .multipleKeys,
            "model A {\n  a Int @id\n  b Int «@id»\n}",
            "the model 'A' has a primary key already",
            good: "model A {\n  a Int\n  b Int\n  @@id([a, b])\n}"),
        RuleRow(
            .multipleKeys,
            "model A {\n  a Int @id\n  b Int\n  «@@id([a, b])»\n}",
            "the model 'A' has a primary key already",
            good: "model A {\n  a Int @id\n  b Int\n  @@unique([a, b])\n}"),
        RuleRow(
            .optionalKey,
            "model A {\n  a Int? «@id»\n}",
            "'a' is optional, but a key must be there in every row",
            good: "model A {\n  a Int @id\n}"),
        RuleRow(
            .optionalKey,
            "model A {\n  a Int\n  b Int[]\n  @@id([a, «b»])\n}",
            "'b' is a list, but a key must be there in every row",
            good: "model A {\n  a Int\n  b Int\n  @@id([a, b])\n}"),
        RuleRow(
            .invalidKeyField,
            "model A {\n  id Int @id\n  bId Int\n  b B «@unique» @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "@unique cannot stand on 'b', which is a relation and no column",
            good:
                "model A {\n  id Int @id\n  bId Int @unique\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}"
        ),
        RuleRow(
            .invalidKeyField,
            "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n  @@index([«b»])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "@@index cannot stand on 'b', which is a relation and no column",
            good:
                "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n  @@index([bId])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .unknownField,
            "model A {\n  id Int @id\n  name String\n  @@index([«nmae»])\n}",
            "@@index names 'nmae', which is no field of 'A'; did you mean 'name'?",
            good: "model A {\n  id Int @id\n  name String\n  @@index([name])\n}"),
        RuleRow(
            .unknownField,
            "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [«bid»], references: [«uid»])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "'fields' names 'bid', which is no field of 'A'; did you mean 'bId'?",
            good:
                "model A {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"
        ),
        RuleRow(
            .repeatedField,
            "model A {\n  id Int @id\n  a Int\n  @@unique([a, «a»])\n}",
            "@@unique names 'a' twice",
            good: "model A {\n  id Int @id\n  a Int\n  @@unique([a, id])\n}"),
        RuleRow(
            .repeatedField,
            "model A {\n  id Int @id\n  b B? @relation(fields: [id, «id»], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "'fields' names 'id' twice",
            good: "model A {\n  id Int @id\n  b B? @relation(fields: [id], references: [id])\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
        RuleRow(
            .emptyFieldList,
            "model A {\n  id Int @id\n  @@index(«[]»)\n}",
            "@@index names no fields",
            good: "model A {\n  id Int @id\n  @@index([id])\n}"),
        RuleRow(
            .indexNotSupported, .sqlite,
            "model A {\n  id Int @id\n  @@index([id], type: «Hash»)\n}",
            "SQLite has no Hash indexes",
            good: "model A {\n  id Int @id\n  @@index([id], type: BTree)\n}"),
        RuleRow(
            .indexNotSupported,
            "model A {\n  id Int @id\n  a String\n  «@@fulltext([a])»\n}",
            "PostgreSQL has no @@fulltext index",
            good: "model A {\n  id Int @id\n  a Unsupported(\"tsvector\")\n  @@index([a], type: Gin)\n}"),
        RuleRow(
            .indexNotSupported,
            "model A {\n  id Int @id\n  a String\n  @@index([«a»], type: Gin)\n}",
            "an index of type Gin has no default way to compare 'a'",
            good: "model A {\n  id Int @id\n  a String\n  @@index([a(ops: raw(\"gin_trgm_ops\"))], type: Gin)\n}"),
        RuleRow(
            .indexNotSupported,
            "model A {\n  id Int @id\n  a String @db.Xml\n  @@index([«a»])\n}",
            "PostgreSQL cannot index 'a', since it is XML",
            good: "model A {\n  id Int @id\n  a String @db.Text\n  @@index([a])\n}"),
        RuleRow(
            .indexNotSupported,
            "model A {\n  id Int @id\n  a String\n  b String\n  «@@index([a, b], type: SpGist)»\n}",
            "an index of type SpGist stands on one field only",
            good: "model A {\n  id Int @id\n  a String\n  @@index([a], type: SpGist)\n}"),
        RuleRow(
            .indexNotSupported,
            "model A {\n  id Int @id\n  a String\n  b String\n  «@@index([a, b], type: Hash)»\n}",
            "an index of type Hash stands on one field only",
            good: "model A {\n  id Int @id\n  a String\n  @@index([a], type: Hash)\n}"),
        RuleRow(
            .unsupportedArgument,
            "model A {\n  id Int @id\n  a String\n  @@index([a], name: «\"x\"», map: \"y\")\n}",
            "'name' and 'map' are the same for an index",
            good: "model A {\n  id Int @id\n  a String\n  @@index([a], name: \"x\")\n}"),
        RuleRow(
            .invalidOperatorClass,
            "model A {\n  id Int @id\n  a Json\n  @@index([a(ops: «JsonPathOps»)], type: Gin)\n}",
            "unknown operator class 'JsonPathOps'; did you mean 'JsonbPathOps'?",
            good: "model A {\n  id Int @id\n  a Json\n  @@index([a(ops: JsonbPathOps)], type: Gin)\n}"),
        RuleRow(
            .invalidOperatorClass,
            "model A {\n  id Int @id\n  a Json\n  @@index([a(ops: «JsonbPathOps»)])\n}",
            "the operator class JsonbPathOps is not one for indexes of type BTree",
            good: "model A {\n  id Int @id\n  a String @db.Inet\n  @@index([a(ops: InetOps)], type: Gist)\n}"),
        RuleRow(
            .invalidOperatorClass,
            "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: «Int8MinMaxOps»)], type: Brin)\n}",
            "the operator class Int8MinMaxOps cannot compare 'a'",
            good: "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: Int4MinMaxOps)], type: Brin)\n}"),
        RuleRow(
            .invalidOperatorClass,
            "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: «ArrayOps»)], type: Gin)\n}",
            "the operator class ArrayOps cannot compare 'a'",
            good: "model A {\n  id Int @id\n  a Int[]\n  @@index([a(ops: ArrayOps)], type: Gin)\n}"),
        RuleRow(
            .invalidOperatorClass,
            "model A {\n  id Int @id\n  a Int\n  @@unique([a(ops: «raw(\"x\")»)])\n}",
            "only @@index has operator classes, @@unique has not",
            good: "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: raw(\"x\"))])\n}"),
        RuleRow(
            .invalidOperatorClass, .sqlite,
            "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: «raw(\"x\")»)])\n}",
            "SQLite has no operator classes",
            good: "model A {\n  id Int @id\n  a Int\n  @@index([a])\n}"),
        RuleRow(
            .argumentType,
            "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: «raw(1)»)])\n}",
            "'ops' of 'a' in @@index is an operator class such as JsonbPathOps, or raw(\"…\"), not the function 'raw'",
            good: "model A {\n  id Int @id\n  a Int\n  @@index([a(ops: raw(\"int4_ops\"))])\n}"),
        RuleRow(
            .missingSchema,
            "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"a\"]\n}\nmodel «A» {\n  id Int @id\n}",
            "the model 'A' does not say in which schema of the database it lives",
            good: "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"a\"]\n}\nmodel A {\n  id Int @id\n  @@schema(\"a\")\n}"),
        RuleRow(
            .unknownSchema,
            "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"auth\"]\n}\nenum A {\n  B\n  @@schema(«\"auht\"»)\n}",
            "the datasource has no schema 'auht'; did you mean 'auth'?",
            good: "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"auth\"]\n}\nenum A {\n  B\n  @@schema(\"auth\")\n}"),
        RuleRow(
            .schemaNotSupported, .sqlite,
            "model A {\n  id Int @id\n  @@schema(«\"a\"»)\n}",
            "SQLite has no schemas inside of a database",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .view,
            "view A {\n  id Int\n  «@@index([id])»\n}",
            "a view has no indexes, so @@index has no effect",
            good: "view A {\n  id Int @unique\n}"),
    ]
}
