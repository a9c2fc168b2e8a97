import PrismaSchema
import Testing

/// What each way to write a field means.
@Suite struct FieldTests {
    private func field(_ line: String, _ provider: Provider = .postgresql) throws -> Field {
        let schema = try Schema(
            parsing:
                "datasource db {\n  provider = \"\(provider.rawValue)\"\n}\nmodel M {\n  key Int @id\n  \(line)\n}\nenum E {\n  A\n  B\n}\n"
        )
        #expect(schema.warnings.isEmpty)
        return try #require(schema.model(named: "M")?.field(named: "x"))
    }

    @Test(arguments: ScalarType.allCases)
    func everyScalarInEveryArity(_ type: ScalarType) throws {
        #expect(try field("x \(type.rawValue)").scalar == type)
        #expect(try field("x \(type.rawValue)").arity == .required)
        #expect(try field("x \(type.rawValue)?", .sqlite).arity == .optional)
        #expect(try field("x \(type.rawValue)[]").arity == .list)
    }

    static let defaults: [(line: String, value: DefaultValue?)] = [
        ("x Int", nil),
        ("x Int @default(autoincrement())", .function(.autoincrement)),
        ("x BigInt @default(autoincrement())", .function(.autoincrement)),
        ("x DateTime @default(now())", .function(.now)),
        ("x String @default(cuid())", .function(.cuid(version: 1))),
        ("x String @default(cuid(2))", .function(.cuid(version: 2))),
        ("x String @default(uuid())", .function(.uuid(version: 4))),
        ("x String @db.Uuid @default(uuid(7))", .function(.uuid(version: 7))),
        ("x String @default(ulid())", .function(.ulid)),
        ("x String @default(nanoid())", .function(.nanoid(length: nil))),
        ("x String @default(nanoid(16))", .function(.nanoid(length: 16))),
        ("x Json @default(dbgenerated())", .function(.dbgenerated(nil))),
        ("x Unsupported(\"circle\")? @default(dbgenerated(\"'<(0,0),1>'\"))", .function(.dbgenerated("'<(0,0),1>'"))),
        ("x Int @default(-1)", .literal(.number("-1"))),
        ("x Int @default(value: 2147483647)", .literal(.number("2147483647"))),
        ("x BigInt @default(9223372036854775807)", .literal(.number("9223372036854775807"))),
        ("x Float @default(1)", .literal(.number("1"))),
        ("x Float @default(1.50)", .literal(.number("1.50"))),
        ("x Decimal @default(0.10000000000000000000000001)", .literal(.number("0.10000000000000000000000001"))),
        ("x Decimal @default(\"+12.5\")", .literal(.number("+12.5"))),
        ("x Boolean @default(false)", .literal(.boolean(false))),
        ("x String @default(\"\")", .literal(.string(""))),
        ("x String @default(\"a\\n\\t\\\"\\\\\\/\\u00e9\\uD83D\\uDE00\")", .literal(.string("a\n\t\"\\/é😀"))),
        ("x DateTime @default(\"2024-02-29T12:00:00Z\")", .literal(.string("2024-02-29T12:00:00Z"))),
        ("x Json @default(\"{\\\"a\\\":[]}\")", .literal(.string("{\"a\":[]}"))),
        ("x Bytes @default(\"AAEC\")", .literal(.string("AAEC"))),
        ("x E @default(B)", .literal(.enumValue("B"))),
        ("x E[] @default([B, A])", .list([.enumValue("B"), .enumValue("A")])),
        ("x Int[] @default([])", .list([])),
        ("x String[] @default([\"a\", \"b\"])", .list([.string("a"), .string("b")])),
        ("x String[] @default(dbgenerated(\"'{}'\"))", .function(.dbgenerated("'{}'"))),
    ]

    @Test(arguments: defaults)
    func everyDefault(_ row: (line: String, value: DefaultValue?)) throws {
        #expect(try field(row.line).default == row.value)
    }

    static let nativeTypes = [
        ("Int", "SmallInt"), ("Int", "Integer"), ("Int", "Oid"), ("BigInt", "BigInt"), ("Decimal", "Decimal"), ("Decimal", "Decimal(10)"),
        ("Decimal", "Decimal(10,2)"), ("Decimal", "Money"), ("Float", "Real"), ("Float", "DoublePrecision"), ("String", "VarChar"),
        ("String", "VarChar(255)"), ("String", "Char(2)"), ("String", "Text"), ("String", "Bit(8)"), ("String", "VarBit"),
        ("String[]", "Uuid"), ("String", "Xml"), ("String", "Inet"), ("String", "Citext"), ("Bytes", "ByteA"), ("Boolean", "Boolean"),
        ("DateTime", "Timestamp(3)"), ("DateTime", "Timestamptz(6)"), ("DateTime", "Date"), ("DateTime", "Time(0)"),
        ("DateTime", "Timetz"), ("Json", "Json"), ("Json", "JsonB"),
    ]

    @Test(arguments: nativeTypes)
    func everyNativeType(_ scalar: String, _ type: String) throws {
        let native = try #require(try field("x \(scalar) @db.\(type)").nativeType)
        #expect(native.name + (native.arguments.isEmpty ? "" : "(\(native.arguments.joined(separator: ",")))") == type)
    }

    @Test func attributesAndDocumentation() throws {
        let x = try field("/// first\n  // not this\n  ///   second\n  x DateTime? @updatedAt @map(\"the x\") @unique @ignore /// third")
        #expect(x.documentation == "first\nsecond\nthird")
        #expect(x.databaseName == "the x")
        #expect(x.isUpdatedAt && x.isUnique && x.isIgnored && !x.isID)
        #expect(try field("x Unsupported(\"poly(\\\"gon\\\")\")?").kind == .unsupported("poly(\"gon\")"))
        #expect(try field("x E").enumeration == "E")
    }

    @Test(arguments: ["2024-02-29T00:00:00Z", "2000-02-29t23:59:60.123456789z", "2024-12-31 00:00:00+14:00", "1900-02-28T00:00:00-00:30"])
    func timesThatAreRight(_ text: String) throws {
        #expect(try field("x DateTime @default(\"\(text)\")").default == .literal(.string(text)))
    }

    @Test(arguments: [
        "", "now", "2024-02-29", "2024-02-29T00:00:00", "1900-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-04-31T00:00:00Z",
        "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00ZZ",
        "2024/01/01T00:00:00Z", "-024-01-01T00:00:00Z",
    ])
    func timesThatAreWrong(_ text: String) {
        #expect(throws: SchemaError.self) { try field("x DateTime @default(\"\(text)\")") }
    }

    @Test(arguments: ["null", " true ", "0", "-0.5E+10", "\"a\\u00Fe\"", "[]", "[1, [2], {\"a\": {\"b\": []}}]", "{\"a\":1,\"a\":2}"])
    func jsonThatIsRight(_ text: String) throws {
        let literal = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(try field("x Json @default(\"\(literal)\")").default == .literal(.string(text)))
    }

    @Test(arguments: [
        "", "nul", "01", "1.", ".5", "+1", "1e", "[", "[1", "[1,]", "[,1]", "[1 2]", "{", "{}}", "{a:1}", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}",
        "\"a", "\"\\x\"", "\"\\u12\"", "true false", "[}", "{]", "'a'", "-",
    ])
    func jsonThatIsWrong(_ text: String) {
        let literal = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(throws: SchemaError.self) { try field("x Json @default(\"\(literal)\")") }
    }
}
