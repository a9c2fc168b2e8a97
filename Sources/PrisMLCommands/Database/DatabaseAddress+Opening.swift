import Prisma
import PrismaPostgres
import PrismaSQLite
import PrismaSchema

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A database that a command has opened; close it when done.
struct OpenDatabase {
    let database: any SQLDatabase
    /// As messages call it: `dev.db`, `shop at localhost:5432`.
    let name: String
    /// Whether it did not exist before.
    let isNew: Bool
}

extension DatabaseAddress {
    /// Opens the database with the driver of the schema's provider.
    ///
    /// - Parameter isMade: Whether a database that does not exist is made, empty.
    func open(for schema: Schema, creating isMade: Bool = false) async throws -> OpenDatabase {
        switch schema.provider {
        case .sqlite: try await openSQLite(creating: isMade)
        case .postgresql: try await openPostgres(creating: isMade)
        }
    }

    private func openSQLite(creating isMade: Bool) async throws -> OpenDatabase {
        var options = SQLiteDatabase.Options()
        options.creates = isMade
        let database = try SQLiteDatabase(url: url, relativeTo: folder, options: options)
        guard let path = sqlitePath else { return OpenDatabase(database: database, name: "the database in memory", isNew: true) }
        let isNew = TextFile.kind(of: path) == nil
        if isMade, isNew {
            try Self.makeFolder(of: path)
            do {
                try await Self.reach(database)
            } catch let error as PrismaError where error.code == .databaseMissing {
                throw CommandError(
                    .database, "the database file '\(path)' cannot be made", next: "check the folder's permissions, or the url")
            }
        }
        return OpenDatabase(database: database, name: path.split(separator: "/").last.map(String.init) ?? path, isNew: isMade && isNew)
    }

    private static func makeFolder(of path: String) throws(CommandError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if folder.isEmpty || TextFile.kind(of: folder) == .folder { return }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandError(.database, "cannot make the folder '\(folder)' of the database", next: "check its permissions, or the url")
        }
    }

    /// The absolute path of the file; nil for a database in memory.
    private var sqlitePath: String? {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var location = parts.first ?? ""
        for scheme in ["file:", "sqlite:"] where location.hasPrefix(scheme) { location = location.dropFirst(scheme.count) }
        if location == ":memory:" || parts.count > 1 && parts[1].split(separator: "&").contains("mode=memory") { return nil }
        return location.hasPrefix("/") ? String(location) : folder + "/" + (location.hasPrefix("./") ? location.dropFirst(2) : location)
    }

    private func openPostgres(creating isMade: Bool) async throws -> OpenDatabase {
        let database = try PostgresDatabase(url: url)
        let name = PostgresLocation(url)
        do {
            try await Self.reach(database)
            return OpenDatabase(database: database, name: name.description, isNew: false)
        } catch let error as PrismaError where error.code == .databaseMissing && isMade && name.database != nil {
            await database.close()
            try await name.createDatabase()
            let created = try PostgresDatabase(url: url)
            try await Self.reach(created)
            return OpenDatabase(database: created, name: name.description, isNew: true)
        }
    }

    /// Connects once, so that a wrong address is told here.
    private static func reach(_ database: any SQLDatabase) async throws {
        do {
            try await database.withConnection(for: .write) { connection in try await connection.executeScript("SELECT 1") }
        } catch {
            await database.close()
            throw error
        }
    }
}
