package import Prisma
internal import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ModelRegistry {
    /// The registry that a project has: in its PostgreSQL, or for SQLite in `registry.db` beside the folder of the models.
    ///
    /// - Parameter creates: makes the file if there is none. Otherwise nil is given where a project keeps no registry.
    package static func standard(for engine: PrismaEngine, store: ArtifactStore, creates: Bool = false) async throws -> ModelRegistry? {
        switch engine.dialect {
        case .postgresql:
            let registry = ModelRegistry(engine.database)
            if creates { return registry }
            return try await registry.exists() ? registry : nil
        case .sqlite:
            let path = store.registryPath
            guard creates || FileManager.default.fileExists(atPath: path), let opener = engine.database as? any SQLFileOpening else {
                return nil
            }
            return ModelRegistry(
                try databases.withLock { databases in
                    if let database = databases[path] { return database }
                    let database = try opener.opening(file: path)
                    databases[path] = database
                    return database
                })
        }
    }

    /// What the project's registry says about the versions of a predictor, oldest first; empty where it does not know it, or where the
    /// project keeps none. Inside of a transaction it is asked on the transaction's connection.
    package static func known(of predictor: String, for engine: PrismaEngine, store: ArtifactStore) async throws -> [Version] {
        guard engine.dialect == .postgresql else { return try await standard(for: engine, store: store)?.versions(of: predictor) ?? [] }
        return try await engine.withConnection(for: .read) { connection in
            guard try await SystemTable.exists("prisml_events", on: connection) else { return [] }
            return try await versions(of: predictor, on: connection)
        }
    }

    /// Registries in files, each opened once in a process.
    private static let databases = Mutex<[String: any SQLDatabase]>([:])
}

extension ArtifactStore {
    /// `prisml/registry.db` for `prisml/models`.
    package var registryPath: String {
        let parent = directory.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return parent.isEmpty ? (directory.hasPrefix("/") ? "/registry.db" : "registry.db") : parent + "/registry.db"
    }
}
