import Prisma
import PrismaMigrate
import PrismaSchema
import Synchronization
import Testing

@Suite struct PushTests {
    static let models =
        "model User {\n id Int @id\n posts Post[]\n}\nmodel Post {\n id Int @id\n user User @relation(fields: [userId], references: [id])\n userId Int\n}"

    @Test(arguments: Provider.testable)
    func `A database that is not empty is refused with what is in it`(provider: Provider) async throws {
        let push = SchemaPush(try Sample.schema(provider, Self.models))
        try await provider.withDatabase { database in
            try await database.run("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE VIEW b AS SELECT * FROM a")
            let error = await #expect(throws: PrismaError.self) { try await push.run(on: database) }
            #expect(error?.code == .databaseNotEmpty)
            #expect(error?.message == "The database is not empty: it has 1 table and 1 view: a and b.")
            #expect(error?.help?.contains("--force-reset") == true)
            #expect(try await push.contents(of: database).items.map(\.name) == ["a", "b"])
        }
    }

    @Test(arguments: Provider.testable)
    func `The history of migrations alone is no content`(provider: Provider) async throws {
        try await provider.withDatabase { database in
            try await database.run("CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY)")
            try await SchemaPush(try Sample.schema(provider, Self.models)).run(on: database)
        }
    }

    @Test(arguments: Provider.testable)
    func `A statement that fails leaves nothing behind`(provider: Provider) async throws {
        let schema = try Sample.schema(
            provider, "model A {\n id Int @id\n}\nmodel B {\n id Int @id\n b Int @default(dbgenerated(\"(nonsense(\"))\n}")
        try await provider.withDatabase { database in
            let push = SchemaPush(schema)
            let error = await #expect(throws: PrismaError.self) { try await push.run(on: database) }
            #expect(error?.message.hasPrefix("The database refused a statement: ") == true)
            #expect(error?.sql?.hasPrefix("CREATE TABLE \"B\"") == true)
            let contents = try await push.contents(of: database)
            #expect(contents.isEmpty)
        }
    }

    @Test(arguments: Provider.testable)
    func `A reset drops everything, whoever refers to whom, and tells what`(provider: Provider) async throws {
        let push = SchemaPush(try Sample.schema(provider, Self.models))
        try await provider.withDatabase { database in
            try await push.run(on: database)
            try await database.run(
                """
                INSERT INTO "User" (id) VALUES (1); INSERT INTO "Post" (id, "userId") VALUES (1, 1);
                CREATE VIEW seen AS SELECT * FROM "User"; CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY)
                """)
            let told = Mutex("")
            try await push.run(on: database, dropping: true) { contents in told.withLock { $0 = contents.summary } }
            #expect(told.withLock { $0 } == "2 tables and 1 view: Post, User and seen")
            #expect(try await push.contents(of: database).items.map(\.name) == ["Post", "User"])
            #expect(try await database.lines("SELECT * FROM \"User\"") == [])
            // Relations are watched again.
            await #expect(throws: PrismaError.self) { try await database.run("INSERT INTO \"Post\" (id, \"userId\") VALUES (1, 1)") }
        }
    }

    @Test(arguments: Provider.testable)
    func `A reset that fails drops nothing`(provider: Provider) async throws {
        let broken = try Sample.schema(provider, "model B {\n id Int @id\n b Int @default(dbgenerated(\"(nonsense(\"))\n}")
        try await provider.withDatabase { database in
            let good = SchemaPush(try Sample.schema(provider, Self.models))
            try await good.run(on: database)
            await #expect(throws: PrismaError.self) { try await SchemaPush(broken).run(on: database, dropping: true) }
            #expect(try await good.contents(of: database).items.map(\.name) == ["Post", "User"])
        }
    }

    @Test(arguments: Provider.testable)
    func `Of several pushes at once one makes the tables`(provider: Provider) async throws {
        let push = SchemaPush(try Sample.schema(provider, Self.models))
        try await provider.withDatabase { database in
            let outcomes = await withTaskGroup(of: PrismaError.Code?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            try await push.run(on: database)
                            return nil
                        } catch {
                            return (error as? PrismaError)?.code ?? .unexpected
                        }
                    }
                }
                return await group.reduce(into: [PrismaError.Code?]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.count { $0 == .databaseNotEmpty } == 3)
        }
    }

    @Test func `A reset of SQLite takes virtual tables and triggers along`() async throws {
        try await Provider.sqlite.withDatabase { database in
            try await database.run(
                """
                CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, "a""b" TEXT); INSERT INTO t VALUES (7, '');
                CREATE VIRTUAL TABLE words USING fts5(text);
                CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO words VALUES (new.id); END
                """)
            let push = SchemaPush(try Sample.schema(.sqlite, "model t {\n id Int @id\n}"))
            try await push.run(on: database, dropping: true)
            #expect(try await database.lines("SELECT name FROM sqlite_master ORDER BY name") == ["sqlite_sequence", "t"])
            try await database.run("INSERT INTO t DEFAULT VALUES")
            #expect(try await database.lines("SELECT CAST(id AS TEXT) FROM t") == ["1"])
        }
    }

    @Test func `What belongs to an extension of PostgreSQL is not the user's`() async throws {
        guard Provider.testable.contains(.postgresql) else { return }
        try await Provider.postgresql.withDatabase { database in
            try await database.run("CREATE EXTENSION pg_stat_statements")
            let push = SchemaPush(try Sample.schema(.postgresql, Self.models))
            #expect(try await push.contents(of: database).items == [])
            try await push.run(on: database)
        }
    }

    static let summaries: [([String], String)] = [
        ([], "nothing"), (["a"], "1 table: a"), (["a", "b"], "2 tables: a and b"),
        (["a", "b", "c", "d", "e"], "5 tables: a, b, c, d and e"),
        (["a", "b", "c", "d", "e", "f"], "6 tables: a, b, c and 3 more"),
    ]

    @Test(arguments: summaries)
    func `Long lists of what is there are cut`(tables: [String], summary: String) async throws {
        try await Provider.sqlite.withDatabase { database in
            if !tables.isEmpty { try await database.run(tables.map { "CREATE TABLE \($0) (id)" }.joined(separator: ";")) }
            #expect(try await SchemaPush(try Sample.schema(.sqlite, "")).contents(of: database).summary == summary)
        }
    }
}
