#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `prisml.json` in the working directory says about the project.
struct ProjectSettings: Decodable {
    /// Where the database is, for schemas that do not say so themselves.
    var url: String?
    /// The executable target that hands the project's predictors to `PrisMLTool`, where it cannot be found.
    var tool: String?

    static let fileName = "prisml.json"

    /// The settings of the project; those of a project without the file are empty.
    static func read(in context: CommandContext) throws(CommandError) -> ProjectSettings {
        let path = context.absolutePath(fileName)
        guard TextFile.kind(of: path) == .file else { return ProjectSettings() }
        let bytes = try TextFile.read(path, named: fileName)
        do {
            return try JSONDecoder().decode(ProjectSettings.self, from: Data(bytes))
        } catch {
            throw CommandError(
                .file, "'\(fileName)' cannot be read as settings", next: "write it as JSON, such as { \"url\": \"file:./dev.db\" }")
        }
    }

    private enum CodingKeys: CodingKey { case url, tool }
}
