@testable import PrismaSchema

extension RuleRow {
    /// What the lexer and the parser refuse.
    static let text: [RuleRow] = [
        RuleRow(
            .controlCharacter,
            "model A {\n  id String @id @default(\"a«\u{7}»b\")\n}",
            "a control character stands in a string",
            good: "model A {\n  id String @id @default(\"a\\u0007b\")\n}"),
        RuleRow(
            .unterminatedString,
            "model A {\n  id String @id @default(«\"a)»\n}",
            "the string is not closed on its line",
            good: "model A {\n  id String @id @default(\"a\")\n}"),
        RuleRow(
            .unterminatedComment,
            "model A {\n  id Int @id\n}\n«/*» the end",
            "the comment is never closed",
            good: "model A {\n  id Int @id\n}\n/* the end */"),
        RuleRow(
            .invalidEscape,
            "model A {\n  id String @id @default(\"a«\\q»b\")\n}",
            "unknown escape '\\q'",
            good: "model A {\n  id String @id @default(\"a\\\\qb\")\n}"),
        RuleRow(
            .invalidEscape,
            "model A {\n  id String @id @default(\"«\\uD83D»\")\n}",
            "unknown escape '\\uD83D'",
            good: "model A {\n  id String @id @default(\"\\uD83D\\uDE00\")\n}"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id Int @id\n}\n«id» Int",
            "expected a block, found 'id'",
            good: "model A {\n  id Int @id\n}\n// id Int"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id Int @id\n  «=» 3\n}",
            "expected a field, an attribute or '}', found '='",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id Int @id «String»\n}",
            "expected the end of the line, found 'String'",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id Int @id «}»",
            "expected the end of the line, found '}'",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id Int«(»4) @id\n}",
            "a type has no arguments, except for Unsupported(\"…\")",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id «Integer»(\"4\") @id\n}",
            "a type has no arguments, except for Unsupported(\"…\")",
            good: "model A {\n  id Unsupported(\"money4\")\n  key Int @id\n}"),
        RuleRow(
            .unexpectedText,
            "model A {\n  id Int «@@»id\n}",
            "an attribute of the whole block stands on a line of its own",
            good: "model A {\n  id Int\n  @@id([id])\n}"),
        RuleRow(
            .unexpectedText,
            "generator g {\n  provider «\"prisml\"»\n}",
            "expected '=' after 'provider', found the string \"prisml\"",
            good: "generator g {\n  provider = \"prisml\"\n}"),
        RuleRow(
            .unknownBlock,
            "«modle» A {\n  id Int @id\n}",
            "unknown kind of block 'modle'; did you mean 'model'?",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .missingName,
            "«model» {\n  id Int @id\n}",
            "the model has no name",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .missingName,
            "model A {\n  id Int «@»\n  key Int @id\n}",
            "expected the name of an attribute, found the end of the line",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .missingBrace,
            "model A\n«{»\n  id Int @id\n}",
            "'{' stands on a line of its own",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .missingBrace,
            "model A «(»\n  id Int @id\n}",
            "expected '{' after 'model A', found '('",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .missingLineBreak,
            "enum A { «B»\n}",
            "expected a line break after '{', found 'B'",
            good: "enum A {\n  B\n}"),
        RuleRow(
            .unclosedBlock,
            "«model A {»\n  id Int @id\n\nmodel B {\n  id Int @id\n}",
            "the model 'A' is never closed",
            good: "model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n}"),
        RuleRow(
            .unclosedBracket,
            "model A {\n  id Int @id @default(autoincrement()« »\n  name String\n}",
            "expected ',' or ')', found the end of the line",
            good: "model A {\n  id Int @id @default(autoincrement())\n  name String\n}"),
        RuleRow(
            .unclosedBracket,
            "model A {\n  id Int @id\n  @@index([id «id»])\n}",
            "expected ',' or ']', found 'id'",
            good: "model A {\n  id Int @id\n  other Int\n  @@index([id, other])\n}"),
        RuleRow(
            .nestedTooDeeply,
            "model A {\n  id Int @id @default(\(String(repeating: "[", count: 32))«[»\(String(repeating: "]", count: 33)))\n}",
            "brackets are nested more than 32 deep",
            good: "model A {\n  id Int @id @default(1)\n}"),
        RuleRow(
            .missingType,
            "model A {\n  id Int @id\n  «name»\n}",
            "the field 'name' has no type",
            good: "model A {\n  id Int @id\n  name String\n}"),
        RuleRow(
            .missingValue,
            "generator g {\n  «provider» =\n}",
            "the setting 'provider' has no value",
            good: "generator g {\n  provider = \"prisml\"\n}"),
        RuleRow(
            .missingValue,
            "model A {\n  id Int @id(«map»: )\n}",
            "the argument 'map' has no value",
            good: "model A {\n  id Int @id(map: \"a\")\n}"),
        RuleRow(
            .missingValue,
            "model A {\n  id Int @id @default(«:»)\n}",
            "expected a value, found ':'",
            good: "model A {\n  id Int @id @default(1)\n}"),
        RuleRow(
            .legacyType,
            "model A {\n  id«:» Int @id\n}",
            "no ':' stands between a field and its type",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .legacyType,
            "model A {\n  id Int«!» @id\n}",
            "a type without '?' is required already",
            good: "model A {\n  id Int @id\n}"),
        RuleRow(
            .legacyType,
            "model A {\n  id Int @id\n  names «[String]»\n}",
            "a list is not written '[String]'",
            good: "model A {\n  id Int @id\n  names String[]\n}"),
        RuleRow(
            .optionalList,
            "model A {\n  id Int @id\n  names «String[]?»\n}",
            "a list cannot be optional",
            good: "model A {\n  id Int @id\n  names String[]\n}"),
        RuleRow(
            .typeAlias,
            "«type Email =» String\nmodel A {\n  id Int @id\n}",
            "type aliases are not part of the language any more",
            good: "model A {\n  id Int @id\n}"),
    ]
}
