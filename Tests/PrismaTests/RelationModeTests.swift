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
}
