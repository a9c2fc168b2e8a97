import PrismaSchema
import Testing

/// What each kind of field becomes; the right side is what Prisma 6 writes.
@Suite struct ColumnTests {
    static let sqlite = pairs(
        """
        a String -> "a" TEXT NOT NULL
        a String? -> "a" TEXT
        a Boolean -> "a" BOOLEAN NOT NULL
        a Int -> "a" INTEGER NOT NULL
        a BigInt -> "a" BIGINT NOT NULL
        a Float -> "a" REAL NOT NULL
        a Decimal -> "a" DECIMAL NOT NULL
        a DateTime -> "a" DATETIME NOT NULL
        a Json? -> "a" JSONB
        a Bytes -> "a" BLOB NOT NULL
        a Unsupported("point") -> "a" point NOT NULL
        a String @map("a b") -> "a b" TEXT NOT NULL
        a String @ignore -> "a" TEXT NOT NULL
        a DateTime @updatedAt -> "a" DATETIME NOT NULL
        """)

    static let postgres = pairs(
        """
        a String -> "a" TEXT NOT NULL
        a String? -> "a" TEXT
        a String[] -> "a" TEXT[]
        a Boolean -> "a" BOOLEAN NOT NULL
        a Int -> "a" INTEGER NOT NULL
        a BigInt -> "a" BIGINT NOT NULL
        a Float -> "a" DOUBLE PRECISION NOT NULL
        a Decimal -> "a" DECIMAL(65,30) NOT NULL
        a DateTime -> "a" TIMESTAMP(3) NOT NULL
        a DateTime[] -> "a" TIMESTAMP(3)[]
        a Json? -> "a" JSONB
        a Bytes -> "a" BYTEA NOT NULL
        a Unsupported("point")? -> "a" point
        a Unsupported("circle")[] -> "a" circle[]
        a String @map("a b") -> "a b" TEXT NOT NULL
        a DateTime @updatedAt -> "a" TIMESTAMP(3) NOT NULL
        a Int @db.SmallInt -> "a" SMALLINT NOT NULL
        a Int @db.Integer -> "a" INTEGER NOT NULL
        a Int @db.Oid -> "a" OID NOT NULL
        a BigInt @db.BigInt -> "a" BIGINT NOT NULL
        a Float @db.Real -> "a" REAL NOT NULL
        a Float @db.DoublePrecision -> "a" DOUBLE PRECISION NOT NULL
        a Decimal @db.Decimal(10, 2) -> "a" DECIMAL(10,2) NOT NULL
        a Decimal @db.Decimal -> "a" DECIMAL NOT NULL
        a Decimal @db.Money -> "a" MONEY NOT NULL
        a String @db.VarChar(255) -> "a" VARCHAR(255) NOT NULL
        a String @db.VarChar -> "a" VARCHAR NOT NULL
        a String[] @db.VarChar(20) -> "a" VARCHAR(20)[]
        a String @db.Char(3) -> "a" CHAR(3) NOT NULL
        a String @db.Text -> "a" TEXT NOT NULL
        a String @db.Citext -> "a" CITEXT NOT NULL
        a String @db.Uuid -> "a" UUID NOT NULL
        a String @db.Inet -> "a" INET NOT NULL
        a String @db.Xml -> "a" XML NOT NULL
        a String @db.Bit(8) -> "a" BIT(8) NOT NULL
        a String @db.VarBit -> "a" VARBIT NOT NULL
        a Bytes @db.ByteA -> "a" BYTEA NOT NULL
        a Boolean @db.Boolean -> "a" BOOLEAN NOT NULL
        a DateTime @db.Date -> "a" DATE NOT NULL
        a DateTime @db.Time(6) -> "a" TIME(6) NOT NULL
        a DateTime @db.Timetz -> "a" TIMETZ NOT NULL
        a DateTime @db.Timestamp -> "a" TIMESTAMP NOT NULL
        a DateTime @db.Timestamptz(3) -> "a" TIMESTAMPTZ(3) NOT NULL
        a Json @db.Json -> "a" JSON NOT NULL
        a Json @db.JsonB -> "a" JSONB NOT NULL
        """)

