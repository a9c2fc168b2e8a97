#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A project's executable that hands its predictors to `PrisMLTool`, as `prisml` finds it from the project's folder.
struct ProjectTool {
    let target: String

    /// Set for the project's tool, so that one that hands over no predictors does not call itself for ever.
    private static let marker = "PRISML_IN_PROJECT"

    /// Lets the project's tool take over, with the same arguments.
    static func takeOver(_ context: CommandContext) throws -> ExitCode {
        guard context.environment.variables[marker] == nil else {
            throw CommandError(
                .project, "the project's tool hands over no predictors",
                next: "write its main.swift as: await PrisMLTool.run(predictors: [churn])")
        }
        let tool = try find(in: context)
        let words = ["swift", "run", "--quiet", tool.target] + context.environment.arguments
        context.errors.print(context.errors.styled("building and running '\(words.prefix(2).joined(separator: " ")) \(tool.target)'", .dim))
        context.output.flush()
        context.errors.flush()
        return try context.environment.become(words, [marker: "1"])
    }

    /// `tool` of `prisml.json`, else the one target below `Sources` whose `main.swift` runs `PrisMLTool`.
    static func find(in context: CommandContext) throws(CommandError) -> ProjectTool {
        if let target = try ProjectSettings.read(in: context).tool { return ProjectTool(target: target) }
        guard TextFile.kind(of: context.absolutePath("Package.swift")) == .file else {
            throw CommandError(
                .project, "there is no Swift package here, so there are no predictors",
                next: "run it in the folder of a project, or make one with 'prisml init'")
        }
        let sources = context.absolutePath("Sources")
        let targets = ((try? FileManager.default.contentsOfDirectory(atPath: sources)) ?? []).sorted().filter { target in
            let main = "\(sources)/\(target)/main.swift"
            guard TextFile.kind(of: main) == .file, let bytes = try? TextFile.read(main, named: main) else { return false }
            return String(decoding: bytes, as: UTF8.self).contains("PrisMLTool")
        }
        switch targets.count {
        case 1: return ProjectTool(target: targets[0])
        case 0:
            throw CommandError(
                .project, "no target of this package hands its predictors to PrisMLTool",
                next: "add an executable target whose main.swift is: await PrisMLTool.run(predictors: [churn])")
        default:
            throw CommandError(
                .project, "several targets run PrisMLTool: " + targets.joined(separator: ", "),
                next: "name the one to use in \(ProjectSettings.fileName): { \"tool\": \"\(targets[0])\" }")
        }
    }
}
