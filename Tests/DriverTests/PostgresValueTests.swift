import Foundation
import Prisma
import PrismaPostgres
import TestSupport
import Testing

/// What only PostgreSQL has.
@Suite(.enabled(if: PostgresTestServer.isUsable))
struct PostgresValueTests {
    /// SQL expressions and the cells that they become.
    static let expressions: [(String, Value)] = [
        ("1::smallint", .integer(1)), ("(-2147483648)::int", .integer(-2_147_483_648)), ("9223372036854775807", .integer(.max)),
        ("4294967295::oid", .integer(4_294_967_295)),
        ("0.1::real", .real(0.1)), ("'NaN'::real", .real(.nan)), ("'-Infinity'::float8", .real(-.infinity)), ("1e-45::real", .real(1e-45)),
        ("true", .boolean(true)), ("'x'::\"char\"", .text("x")), ("'ab'::char(4)", .text("ab  ")), ("'ab'::varchar(9)", .text("ab")),
        ("'ab'::name", .text("ab")), ("''::text", .text("")),
        ("'{\"b\": 1, \"a\":2}'::json", .text("{\"b\": 1, \"a\":2}")), ("'{\"b\":1,\"a\":2}'::jsonb", .text("{\"a\": 2, \"b\": 1}")),
        ("'<a/>'::xml", .text("<a/>")),
        ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", .text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("'\\x00ff'::bytea", .bytes([0, 255])), ("''::bytea", .bytes([])),
        ("'2000-01-01'::timestamp", .timestamp(946_684_800_000_000)),
        ("'1970-01-01 00:00:00.000001+00'::timestamptz", .timestamp(1)),
        ("'1969-12-31 23:00:00-01'::timestamptz", .timestamp(0)),
        ("'0044-03-15 BC'::timestamp", .timestamp(-63_517_824_000_000_000)),
        ("'1970-01-02'::date", .timestamp(86_400_000_000)), ("'12:30:00.5'::time", .timestamp(45_000_500_000)),
        ("'01:00:00+01'::timetz", .timestamp(0)),
        ("ARRAY[1,NULL,3]", .list([.integer(1), .null, .integer(3)])), ("ARRAY[]::text[]", .list([])),
        ("ARRAY['a','','ü']", .list([.text("a"), .text(""), .text("ü")])),
        ("ARRAY[1.50,-0.001]", .list([.text("1.50"), .text("-0.001")])), ("ARRAY[true,false]", .list([.boolean(true), .boolean(false)])),
        ("ARRAY['1970-01-01'::timestamptz]", .list([.timestamp(0)])), ("ARRAY['[1]'::jsonb]", .list([.text("[1]")])),
        ("ARRAY['\\x01'::bytea]", .list([.bytes([1])])),
        ("ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid]", .list([.text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")])),
        ("'happy'::mood", .text("happy")), ("ARRAY['sad','happy']::mood[]", .list([.text("sad"), .text("happy")])),
        ("'Ab'::citext", .text("Ab")), ("ARRAY['Ab']::citext[]", .list([.text("Ab")])),
        ("5::positive", .integer(5)), ("NULL::mood", .null), ("NULL::int[]", .null), ("pg_sleep(0)", .null),
    ]

    static func withDatabase(_ body: (PostgresDatabase) async throws -> Void) async throws {
        let database = try PostgresDatabase(url: try await PostgresTestServer.shared().makeDatabase())
        try await database.withConnection(for: .write) { connection in
            try await connection.executeScript(
                """
                CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE EXTENSION citext;
                CREATE DOMAIN positive AS int CHECK (VALUE > 0);
                """)
        }
        do {
            try await body(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    @Test func expressionsBecomeCells() async throws {
        try await Self.withDatabase { database in
            for (expression, expected) in Self.expressions {
                let found = try await database.rows(SQLStatement("SELECT \(expression)"))
                // NaN is the one value that differs from itself.
                if case .real(let number) = expected, number.isNaN {
                    #expect(found.description == [[expected]].description)
                } else {
                    #expect(found == [[expected]], "\(expression)")
                }
            }
            // The same through a cursor, which looks up unknown types before the rows flow.
            let other = try PostgresDatabase(url: try await PostgresTestServer.shared().url(database: database.name))
            for (expression, expected) in Self.expressions where expression.contains("mood") || expression.contains("citext") {
                let found = try await other.withConnection(for: .read) { connection in
                    let cursor = try await connection.open(SQLStatement("SELECT \(expression)"))
                    let rows = try await cursor.read(upTo: 5) { rows in try Value.all(&rows) }
                    await cursor.close()
                    return rows
                }
                #expect(found == [[expected]], "\(expression)")
            }
            await other.close()
        }
    }

    @Test func numericsAreExact() async throws {
        try await Self.withDatabase { database in
            var texts = [
                "0", "0.0", "0.00", "1", "-1", "10", "100", "1000", "10000", "100000000", "0.1", "0.0001", "0.00001", "0.000000000000001",
                "12345678901234567890123456789012345678901234567890.123456789", "-0.5", "9999.9999", "10000.0001", "99999999", "1.10",
                "NaN",
                "Infinity", "-Infinity", "1e-20", "123e30",
            ]
            var state: UInt64 = 42
            func random(_ bound: UInt64) -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) % bound
            }
            for _ in 0..<300 {
                let whole = (0..<random(30) + 1).map { _ in String(random(10)) }.joined()
                let places = (0..<random(20)).map { _ in String(random(10)) }.joined()
                texts.append((random(2) == 0 ? "-" : "") + whole + (places.isEmpty ? "" : "." + places))
            }
            for text in texts {
                // The server's own text is the truth.
                let rows = try await database.rows(SQLStatement("SELECT '\(text)'::numeric, '\(text)'::numeric::text"))
                #expect(rows.first?.first == rows.first?.last, "\(text)")
            }
        }
    }

    @Test func whatNoCellCanHoldIsAnErrorThatNamesIt() async throws {
        try await Self.withDatabase { database in
            let table: [(String, PrismaError.Code, String)] = [
                ("'infinity'::timestamp", .invalidStoredValue, "infinity"), ("'-infinity'::date", .invalidStoredValue, "-infinity"),
                ("'294276-12-31'::timestamp", .invalidStoredValue, "294000"),
                ("'1 day'::interval", .unsupportedFormat, "interval"), ("'127.0.0.1'::inet", .unsupportedFormat, "inet"),
                ("B'101'", .unsupportedFormat, "bit"), ("'1'::money", .unsupportedFormat, "money"),
                ("int4range(1, 3)", .unsupportedFormat, "int4range"), ("point(1, 2)", .unsupportedFormat, "point"),
                ("ARRAY[[1,2],[3,4]]", .unsupportedFormat, "dimensions"), ("ARRAY['1 day'::interval]", .unsupportedFormat, "interval[]"),
            ]
            for (expression, code, word) in table {
                let error = await prismaError { try await database.rows(SQLStatement("SELECT \(expression)")) }
                #expect(error?.code == code, "\(expression)")
                #expect(error?.message.contains(word) == true, "\(expression): \(error?.message ?? "")")
                #expect(error?.help?.isEmpty == false)
            }
            // As text all of them can be read.
            try await database.expect(SQLStatement("SELECT '127.0.0.1'::inet::text"), gives: [[.text("127.0.0.1/32")]])
        }
    }

    @Test func listsRoundTrip() async throws {
        try await Self.withDatabase { database in
            try await database.execute(
                SQLStatement(
                    "CREATE TABLE item (id int, texts text[], ints int[], floats float8[], bools bool[], moods mood[], dates timestamp(3)[], decimals numeric[], blobs bytea[], jsons jsonb[], ids uuid[])"
                ))
            let texts = ["", "a,b", "{}", "\"quoted\"", "back\\slash", "NULL", "null", " spaces ", "é\n"]
            let bindings: [SQLValue] = [
                .list(texts.map { .text($0) }), .list([.int(1), .int(-2), .null]),
                .list([.double(0.1), .double(.nan), .double(-.infinity)]),
                .list([.bool(true), .bool(false)]), .list([.text("sad"), .text("ok")]),
                .list([
                    .timestamp(microseconds: 0), .timestamp(microseconds: -63_549_360_000_000_000),
                    .timestamp(microseconds: 999_999_999_999_000_000),
                ]),
                .list([.decimal(1.5), .decimal(-2)]), .list([.bytes(Data([0, 255])), .bytes(Data())]),
                .list([.json("{\"a\": \"x\\\"y\"}"), .json("null")]), .list([.text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]),
            ]
            try await database.execute(SQLStatement("INSERT INTO item VALUES (1,$1,$2,$3,$4,$5,$6,$7,$8,$9,$10)", bindings: bindings))
            let rows = try await database.rows(
                SQLStatement("SELECT texts, ints, bools, moods, dates, decimals, blobs, jsons, ids FROM item"))
            #expect(
                rows == [
                    [
                        .list(texts.map { .text($0) }), .list([.integer(1), .integer(-2), .null]),
                        .list([.boolean(true), .boolean(false)]),
                        .list([.text("sad"), .text("ok")]),
                        .list([.timestamp(0), .timestamp(-63_549_360_000_000_000), .timestamp(999_999_999_999_000_000)]),
                        .list([.text("1.5"), .text("-2")]), .list([.bytes([0, 255]), .bytes([])]),
                        .list([.text("{\"a\": \"x\\\"y\"}"), .text("null")]), .list([.text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]),
                    ]
                ])
            try await database.expect(
                SQLStatement("SELECT id FROM item WHERE id = ANY($1)", bindings: [.list([.int(3), .int(1)])]), gives: [[.integer(1)]])
        }
    }

    @Test func textIsTakenForWhatThePlaceNeeds() async throws {
        try await Self.withDatabase { database in
            try await database.execute(
                SQLStatement("CREATE TABLE item (m mood, u uuid, j jsonb, c citext, i inet, d date, t time, z timestamptz)"))
            try await database.execute(
                SQLStatement(
                    "INSERT INTO item VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
                    bindings: [
                        .text("ok"), .text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), .json("[1]"), .text("Ab"), .text("::1"),
                        .timestamp(microseconds: 86_400_000_000), .timestamp(microseconds: 45_000_000_000), .timestamp(microseconds: 5),
                    ]))
            let found = SQLStatement(
                "SELECT d, t, z FROM item WHERE m = $1 AND u = $2 AND c = $3 AND i = $4",
                bindings: [.text("ok"), .text("A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11"), .text("aB"), .text("::1")])
            try await database.expect(found, gives: [[.timestamp(86_400_000_000), .timestamp(45_000_000_000), .timestamp(5)]])
        }
    }

    @Test func textWithNULIsRefusedBeforeItIsSent() async throws {
        try await Self.withDatabase { database in
            for value in [SQLValue.text("a\0b"), .list([.text("\0")])] {
                let error = await prismaError { try await database.rows(SQLStatement("SELECT $1::text", bindings: [value])) }
                #expect(error?.code == .invalidText)
            }
            // In the middle of a pipeline, too, and nothing of it is run.
            let list = [SQLStatement("CREATE TABLE never (i int)"), SQLStatement("SELECT $1::text", bindings: [.text("\0")])]
            let error = await prismaError { try await database.withConnection(for: .write) { try await $0.execute(list) } }
            #expect(error?.code == .invalidText)
            #expect(await prismaError { try await database.rows(SQLStatement("SELECT * FROM never")) }?.code == .tableMissing)
        }
    }
}
