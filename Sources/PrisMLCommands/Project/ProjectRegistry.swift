import PrisML
import Prisma

/// What a project's registry says, for commands that take `SchemaSource.option` and `DatabaseAddress.option`.
enum ProjectRegistry {
    /// Where the versions of all predictors stand; empty where the project keeps no registry, or where it cannot be reached.
    static func states(in context: CommandContext, of store: ArtifactStore) async -> [ModelRegistry.Version] {
        guard let database = try? await ProjectDatabase.open(in: context) else { return [] }
        let registry = try? await ModelRegistry.standard(for: database.engine, store: store)
        let versions = try? await registry?.versions()
        await database.close()
        return versions ?? []
    }
}
