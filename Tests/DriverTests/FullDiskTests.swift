import Foundation
import Prisma
import PrismaPostgres
import PrismaSQLite
import TestSupport
import Testing

/// A disk that has no room left: what was acknowledged is kept, what was not says why, and it goes on once there is room.
@Suite(.enabled(if: SmallDisk.isUsable), .serialized) struct FullDiskTests {
    @Test func sqlite() async throws {
        let folder = try TemporaryFolder()
        let disk = try SmallDisk(at: folder.file("disk"), kilobytes: 1024, kept: 256)
        var options = SQLiteDatabase.Options()
        options.creates = true
        let database = try SQLiteDatabase(url: "file:\(disk.path)/test.db", options: options)
        try await database.execute(SQLStatement("CREATE TABLE item (id INTEGER PRIMARY KEY, bytes BLOB)"))
        try await fills(database, disk)
        try await database.expect(SQLStatement("PRAGMA integrity_check"), gives: [[.text("ok")]])
        await database.close()
    }

    @Test(.enabled(if: PostgresTestServer.isUsable)) func postgres() async throws {
        let server = try await PostgresTestServer.shared()
        let disk = try SmallDisk(at: server.socketFolder + "/disk", kilobytes: 2048, kept: 1024)
        let place = disk.path + "/space"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        try server.own(place)
        try await server.run("CREATE TABLESPACE small LOCATION '\(place)'")
        let database = try PostgresDatabase(url: try await server.makeDatabase())
        // The table alone: a server whose log has no room stops, and that is its own doing.
        try await database.execute(SQLStatement("CREATE TABLE item (id BIGSERIAL PRIMARY KEY, bytes BYTEA) TABLESPACE small"))
        try await database.execute(SQLStatement("ALTER TABLE item ALTER COLUMN bytes SET STORAGE PLAIN"))
        try await fills(database, disk)
        try await database.execute(SQLStatement("DROP TABLE item"))
        await database.close()
        try await server.run("CHECKPOINT")
        try await server.run("DROP TABLESPACE small")
    }

    private func fills(_ database: any SQLDatabase, _ disk: SmallDisk) async throws {
        let insert = SQLStatement(
            "INSERT INTO item (bytes) VALUES (\(database.dialect == .sqlite ? "?1" : "$1"))",
            bindings: [.bytes(Data(repeating: 7, count: 3000))])
        var kept: Int64 = 0
        let error = await prismaError {
            for _ in 0..<2000 {
                try await database.execute(insert)
                kept += 1
            }
        }
        #expect(error?.code == .diskFull, "\(String(describing: error))")
        #expect(error?.help != nil)
        #expect(kept > 20)
        let count = SQLStatement("SELECT count(*), min(length(bytes)) FROM item")
        try await database.expect(count, gives: [[.integer(kept), .integer(3000)]])
        // Full as it is, it stays so, and says so each time.
        #expect(await prismaError { for _ in 0..<20 { try await database.execute(insert); kept += 1 } }?.code == .diskFull)
        try disk.free()
        for _ in 0..<20 {
            try await database.execute(insert)
            kept += 1
        }
        try await database.expect(count, gives: [[.integer(kept), .integer(3000)]])
    }
}