    static let sqliteDefaults = pairs(
        #"""
        a String @default("plain") -> "a" TEXT NOT NULL DEFAULT 'plain'
        a String @default("it's") -> "a" TEXT NOT NULL DEFAULT 'it''s'
        a String @default("") -> "a" TEXT NOT NULL DEFAULT ''
        a Boolean @default(true) -> "a" BOOLEAN NOT NULL DEFAULT true
        a Int @default(42) -> "a" INTEGER NOT NULL DEFAULT 42
        a Int? @default(-1) -> "a" INTEGER DEFAULT -1
        a BigInt @default(9007199254740993) -> "a" BIGINT NOT NULL DEFAULT 9007199254740993
        a Float @default(1.50) -> "a" REAL NOT NULL DEFAULT 1.50
        a Decimal @default(0) -> "a" DECIMAL NOT NULL DEFAULT 0
        a DateTime @default(now()) -> "a" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
        a DateTime @default("2020-01-01T00:00:00Z") -> "a" DATETIME NOT NULL DEFAULT '2020-01-01 00:00:00 +00:00'
        a Json @default("{\"a\": \"it's\"}") -> "a" JSONB NOT NULL DEFAULT '{"a": "it''s"}'
        a Bytes @default("aGVsbG8=") -> "a" BLOB NOT NULL DEFAULT X'68656c6c6f'
        a Int @default(dbgenerated("(1 + 1)")) -> "a" INTEGER NOT NULL DEFAULT (1 + 1)
        a Int @default(dbgenerated()) -> "a" INTEGER NOT NULL
        a String @default(uuid()) -> "a" TEXT NOT NULL
        a String @default(cuid()) -> "a" TEXT NOT NULL
        a String @default(nanoid()) -> "a" TEXT NOT NULL
        a String @default(ulid()) -> "a" TEXT NOT NULL
        """#)

    static let postgresDefaults = pairs(
        #"""
        a String @default("it's \\ two") -> "a" TEXT NOT NULL DEFAULT 'it''s \ two'
        a Boolean @default(false) -> "a" BOOLEAN NOT NULL DEFAULT false
        a Int @default(007) -> "a" INTEGER NOT NULL DEFAULT 7
        a Int @default(autoincrement()) -> "a" SERIAL NOT NULL
        a Int @default(autoincrement()) @db.SmallInt -> "a" SMALLSERIAL NOT NULL
        a BigInt @default(autoincrement()) -> "a" BIGSERIAL NOT NULL
        a Float @default(-0.5) -> "a" DOUBLE PRECISION NOT NULL DEFAULT -0.5
        a Decimal @default(9.99) -> "a" DECIMAL(65,30) NOT NULL DEFAULT 9.99
        a DateTime @default(now()) -> "a" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
        a DateTime @default("2024-02-29T12:30:00.5+01:00") -> "a" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:00.500 +01:00'
        a DateTime @default("2024-02-29T12:30:00.000120-00:00") -> "a" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:00.000120 +00:00'
        a DateTime @default("2024-02-29T12:30:00.000Z") -> "a" TIMESTAMP(3) NOT NULL DEFAULT '2024-02-29 12:30:00 +00:00'
        a Json @default("[]") -> "a" JSONB NOT NULL DEFAULT '[]'
        a Bytes @default("aGVsbG8=") -> "a" BYTEA NOT NULL DEFAULT '\x68656c6c6f'
        a String @default(dbgenerated("gen_random_uuid()")) @db.Uuid -> "a" UUID NOT NULL DEFAULT gen_random_uuid()
        a String[] @default(["a", "it's"]) -> "a" TEXT[] DEFAULT ARRAY['a', 'it''s']::TEXT[]
        a String[] @default([]) -> "a" TEXT[] DEFAULT ARRAY[]::TEXT[]
        a Int[] @default([1, -2]) -> "a" INTEGER[] DEFAULT ARRAY[1, -2]::INTEGER[]
        a Json[] @default(["{}"]) -> "a" JSONB[] DEFAULT ARRAY['{}']::JSONB[]
        a DateTime[] @default(["2020-01-01T00:00:00Z"]) -> "a" TIMESTAMP(3)[] DEFAULT ARRAY['2020-01-01 00:00:00 +00:00']::TIMESTAMP(3)[]
        a String @default(uuid(7)) -> "a" TEXT NOT NULL
        a Unsupported("point")? @default(dbgenerated("'(0,0)'::point")) -> "a" point DEFAULT '(0,0)'::point
        """#)

    @Test(arguments: sqlite + sqliteDefaults)
    func `SQLite columns`(field: String, column: String) throws {
        #expect(try Sample.column(.sqlite, field) == column)
    }

    @Test(arguments: postgres + postgresDefaults)
    func `PostgreSQL columns`(field: String, column: String) throws {
        #expect(try Sample.column(.postgresql, field) == column)
    }

    static let enums = "enum Role {\n  USER\n  ADMIN @map(\"the boss's\")\n  @@map(\"roles\")\n}"

    @Test(arguments: [
        (Provider.sqlite, "r Role", "\"r\" TEXT NOT NULL"), (.sqlite, "r Role @default(USER)", "\"r\" TEXT NOT NULL DEFAULT 'USER'"),
        (.postgresql, "r Role?", "\"r\" \"roles\""), (.postgresql, "r Role[]", "\"r\" \"roles\"[]"),
        (.postgresql, "r Role @default(ADMIN)", "\"r\" \"roles\" NOT NULL DEFAULT 'the boss''s'"),
        (.postgresql, "r Role[] @default([USER, ADMIN])", "\"r\" \"roles\"[] DEFAULT ARRAY['USER', 'the boss''s']::\"roles\"[]"),
    ])
    func `Enum columns`(provider: Provider, field: String, column: String) throws {
        #expect(try Sample.column(provider, field, enums: Self.enums) == column)
    }
}
