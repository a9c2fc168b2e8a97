@testable import PrismaSchema

extension RuleRow {
    /// Types of fields, their defaults, and what the database makes of them.
    static let fields: [RuleRow] = [
        RuleRow(
            .unknownType,
            "model A {\n  id Int @id\n  a «Strng»\n}",
            "unknown type 'Strng'; did you mean 'String'?",
            good: "model A {\n  id Int @id\n  a String\n}"),
        RuleRow(
            .unknownType,
            "model A {\n  id Int @id\n  a «Integer»\n}",
            "unknown type 'Integer'; did you mean 'Int'?",
            good: "model A {\n  id Int @id\n  a Int\n}"),
        RuleRow(
            .unknownType,
            "model A {\n  id Int @id\n  a «Timestamp»?\n}",
            "unknown type 'Timestamp'; did you mean 'DateTime'?",
            good: "model A {\n  id Int @id\n  a DateTime?\n}"),
        RuleRow(
            .unknownType,
            "model A {\n  id Int @id\n  a «Unsupported(\"VarChar(3)\")»\n}",
            "the type 'VarChar(3)' is supported, so Unsupported(\"…\") is not needed",
            good: "model A {\n  id Int @id\n  a String @db.VarChar(3)\n}"),
        RuleRow(
            .typesNotSupported,
            "«type A» {\n  b Int\n}",
            "PostgreSQL has no composite types",
            good: "model A {\n  b Int @id\n}"),
        RuleRow(
            .listNotSupported, .sqlite,
            "model A {\n  id Int @id\n  «a String[]»\n}",
            "SQLite has no lists, so 'a' cannot be one",
            good: "model A {\n  id Int @id\n  a Json\n}"),
        RuleRow(
            .emptyEnum,
            "enum «A» {\n}",
            "the enum 'A' has no values",
            good: "enum A {\n  B\n}"),
        RuleRow(
            .emptyModel,
            "model «A» {\n}",
            "the model 'A' has no fields",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unknownNativeType,
            "model A {\n  id Int @id\n  a String «@db.Varchar(3)»\n}",
            "PostgreSQL has no type 'Varchar'; did you mean 'VarChar'?",
            good: "model A {\n  id Int @id\n  a String @db.VarChar(3)\n}"),
        RuleRow(
            .unknownNativeType, .sqlite,
            "model A {\n  id Int @id\n  a String «@db.Text»\n}",
            "SQLite has no types beyond those of the language",
            good: "model A {\n  id Int @id\n  a String\n}"),
        RuleRow(
            .nativeTypeMismatch,
            "model A {\n  id Int @id\n  a Int «@db.Uuid»\n}",
            "a field of type Int cannot be stored as Uuid",
            good: "model A {\n  id Int @id\n  a String @db.Uuid\n}"),
        RuleRow(
            .nativeTypeArguments,
            "model A {\n  id Int @id\n  a String «@db.Text(3)»\n}",
            "the type Text takes no arguments",
            good: "model A {\n  id Int @id\n  a String @db.Text\n}"),
        RuleRow(
            .nativeTypeArguments,
            "model A {\n  id Int @id\n  a String «@db.VarChar(0)»\n}",
            "VarChar: the length is from 1 to 10485760",
            good: "model A {\n  id Int @id\n  a String @db.VarChar(1)\n}"),
        RuleRow(
            .nativeTypeArguments,
            "model A {\n  id Int @id\n  a String «@db.VarChar(x)»\n}",
            "an argument of the type VarChar is a whole number",
            good: "model A {\n  id Int @id\n  a String @db.VarChar\n}"),
        RuleRow(
            .nativeTypeArguments,
            "model A {\n  id Int @id\n  a String @db.VarChar(«[3]»)\n}",
            "an argument of @db.VarChar is a number, not a list",
            good: "model A {\n  id Int @id\n  a String @db.VarChar(3)\n}"),
        RuleRow(
            .nativeTypeArguments,
            "model A {\n  id Int @id\n  a Decimal «@db.Decimal(3, 4)»\n}",
            "Decimal: the scale cannot be larger than the precision",
            good: "model A {\n  id Int @id\n  a Decimal @db.Decimal(4, 3)\n}"),
        RuleRow(
            .nativeTypeArguments,
            "model A {\n  id Int @id\n  a DateTime «@db.Timestamptz(7)»\n}",
            "Timestamptz: the precision is from 0 to 6",
            good: "model A {\n  id Int @id\n  a DateTime @db.Timestamptz(6)\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id @default(«\"1\"»)\n}",
            "the default of a field of type Int is a whole number, not a string",
            good: "model A {\n  id Int @id @default(1)\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id @default(«3000000000»)\n}",
            "3000000000 does not fit into 32 bits",
            good: "model A {\n  id BigInt @id @default(3000000000)\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id @default(«1.5»)\n}",
            "1.5 is not a whole number",
            good: "model A {\n  id Int @id\n  a Float @default(1.5)\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Decimal @id @default(«\"1,5\"»)\n}",
            "\"1,5\" is not a decimal number",
            good: "model A {\n  id Decimal @id @default(\"1.5\")\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a Boolean @default(«yes»)\n}",
            "the default of a field of type Boolean is true or false, not the word 'yes'",
            good: "model A {\n  id Int @id\n  a Boolean @default(true)\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a DateTime @default(«\"2023-02-29T00:00:00Z\"»)\n}",
            "the default is not a date and time",
            good: "model A {\n  id Int @id\n  a DateTime @default(\"2024-02-29T00:00:00.25+01:00\")\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a Json @default(«\"{a: 1}\"»)\n}",
            "the default is not JSON",
            good: "model A {\n  id Int @id\n  a Json @default(\"{\\\"a\\\": [1, -2.5e3, null]}\")\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a Bytes @default(«\"ä\"»)\n}",
            "the default is not Base64",
            good: "model A {\n  id Int @id\n  a Bytes @default(\"aGVsbG8=\")\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a B @default(«X»)\n}\nenum B {\n  C\n}",
            "the enum 'B' has no value 'X'",
            good: "model A {\n  id Int @id\n  a B @default(C)\n}\nenum B {\n  C\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a B @default(«\"C\"»)\n}\nenum B {\n  C\n}",
            "the default of a field of the enum 'B' is one of its values, not a string",
            good: "model A {\n  id Int @id\n  a B[] @default([C])\n}\nenum B {\n  C\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a Int[] @default(«1»)\n}",
            "the default of the list 'a' is no list",
            good: "model A {\n  id Int @id\n  a Int[] @default([1])\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a Int @default(«[1]»)\n}",
            "the default of 'a' is a list, but the field is none",
            good: "model A {\n  id Int @id\n  a Int[] @default([])\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id @default(«now()»)\n}",
            "now() cannot be the default of 'id'",
            good: "model A {\n  id DateTime @id @default(now())\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a String[] @default(«uuid()»)\n}",
            "uuid() gives one value, but 'a' is a list",
            good: "model A {\n  id Int @id\n  a String[] @default(dbgenerated(\"'{}'\"))\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id String @id @default(«auto()»)\n}",
            "auto() is a function of MongoDB, not of PostgreSQL",
            good: "model A {\n  id String @id @default(cuid(2))\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id @default(«sequence(start: 3)»)\n}",
            "sequence() is a function of CockroachDB, not of PostgreSQL",
            good: "model A {\n  id Int @id @default(autoincrement())\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  a Unsupported(\"x\") @default(«1»)\n}",
            "a field of an unsupported type has no default but dbgenerated()",
            good: "model A {\n  id Int @id\n  a Unsupported(\"x\") @default(dbgenerated(\"1\"))\n}"),
        RuleRow(
            .invalidDefault,
            "model A {\n  id Int @id\n  b B[] @default(«[]»)\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "a relation has no default",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
        RuleRow(
            .unknownFunction,
            "model A {\n  id String @id @default(«uid()»)\n}",
            "unknown function 'uid()'; did you mean 'cuid'?",
            good: "model A {\n  id String @id @default(ulid())\n}"),
        RuleRow(
            .invalidAutoincrement, .sqlite,
            "model A {\n  id Int @id\n  a Int «@default(autoincrement())»\n}",
            "SQLite counts only in a primary key of one field",
            good: "model A {\n  id Int @id @default(autoincrement())\n}"),
        RuleRow(
            .invalidUpdatedAt,
            "model A {\n  id Int @id «@updatedAt»\n}",
            "@updatedAt sets a time, which 'id' cannot hold",
            good: "model A {\n  id Int @id\n  a DateTime? @updatedAt\n}"),
        RuleRow(
            .invalidUpdatedAt,
            "model A {\n  id Int @id\n  b B[] «@updatedAt»\n}\nmodel B {\n  id Int @id\n  a A[]\n}",
            "@updatedAt sets a time, which a relation cannot hold",
            good: "model A {\n  id Int @id\n  b B[]\n}\nmodel B {\n  id Int @id\n  a A[]\n}"),
    ]
}
