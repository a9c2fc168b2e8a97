import PrisML
import Prisma
import PrismaSQLite
import PrismaSchema

/// What a project's registry says, for commands that take `SchemaSource.option` and `DatabaseAddress.option`.
struct ProjectRegistry {
    /// Where the versions of all predictors stand; empty where the project keeps no registry, or where it cannot be reached.
    var versions: [ModelRegistry.Version] = []
    /// Why it cannot be asked.
    var complaint: String?
    /// Whether it is a file that is there and is none: nothing that asks for predictions will get any.
    var isBroken = false

    /// The version of a predictor that answers; nil where the registry says nothing about it.
    func active(_ predictor: String) -> String? {
        versions.filter { $0.predictor == predictor }.active
    }

    /// Asks the registry that belongs to a folder of models: the file beside it, or the project's PostgreSQL.
    static func read(in context: CommandContext, of store: ArtifactStore) async -> ProjectRegistry {
        do {
            let schema = try SchemaSource(try context[SchemaSource.option], context: context).read(in: context)
            guard schema.provider == .sqlite else {
                let project = try await ProjectDatabase.open(in: context)
                do {
                    let versions = try await ModelRegistry.standard(for: project.engine, store: store)?.versions()
                    await project.close()
                    return ProjectRegistry(versions: versions ?? [])
                } catch {
                    await project.close()
                    throw error
                }
            }
            // Its own file: the project's database need not be there.
            let path = context.absolutePath(store.registryPath)
            guard TextFile.kind(of: path) == .file else { return ProjectRegistry() }
            let database = try SQLiteDatabase(url: "file:\(path)")
            do {
                let versions = try await ModelRegistry(database).versions()
                await database.close()
                return ProjectRegistry(versions: versions)
            } catch {
                await database.close()
                return ProjectRegistry(
                    complaint: "\(store.registryPath): \((error as? PrismaError)?.message ?? "\(error)")", isBroken: true)
            }
        } catch let error as CommandError {
            return ProjectRegistry(complaint: error.message)
        } catch let error as PrismaError {
            return ProjectRegistry(complaint: error.message)
        } catch {
            return ProjectRegistry(complaint: "\(error)")
        }
    }
}
