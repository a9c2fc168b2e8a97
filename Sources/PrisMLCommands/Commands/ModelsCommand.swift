import PrisML
import PrisMLTraining
import Prisma
import PrismaSchema

extension Command {
    static let models = Command(
        group: "models",
        summary: "Look at trained models",
        subcommands: [
            .modelsList, .modelsShow, .modelsCompare, .modelsHistory, .modelsApprove, .modelsReject, .modelsActivate, .modelsRollback,
            .modelsExport, .modelsImport,
        ])

    static let modelsFolder = Parameter<String?>.option(
        "models", value: "DIR", shownAs: "prisml/models", environment: "PRISML_MODELS", completion: .folders, "The folder of the artifacts")
    static let modelsJSON = Parameter.flag("json", "Print it as JSON on standard output")
    private static let name = Parameter<String>.argument("NAME", "The predictor")
    private static let version = Parameter<String?>.argument("VERSION", "The version, or the number it begins with; the newest if left out")

    static let modelsList = Command(
        "list",
        summary: "List the trained models, oldest first",
        examples: [Example(line: "prisml models list", meaning: "List all versions of all predictors")],
        parameters: [modelsFolder, modelsJSON]
    ) { context in
        var table = Table([.left("predictor"), .left("version"), .left("trained"), .right("rows"), .left("measured")])
        var entries: [JSON] = []
        for store in try modelsStores(in: context) {
            for name in store.names() {
                for version in store.versions(of: name) {
                    do throws(PredictorError) {
                        let metadata = try store.read(name, version: version).metadata
                        let trained = store.run(name, version: version)?["trainedAt"]?.string
                        table.add([
                            name, version, trained.map(day) ?? "–", "\(ArtifactSummary.rows(metadata))", ArtifactSummary.measured(metadata),
                        ])
                        entries.append([
                            "predictor": .string(name), "version": .string(version), "trainedAt": trained.map(JSON.string) ?? .null,
                            "rows": metadata["rows"] ?? .null, "metrics": metadata["metrics"] ?? .null,
                        ])
                    } catch {
                        table.add([name, version, "–", "–", error.message])
                        entries.append(["predictor": .string(name), "version": .string(version), "error": .string("\(error.code)")])
                    }
                }
            }
        }
        if try context[modelsJSON] {
            context.output.send(JSON.array(entries).prettyText)
        } else if table.rows.isEmpty {
            context.errors.print("there are no trained models here")
            context.errors.help("'prisml train' makes them; another folder is named with --models DIR")
        } else {
            table.print(on: context.output)
        }
        return .success
    }

    static let modelsShow = Command(
        "show",
        summary: "Show all that is known of a trained model",
        examples: [
            Example(line: "prisml models show churn", meaning: "Show the newest version"),
            Example(line: "prisml models show churn 3", meaning: "Show the version 0003-…"),
        ],
        parameters: [modelsFolder, modelsJSON, name, version]
    ) { context in
        let name = try context[name]
        let store = try modelsStore(of: name, in: context)
        let artifact = try store.read(name, version: try chosenVersion(try context[version], of: name, in: store))
        if try context[modelsJSON] {
            context.output.send(artifact.metadata.prettyText)
        } else {
            ArtifactPage(artifact, in: store).print(on: context.output)
        }
        return .success
    }

    /// The folder with the artifacts of a predictor.
    static func modelsStore(of name: String, in context: CommandContext) throws(CommandError) -> ArtifactStore {
        let stores = try modelsStores(in: context)
        if let store = stores.first(where: { !$0.versions(of: name).isEmpty }) { return store }
        let known = Set(stores.flatMap { $0.names() }).sorted()
        var message = "there is no trained model '\(name)'"
        if let suggestion = Suggestion.nearest(to: name, in: known) { message += "; did you mean '\(suggestion)'?" }
        throw CommandError(.unknownPredictor, message, next: "'prisml models list' lists what is there")
    }

    /// The version that was named, in full or by the beginning of its name; the newest if none was.
    static func chosenVersion(_ wanted: String?, of name: String, in store: ArtifactStore) throws(CommandError) -> String {
        let versions = store.versions(of: name)
        guard let wanted else { return versions.last ?? "" }
        let found = versions.filter { version in
            version == wanted || Int(version.prefix { $0 != "-" }) == Int(wanted) && Int(wanted) != nil || version.hasPrefix(wanted)
        }
        if let exact = found.first(where: { $0 == wanted }) ?? (found.count == 1 ? found.first : nil) { return exact }
        throw CommandError(
            .unknownPredictor, found.isEmpty ? "'\(name)' has no version '\(wanted)'" : "'\(wanted)' is the beginning of several versions",
            next: "it has " + versions.joined(separator: ", "))
    }

    /// The folder that was named, else those of the project's predictors.
    static func modelsStores(in context: CommandContext) throws(CommandError) -> [ArtifactStore] {
        if let named = try context[modelsFolder] { return [ArtifactStore(directory: context.absolutePath(named))] }
        var stores: [ArtifactStore] = []
        for predictor in context.project?.predictors ?? [] where !stores.contains(predictor.store) { stores.append(predictor.store) }
        return stores.isEmpty ? [ArtifactStore(directory: context.absolutePath("prisml/models"))] : stores
    }

    /// `2026-03-14`
    private static func day(_ date: String) -> String { String(date.prefix(10)) }
}
