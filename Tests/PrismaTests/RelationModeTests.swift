import Prisma
import ShopClient
import Testing

/// `relationMode = "prisma"`: no foreign keys in the database, and the same outcome.
@Suite struct RelationModeTests {
    @Test(arguments: Shop.dialects) func doesWhatForeignKeysWould(dialect: SQLDialect) async throws {
        let sample = try await SampleDatabase.make(
            dialect, datasource: #"relationMode = "prisma""#,
            schema: """
                model Team {
                  id      Int      @id
                  players Player[]
                  coaches Coach[]
                  prizes  Prize[]
                  fans    Fan[]
                }
                model Player {
                  id     Int    @id
                  team   Team   @relation(fields: [teamId], references: [id], onDelete: Cascade, onUpdate: Cascade)
                  teamId Int
                  shirts Shirt[]
                  @@index([teamId])
                }
                model Shirt {
                  id       Int    @id
                  player   Player @relation(fields: [playerId], references: [id], onDelete: Cascade)
                  playerId Int
                  @@index([playerId])
                }
                model Coach {
                  id     Int   @id
                  team   Team? @relation(fields: [teamId], references: [id], onDelete: SetNull, onUpdate: SetNull)
                  teamId Int?
                  @@index([teamId])
                }
                model Prize {
                  id     Int  @id
                  team   Team @relation(fields: [teamId], references: [id], onDelete: Restrict, onUpdate: Restrict)
                  teamId Int
                  @@index([teamId])
                }
                model Fan {
                  id    Int    @id
                  teams Team[]
                }
                """)
        defer { withExtendedLifetime(sample) {} }
        let queries = DynamicQueries(sample.engine)
        func run(_ action: String, _ model: String, _ arguments: String) async throws -> JSON {
            try await queries.run(action, on: model, try JSON(parsing: arguments))
        }
        for id in [1, 2] {
            _ = try await run(
                "create", "Team",
                #"""
                {"data": {"id": \#(id), "players": {"create": [{"id": \#(id)1, "shirts": {"create": {"id": \#(id)}}}, {"id": \#(id)2}]},
                 "coaches": {"create": {"id": \#(id)}}, "fans": {"create": {"id": \#(id)}}}}
                """#)
        }
        _ = try await run("create", "Prize", #"{"data": {"id": 1, "teamId": 1}}"#)
        await #expect {
            _ = try await run("delete", "Team", #"{"where": {"id": 1}}"#)
        } throws: { ($0 as? PrismaError)?.code == .relationViolation }
        await #expect {
            _ = try await run("update", "Team", #"{"where": {"id": 1}, "data": {"id": 5}}"#)
        } throws: { ($0 as? PrismaError)?.code == .relationViolation }
        #expect(try await run("count", "Player", "{}") == 4)
        #expect(try await run("count", "Shirt", "{}") == 2)
        _ = try await run("update", "Team", #"{"where": {"id": 2}, "data": {"id": 3}}"#)
        #expect(try await run("count", "Player", #"{"where": {"teamId": 3}}"#) == 2)
        #expect(try await run("count", "Coach", #"{"where": {"teamId": null}}"#) == 1)
        #expect(try await run("deleteMany", "Team", #"{"where": {"id": 3}}"#) == ["count": 1])
        #expect(try await run("findMany", "Player", #"{"orderBy": {"id": "asc"}, "select": {"id": true}}"#) == [["id": 11], ["id": 12]])
        #expect(try await run("count", "Shirt", "{}") == 1)
        #expect(try await run("$queryRaw", "Team", #"{"query": "SELECT COUNT(*) AS n FROM \"_FanToTeam\""}"#) == [["n": 1]])
        _ = try await run("deleteMany", "Prize", "{}")
        _ = try await run("delete", "Team", #"{"where": {"id": 1}}"#)
        #expect(try await run("count", "Player", "{}") == 0)
        #expect(try await run("count", "Coach", #"{"where": {"teamId": null}}"#) == 2)
    }

    /// More rows, and more keys of theirs, than one statement takes parameters.
    @Test(arguments: Shop.dialects) func removesAnyNumberOfRows(dialect: SQLDialect) async throws {
        let sample = try await SampleDatabase.make(
            dialect, datasource: #"relationMode = "prisma""#,
            schema: """
                model Cell {
                  x     Int
                  y     Int
                  marks Mark[]
                  id    Int @unique
                  up    Cell?  @relation("Up", fields: [upId], references: [id], onDelete: Cascade)
                  upId  Int?
                  down  Cell[] @relation("Up")
                  @@id([x, y])
                  @@index([upId])
                }
                model Mark {
                  id   Int  @id
                  cell Cell @relation(fields: [x, y], references: [x, y], onDelete: Cascade)
                  x    Int
                  y    Int
                  labels Label[]
                  @@index([x, y])
                }
                model Label {
                  id    Int    @id
                  marks Mark[]
                }
                """)
        defer { withExtendedLifetime(sample) {} }
        let queries = DynamicQueries(sample.engine)
        func run(_ action: String, _ model: String, _ arguments: String) async throws -> JSON {
            try await queries.run(action, on: model, try JSON(parsing: arguments))
        }
        let numbers = 0..<9000
        let cells = numbers.map { "{\"x\": \($0 / 100), \"y\": \($0 % 100), \"id\": \($0)\($0 % 3 == 1 ? ", \"upId\": \($0 - 1)" : "")}" }
        let marks = numbers.map { "{\"id\": \($0), \"x\": \($0 / 100), \"y\": \($0 % 100)}" }
        _ = try await run("createMany", "Cell", "{\"data\": [\(cells.joined(separator: ","))]}")
        _ = try await run("createMany", "Mark", "{\"data\": [\(marks.joined(separator: ","))]}")
        // Two rows are asked for, and the third goes with the first.
        #expect(try await run("deleteMany", "Cell", #"{"where": {"upId": null}, "limit": 2}"#) == ["count": 2])
        #expect(try await run("findMany", "Cell", #"{"select": {"id": true}, "take": 1, "orderBy": {"id": "asc"}}"#) == [["id": 3]])
        #expect(try await run("count", "Mark", "{}") == 8997)
        let answer = try await run("deleteMany", "Cell", "{}")
        #expect(answer["count"]?.int.map { $0 > 5000 } == true)
        #expect(try await run("count", "Cell", "{}") == 0)
        #expect(try await run("count", "Mark", "{}") == 0)
    }
}
