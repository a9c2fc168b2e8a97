import PrisML
import PrisMLTraining
import Prisma

extension Command {
    private static let name = Parameter<String>.argument("NAME", "The predictor")
    private static let version = Parameter<String>.argument("VERSION", "The version, or the number it begins with")
    private static let other = Parameter<String>.argument("OTHER", "The version to compare it with")
    private static let note = Parameter<String?>.option("note", value: "TEXT", "Why, for those who look later")
    private static let who = Parameter<String?>.option("by", value: "NAME", shownAs: "your user's name", "Who makes the change")

    private static let discussion = """
        The registry says which version of a predictor answers: it is in the project's PostgreSQL, or for SQLite in registry.db beside \
        the folder of the models, and is made with the first change. Programs that run pick a change up within a second. Without a \
        registry the newest version that fits the code answers.
        """

    private static var parameters: [any AnyParameter] { [SchemaSource.option, DatabaseAddress.option, modelsFolder, who, note, name] }

    static let modelsHistory = Command(
        "history",
        summary: "Show where each version stands in the registry, and who put it there",
        discussion: discussion,
        examples: [Example(line: "prisml models history churn", meaning: "Show the versions of one predictor")],
        parameters: parameters
    ) { context in
        let name = try context[name]
        return try await withRegistry(of: name, in: context) { registry, _ in
            var table = Table([.left("version"), .left("state"), .left("changed"), .left("by"), .left("note")])
            for version in try await registry.versions(of: name) {
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

    static let modelsApprove = change("approve", "Say that a version may be used") { registry, name, version, who, note in
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
        discussion: discussion,
        examples: [Example(line: "prisml models rollback churn --note noisy", meaning: "Undo the last change of version")],
        parameters: parameters
    ) { context in
        let name = try context[name]
        return try await withRegistry(of: name, in: context) { registry, store in
            let (who, note) = (try author(context), try context[note])
            let version = try await registry.rollBack(name, from: store.versions(of: name).last, by: who, note: note)
            context.output.tick("\(name): \(version) answers again")
        }
    }

    static let modelsCompare = Command(
        "compare",
        summary: "Compare the metrics and features of two versions",
        examples: [Example(line: "prisml models compare churn 1 2", meaning: "See what the second version does better")],
        parameters: [modelsFolder, name, version, other]
    ) { context in
        let name = try context[name]
        let store = try modelsStore(of: name, in: context)
        let first = try store.read(name, version: try chosenVersion(try context[version], of: name, in: store))
        let second = try store.read(name, version: try chosenVersion(try context[other], of: name, in: store))
        var table = Table([.left(""), .right(first.version), .right(second.version), .left("better")])
        for kind in MetricKind.allCases {
            guard let left = ArtifactSummary.value(kind, in: first.metadata["metrics"]),
                let right = ArtifactSummary.value(kind, in: second.metadata["metrics"])
            else { continue }
            let isSecondBetter = kind.rises ? right > left : right < left
            table.add([
                kind.title, Figures.short(left), Figures.short(right), left == right ? "" : isSecondBetter ? second.version : first.version,
            ])
        }
        table.add(["rows", "\(ArtifactSummary.rows(first.metadata))", "\(ArtifactSummary.rows(second.metadata))"])
        table.print(on: context.output)
        let (old, new) = (first.manifest.featureHashes, second.manifest.featureHashes)
        for (what, names) in [
            ("added", new.keys.filter { old[$0] == nil }), ("removed", old.keys.filter { new[$0] == nil }),
            ("changed", new.keys.filter { old[$0] != nil && old[$0] != new[$0] }),
        ] where !names.isEmpty {
            context.output.print("features \(what): " + names.sorted().joined(separator: ", "))
        }
        context.errors.help("each version was measured on the rows that its own training held out")
        return .success
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
            return try await withRegistry(of: name, in: context) { registry, store in
                let version = try chosenVersion(try context[version], of: name, in: store)
                context.output.tick(try await body(registry, name, version, try author(context), try context[note]))
            }
        }
    }

    private static func author(_ context: CommandContext) throws(CommandError) -> String {
        try context[who] ?? context.environment.variables["USER"] ?? "unknown"
    }

    /// Opens the project's registry, which gets to know all versions that are there.
    private static func withRegistry(
        of name: String, in context: CommandContext, _ body: (ModelRegistry, ArtifactStore) async throws -> Void
    ) async throws -> ExitCode {
        let store = try modelsStore(of: name, in: context)
        let database = try await ProjectDatabase.open(in: context)
        do {
            if let registry = try await ModelRegistry.standard(for: database.engine, store: store, creates: true) {
                let who = try author(context)
                for version in store.versions(of: name) { try await registry.add(version, of: name, by: who) }
                try await body(registry, store)
            }
            await database.close()
        } catch {
            await database.close()
            throw error
        }
        return .success
    }
}
