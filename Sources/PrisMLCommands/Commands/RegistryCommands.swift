import PrisML
import PrisMLTraining
import Prisma

extension Command {
    private static let name = Parameter<String>.argument("NAME", "The predictor")
    private static let version = Parameter<String>.argument("VERSION", "The version, or the number it begins with")
    private static let note = Parameter<String?>.option("note", value: "TEXT", "Why, for those who look later")
    private static let who = Parameter<String?>.option("by", value: "NAME", shownAs: "your user's name", "Who makes the change")

    private static let discussion = """
        The registry says which version of a predictor answers: it is in the project's PostgreSQL, or for SQLite in registry.db beside \
        the folder of the models, and is made with the first change. Programs that run pick a change up within a second. Without a \
        registry the newest version that fits the code answers.
        """

    private static var parameters: [any AnyParameter] {
        [SchemaSource.option, DatabaseAddress.option, modelsFolder, who, note, modelsJSON, name]
    }

    static let modelsHistory = Command(
        "history",
        summary: "Show where each version stands in the registry, and who put it there",
        discussion: discussion,
        examples: [Example(line: "prisml models history churn", meaning: "Show the versions of one predictor")],
        parameters: parameters
    ) { context in
        let name = try context[name]
        // To look changes nothing.
        return try await withRegistry(of: name, isChanged: false, in: context) { registry, _, _ in
            if try context[modelsJSON] {
                context.output.send(try await states(of: name, in: registry).prettyText)
                return
            }
            var table = Table([.left("version"), .left("state"), .left("changed"), .left("by"), .left("note")])
            for version in try await registry?.versions(of: name) ?? [] {
                table.add([
                    version.version, version.state.rawValue, String(Timestamp.format(version.changedAt.microsecondsSince1970).prefix(16)),
                    version.changedBy, version.note ?? "",
                ])
            }
            if table.rows.isEmpty {
                context.errors.print("the registry knows no version of '\(name)'")
                context.errors.help("'prisml models activate \(name) VERSION' starts it")
            } else {
                table.print(on: context.output)
            }
        }
    }

    static let modelsActivate = change("activate", "Make a version the one that answers") { registry, name, version, who, note in
        try await registry.activate(version, of: name, by: who, note: note)
        return "\(name): \(version) answers now"
    }

    static let modelsApprove = change(
        "approve", "Say that a version may be used; it answers if none else does"
    ) { registry, name, version, who, note in
        try await registry.approve(version, of: name, by: who, note: note)
        let isActive = try await registry.activeVersion(of: name) == version
        return "\(name): \(version) is approved" + (isActive ? " and answers now" : "; 'prisml models activate' lets it answer")
    }

    static let modelsReject = change("reject", "Say that a version must not be used") { registry, name, version, who, note in
        try await registry.reject(version, of: name, by: who, note: note)
        return "\(name): \(version) is rejected"
    }

    static let modelsRollback = Command(
        "rollback",
        summary: "Go back to the version that was active before",
        discussion: discussion + """
             Going back is itself a change: done twice, it leads back to the version that was left.
            """,
        examples: [Example(line: "prisml models rollback churn --note noisy", meaning: "Undo the last change of version")],
        parameters: parameters
    ) { context in
        let name = try context[name]
        return try await withRegistry(of: name, in: context) { registry, store, check in
            let (who, note) = (try author(context), try context[note])
            let version = try await registry.rollBack(name, by: who, note: note, check: check)
            try await tell("\(name): \(version) answers again", of: name, in: registry, context)
        }
    }

    private typealias Change =
        @Sendable (ModelRegistry, _ name: String, _ version: String, _ who: String, _ note: String?) async throws -> String

    private static func change(_ verb: String, _ summary: String, _ body: @escaping Change) -> Command {
        Command(
            verb, summary: summary, discussion: discussion,
            examples: [Example(line: "prisml models \(verb) churn 2 --note reviewed", meaning: summary)],
            parameters: parameters + [version]
        ) { context in
            let name = try context[name]
            return try await withRegistry(of: name, in: context) { registry, store, check in
                let version = try chosenVersion(try context[version], of: name, in: store)
                // A version that cannot be loaded would answer nobody.
                if verb != "reject" { try check(version) }
                let done = try await body(registry, name, version, try author(context), try context[note])
                try await tell(done, of: name, in: registry, context)
            }
        }
    }

    /// Says what was done: to a person in a line, to a script as the state that each version has now.
    private static func tell(_ done: String, of name: String, in registry: ModelRegistry, _ context: CommandContext) async throws {
        if try context[modelsJSON] {
            context.output.send(try await states(of: name, in: registry).prettyText)
        } else {
            context.output.tick(done)
        }
    }

    private static func states(of name: String, in registry: ModelRegistry?) async throws -> JSON {
        .array(
            try await (registry?.versions(of: name) ?? []).map { version in
                [
                    "predictor": .string(version.predictor), "version": .string(version.version), "state": .string(version.state.rawValue),
                    "changedAt": .string(Timestamp.format(version.changedAt.microsecondsSince1970)),
                    "changedBy": .string(version.changedBy),
                    "note": version.note.map(JSON.string) ?? .null,
                ]
            })
    }

    private static func author(_ context: CommandContext) throws(CommandError) -> String {
        try context[who] ?? context.environment.variables["USER"] ?? "unknown"
    }

    /// What a command does with the registry, the folder of the models, and a check that a version can answer.
    private typealias Work = (ModelRegistry, ArtifactStore, @escaping @Sendable (String) throws -> Void) async throws -> Void

    /// Opens the project's registry, which gets to know all versions that are there, and how they stood without it.
    private static func withRegistry(of name: String, in context: CommandContext, _ body: Work) async throws -> ExitCode {
        try await withRegistry(of: name, isChanged: true, in: context) { registry, store, check in
            if let registry { try await body(registry, store, check) }
        }
    }

    /// - Parameter isChanged: otherwise the registry is opened where there is one, and stays as it is.
    private static func withRegistry(
        of name: String, isChanged: Bool, in context: CommandContext,
        _ body: (ModelRegistry?, ArtifactStore, @escaping @Sendable (String) throws -> Void) async throws -> Void
    ) async throws -> ExitCode {
        let store = try modelsStore(of: name, in: context)
        let database = try await ProjectDatabase.open(in: context)
        let (schema, folder) = (database.engine.schema, context.environment.workingDirectory)
        let definition = context.project?.predictors.first { $0.definition.name == name }?.definition
        do {
            let registry = try await ModelRegistry.standard(for: database.engine, store: store, creates: isChanged)
            if isChanged, let registry {
                let versions = store.versions(of: name)
                // Without a registry the newest that fits the project's code answers; where that is not known, the newest.
                let answering =
                    definition.map { try? PredictorCache.fitting($0, in: store, schema: schema, folder: folder).version } ?? versions.last
                try await registry.adopt(versions, answering: answering, of: name, by: try author(context))
            }
            try await body(registry, store) { version in
                guard let definition else { return _ = try store.read(name, version: version) }
                _ = try PredictorCache.fitting(definition, in: store, schema: schema, among: [version], folder: folder)
            }
            await database.close()
        } catch {
            await database.close()
            throw error
        }
        return .success
    }
}
